// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/tensor_page.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

#include "analysis/base/error.h"
#include "tests/temporary_folder.h"
#include "tests/widgets/plots/plot_fixture.h"
#include "widgets/plots/readout_line.h"
#include "widgets/plots/tensor_header.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

struct TensorPageTest : PlotFixture {
    TemporaryFolder folder;
};

TEST_F(TensorPageTest, SaysWhatToDoWhereThereIsNothingToPlot) {
    Document empty;
    const TensorPage emptyPage(empty);
    EXPECT_EQ(emptyPage.emptyText(), "Choose a tensor on the left.");
    select(kInteger);
    EXPECT_EQ(page.emptyText(), "indices gets no scale: an integer type.");
    select(kZero);
    EXPECT_EQ(page.emptyText(), "Every value is 0: any threshold serves; 1 is written.");
    select(kUncounted);
    EXPECT_EQ(page.emptyText(), "Not calibrated yet: add samples and press Calibrate.");
    QSignalSpy calibrate(&page, &TensorPage::calibrateRequested);
    page.findChild<QPushButton*>("tensorEmptyButton")->click();
    EXPECT_EQ(calibrate.count(), 1);
    select(kConv);
    EXPECT_EQ(page.emptyText(), "");
}

TEST_F(TensorPageTest, OffersTheModelOfACache) {
    auto cache = plotSession();
    cache->samples.clear();
    cache->rangesPath = "model.cache";
    for (session::TensorEntry& tensor : cache->tensors)
        tensor.statistics = {};
    document.setSession(cache, "model.cache");
    EXPECT_EQ(page.emptyText(), "A cache has no histograms. Calibrate its model to see them.");
    QSignalSpy open(&page, &TensorPage::openModelRequested);
    page.findChild<QPushButton*>("tensorEmptyButton")->click();
    EXPECT_EQ(open.count(), 1);
    auto onModel = std::make_shared<session::Session>(*cache);
    onModel->modelPath = "model.onnx";
    onModel->tensors[kRelu].fileState = session::RangeFileState::Extra;
    document.setSession(onModel, "model.cache");
    EXPECT_EQ(page.findChild<QPushButton*>("tensorEmptyButton")->text(), "Calibrate");
    document.select(kRelu);
    EXPECT_TRUE(page.emptyText().contains("only the cache lists it"));
}

struct DamagedBins : histogram::HistogramSource {
    std::shared_ptr<const histogram::Histogram> load() const override {
        throw Error(ErrorCode::BadInput, "plots.clipscope: histograms/000000.npy is damaged");
    }
};

TEST_F(TensorPageTest, SaysThatBinsCannotBeRead) {
    auto damaged = plotSession();
    histogram::Histogram::State scalars;
    scalars.min = -1;
    scalars.max = 2;
    damaged->tensors[kConv].statistics.histogram =
        histogram::Histogram::fromSource(scalars, 100, std::make_shared<DamagedBins>());
    document.setSession(damaged, "plots.clipscope");
    EXPECT_TRUE(page.emptyText().contains("000000.npy is damaged"))
        << page.emptyText().toStdString();
    select(kRelu);
    EXPECT_EQ(page.emptyText(), "");
}

TEST_F(TensorPageTest, PreparesTheTensorsAroundTheOneShown) {
    auto damaged = plotSession();
    histogram::Histogram::State scalars;
    scalars.min = -1;
    scalars.max = 2;
    damaged->tensors[kRelu].statistics.histogram =
        histogram::Histogram::fromSource(scalars, 100, std::make_shared<DamagedBins>());
    document.setSession(damaged, "plots.clipscope");
    ASSERT_EQ(document.selected(), kConv);
    EXPECT_TRUE(QTest::qWaitFor([this] { return page.isPrepared(); }, 20000));
    document.select(kSilu);  // beyond the damaged one
    EXPECT_TRUE(page.isComplete());
    ASSERT_TRUE(scene().curves);
    EXPECT_FALSE(scene().curves->divergence.threshold.empty());
    // Curves of another session are not shown.
    document.setSession(plotSession(20000, "minmax"), "plots.clipscope");
    EXPECT_FALSE(scene().curves);
}

TEST_F(TensorPageTest, HeaderNamesTheTensor) {
    const auto* header = page.findChild<TensorHeader*>();
    EXPECT_EQ(header->name(), "conv");
    EXPECT_EQ(header->description(), QStringLiteral("Conv, 64×7×7"));
    EXPECT_EQ(shapeText(Shape({4, 10}), 1), QStringLiteral("4×10"));
    EXPECT_EQ(shapeText(Shape({1}), 1), "1");
    EXPECT_EQ(shapeText(Shape(), 1), "scalar");
}

TEST_F(TensorPageTest, EveryActionHasANameAShortcutAndATooltip) {
    EXPECT_EQ(page.pageActions().size(), 8);
    for (const QAction* action : page.pageActions()) {
        EXPECT_FALSE(action->objectName().isEmpty());
        EXPECT_FALSE(action->shortcut().isEmpty()) << action->objectName().toStdString();
        EXPECT_FALSE(action->toolTip().isEmpty());
    }
    for (const QWidget* child : page.findChildren<QToolButton*>())
        EXPECT_FALSE(child->toolTip().isEmpty()) << child->objectName().toStdString();
}

TEST_F(TensorPageTest, KeysSwitchTheView) {
    plots().setFocus();
    QTest::keyClick(&plots(), Qt::Key_L);
    EXPECT_FALSE(scene().logCounts);
    QTest::keyClick(&plots(), Qt::Key_F);
    EXPECT_TRUE(scene().folded);
    const double width = plots().view().width();
    QTest::keyClick(&plots(), Qt::Key_Plus);
    EXPECT_LT(plots().view().width(), width);
    QTest::keyClick(&plots(), Qt::Key_0);
    EXPECT_EQ(plots().view().width(), width);
    QTest::keyClick(&plots(), Qt::Key_A);
    EXPECT_TRUE(tensor().current.isAffine);
    EXPECT_FALSE(scene().folded) << "an affine range has two sides";
}

TEST_F(TensorPageTest, AffineAndBackIsNoEdit) {
    auto* affine = page.findChild<QToolButton*>("affineButton");
    auto* symmetric = page.findChild<QToolButton*>("symmetricButton");
    affine->click();
    EXPECT_TRUE(affine->isChecked());
    EXPECT_FALSE(symmetric->isChecked());
    EXPECT_TRUE(tensor().current.isAffine);
    symmetric->click();
    EXPECT_TRUE(symmetric->isChecked());
    EXPECT_FALSE(tensor().isEdited());
    symmetric->click();
    EXPECT_TRUE(symmetric->isChecked()) << "a click on what is chosen changes nothing";
    EXPECT_EQ(document.undoStack().count(), 2);
}

TEST_F(TensorPageTest, TheReadoutTellsWhatIsUnderTheCursor) {
    const QRect rect = plots().frame().rects.histogram->rect();
    const QPointF at(toPixel(1.234), rect.center().y());
    hover(at);
    const double x = toValue(at.x());
    const session::PlotReading reading = session::readPlot(scene().source->density, scene().bins, x,
                                                           true, tensor().current.quantizer());
    const QString text = page.findChild<ReadoutLine*>()->leftText();
    EXPECT_LE(reading.lo, x);
    EXPECT_GE(reading.hi, x);
    EXPECT_TRUE(text.contains(rangeText(reading.lo, reading.hi, 4))) << text.toStdString();
    EXPECT_TRUE(text.contains("count " + countText(reading.count)));
    EXPECT_TRUE(text.contains(cumulativePercentText(reading.percent) + " %"));
    EXPECT_TRUE(text.contains("code " + QString::number(reading.code)));
    EXPECT_TRUE(page.findChild<ReadoutLine*>()->rightText().contains("of"));
}

TEST_F(TensorPageTest, KeepsTheCurvesOfTensorsShownBefore) {
    const auto curves = scene().curves;
    select(kRelu);
    document.select(kConv);
    EXPECT_EQ(scene().curves, curves);
    EXPECT_TRUE(page.isComplete());
}

TEST_F(TensorPageTest, WritesPictures) {
    for (const char* suffix : {"png", "svg", "pdf"}) {
        const QString path =
            QString::fromStdString((folder.path() / "plots").string()) + '.' + suffix;
        EXPECT_TRUE(page.savePicture(path)) << suffix;
        EXPECT_GT(QFileInfo(path).size(), 2000) << suffix;
    }
    EXPECT_FALSE(page.savePicture("plots.xyz"));
    EXPECT_FALSE(page.savePicture("/nowhere/plots.png"));
}

TEST_F(TensorPageTest, FollowsTheTheme) {
    Theme::instance().setAppearance(Appearance::Dark);
    EXPECT_EQ(plots().frame().total->pen().color(), darkPalette().total);
    Theme::instance().setAppearance(Appearance::Light);
    EXPECT_EQ(plots().frame().total->pen().color(), lightPalette().total);
}

}  // namespace
}  // namespace clipscope::widgets
