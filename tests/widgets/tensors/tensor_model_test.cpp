// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <cmath>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/session/opening.h"
#include "tests/widgets/tensors/sessions.h"
#include "widgets/tensors/tensor_proxy.h"
#include "widgets/tensors/tensor_summary.h"

namespace clipscope::widgets {
namespace {

using session::RangeFileState;

struct TensorModelTest : testing::Test {
    Document document;
    TensorModel model{document};
    TensorProxy proxy{model};
    QAbstractItemModelTester modelTester{&model,
                                         QAbstractItemModelTester::FailureReportingMode::Fatal};
    QAbstractItemModelTester proxyTester{&proxy,
                                         QAbstractItemModelTester::FailureReportingMode::Fatal};

    void open(std::shared_ptr<session::Session> session) {
        document.setSession(std::move(session), "x.clipscope");
    }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (int row = 0; row < proxy.rowCount(); ++row)
            all.push_back(shown(proxy, row, TensorColumn::Name));
        return all;
    }
    bool hasMark(int row, const QString& word) const {
        return std::ranges::any_of(model.marks(row),
                                   [&](const TensorMark& mark) { return mark.word == word; });
    }
};

using Names = std::vector<std::string>;

TEST_F(TensorModelTest, ShowsATensorARowWithItsFiguresOnceTheyAreThere) {
    EXPECT_EQ(model.rowCount(), 0);
    open(smallSession());
    ASSERT_EQ(model.rowCount(), 4);
    EXPECT_EQ(shown(model, 1, TensorColumn::Name), "conv");
    EXPECT_EQ(shown(model, 1, TensorColumn::Op), "Conv");
    EXPECT_EQ(shown(model, 1, TensorColumn::Shape), "1×4");
    EXPECT_EQ(shown(model, 1, TensorColumn::Method), "minmax");
    EXPECT_EQ(shown(model, 1, TensorColumn::Threshold), "2.000");
    EXPECT_EQ(shown(model, 1, TensorColumn::Sqnr), "…");
    ASSERT_TRUE(awaitFigures(model));
    // Uniform in [-2, 2] in 254 steps of 2/127: x^2 = 4/3, error step^2 / 12.
    const double step = 2.0 / 127;
    const double expected = 10 * std::log10((4.0 / 3) / (step * step / 12));
    EXPECT_NEAR(std::stod(shown(model, 1, TensorColumn::Sqnr)), expected, 0.2);
    EXPECT_EQ(shown(model, 1, TensorColumn::Clip), "0");
    EXPECT_EQ(shown(model, 1, TensorColumn::Bits), "·");
    EXPECT_EQ(shown(model, 0, TensorColumn::Bits), "1.0") << "no value is negative";
    EXPECT_NE(model.loader().entry(1).sparkline, nullptr);
}

TEST_F(TensorModelTest, ATensorWithoutAScaleSaysWhy) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_EQ(shown(model, 3, TensorColumn::Coverage), "integer");
    EXPECT_EQ(shown(model, 3, TensorColumn::Coverage, Qt::ToolTipRole), "an integer type");
    for (const auto column : {TensorColumn::Threshold, TensorColumn::Sqnr, TensorColumn::Clip})
        EXPECT_EQ(shown(model, 3, column), "");
}

TEST_F(TensorModelTest, TheGainIsOnlyComputedOnceAskedFor) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_EQ(shown(model, 0, TensorColumn::Gain), "…");
    model.loader().needGains();
    ASSERT_TRUE(awaitFigures(model));
    // One sign: an affine range has steps of half the size, 6.02 dB.
    EXPECT_NEAR(std::stod(shown(model, 0, TensorColumn::Gain)), 6.02, 0.3);
    EXPECT_NEAR(std::stod(shown(model, 1, TensorColumn::Gain)), 0, 0.3);
}

TEST_F(TensorModelTest, AnEditChangesItsRowOnlyAndUndoChangesItBack) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    const std::string before = shown(model, 0, TensorColumn::Sqnr);
    const std::string other = shown(model, 1, TensorColumn::Sqnr);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    document.edit(0, session::symmetricSetting(0.5, "manual"), false, "T");
    EXPECT_EQ(shown(model, 0, TensorColumn::Threshold), "0.5000");
    EXPECT_EQ(shown(model, 0, TensorColumn::Sqnr), before) << "the old one until the new is there";
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_NE(shown(model, 0, TensorColumn::Sqnr), before);
    EXPECT_EQ(shown(model, 1, TensorColumn::Sqnr), other);
    EXPECT_NEAR(std::stod(shown(model, 0, TensorColumn::Clip)), 50, 0.5);
    for (const auto& arguments : changed)
        EXPECT_EQ(arguments[0].toModelIndex().row(), 0);
    EXPECT_TRUE(model.index(0, 0).data(Qt::FontRole).value<QFont>().bold());
    EXPECT_TRUE(hasMark(0, "edited"));
    document.undoStack().undo();
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_EQ(shown(model, 0, TensorColumn::Sqnr), before);
    EXPECT_FALSE(hasMark(0, "edited"));
    EXPECT_FALSE(model.index(0, 0).data(Qt::FontRole).value<QFont>().bold());
}

TEST_F(TensorModelTest, APreviewIsShownAndGoesAgain) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    const std::string before = shown(model, 0, TensorColumn::Sqnr);
    document.preview(0, session::affineSetting(-0.5, 0.25, "manual"));
    EXPECT_EQ(shown(model, 0, TensorColumn::Threshold), "−0.500 … 0.250");
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_NE(shown(model, 0, TensorColumn::Sqnr), before);
    document.cancelPreview();
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_EQ(shown(model, 0, TensorColumn::Sqnr), before);
}

TEST_F(TensorModelTest, AnotherMethodKeepsTheRowsAndRenewsTheFigures) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    const std::string before = shown(model, 1, TensorColumn::Sqnr);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    document.changeMethod(session::chooseThresholds(
        *document.session(), threshold::findMethod("percentile"), {{"p", "90"}}, true));
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_EQ(reset.count(), 0);
    EXPECT_EQ(shown(model, 1, TensorColumn::Method), "percentile");
    EXPECT_NE(shown(model, 1, TensorColumn::Sqnr), before);
}

TEST_F(TensorModelTest, MarksTellWhatIsSpecial) {
    auto session = smallSession();
    session->tensors[0].statistics.histogram.add(NAN, 2);
    session->tensors[0].statistics.sampleAmax = {{0, 0.5f}, {1, 1.0f}};
    session->tensors[0].tensorRt = graph::TensorRtUse::StaysFloat;
    session->tensors[0].coverageReason = "TensorRT has no INT8 Softmax: the layer stays in float";
    open(session);
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_TRUE(hasMark(0, "not finite"));
    EXPECT_TRUE(hasMark(0, "growing"));
    EXPECT_TRUE(hasMark(0, "stays float"));
    EXPECT_FALSE(hasMark(0, "low SQNR"));
    EXPECT_TRUE(hasMark(1, "shared"));
    EXPECT_TRUE(marksOf(*session, 3, session->tensors[3].current, {}).empty());
    document.edit(1, session::symmetricSetting(0.1, "manual"), false, "T");
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_TRUE(hasMark(1, "low SQNR"));
    EXPECT_TRUE(hasMark(1, "split"));
    EXPECT_TRUE(hasMark(2, "split")) << "seen from the other side too";
    for (int row = 0; row < model.rowCount(); ++row)
        for (const TensorMark& mark : model.marks(row))
            EXPECT_GT(mark.text.size(), mark.word.size()) << mark.word.toStdString();
}

TEST_F(TensorModelTest, ATensorWhoseBinsCannotBeReadSaysSoAndStopsNoOther) {
    struct Broken : histogram::HistogramSource {
        std::shared_ptr<const histogram::Histogram> load() const override {
            throw Error(ErrorCode::BadInput, "s.clipscope: damaged");
        }
    };
    auto session = smallSession();
    histogram::Histogram::State scalars;
    scalars.max = 1;
    session->tensors[0].statistics.histogram =
        histogram::Histogram::fromSource(scalars, 10, std::make_shared<Broken>());
    open(session);
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_TRUE(hasMark(0, "unreadable"));
    EXPECT_EQ(shown(model, 0, TensorColumn::Sqnr), "");
    EXPECT_EQ(shown(model, 0, TensorColumn::Threshold), "1.000");
    EXPECT_NE(shown(model, 1, TensorColumn::Sqnr), "…");
}

TEST_F(TensorModelTest, SortsByNumberWithAbsentOnesLastInBothOrders) {
    auto session = smallSession();
    session->tensors[0].current = session::symmetricSetting(100, "minmax");
    session->tensors[2].current = session::symmetricSetting(20, "minmax");
    open(session);
    proxy.sort(index(TensorColumn::Threshold), Qt::AscendingOrder);
    EXPECT_EQ(names(), (Names{"conv", "pool", "data", "shape"}));
    proxy.sort(index(TensorColumn::Threshold), Qt::DescendingOrder);
    EXPECT_EQ(names(), (Names{"data", "pool", "conv", "shape"}));
    proxy.sort(-1);
    EXPECT_EQ(names(), (Names{"data", "conv", "pool", "shape"}));
}

TEST_F(TensorModelTest, EqualOnesStayInGraphOrderInBothOrders) {
    open(smallSession());
    proxy.sort(index(TensorColumn::Name), Qt::AscendingOrder);
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        proxy.sort(index(TensorColumn::Method), order);
        EXPECT_EQ(names(), (Names{"data", "conv", "pool", "shape"}));
    }
}

TEST_F(TensorModelTest, FiltersFollowFiguresAndEdits) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    proxy.setFilter(TensorFilter::parse("bits>0.5"));
    EXPECT_EQ(names(), (Names{"data"}));
    proxy.setFilter(TensorFilter::parse("edited"));
    EXPECT_EQ(names(), Names{});
    document.edit(2, session::symmetricSetting(1, "manual"), false, "T");
    EXPECT_EQ(names(), Names{"pool"});
}

TEST_F(TensorModelTest, ConstantsAreShownOnDemandOrWhereAFileHasALineForThem) {
    auto session = smallSession();
    session->tensors[3].coverage = graph::CoverageClass::Constant;
    open(session);
    EXPECT_EQ(names(), (Names{"data", "conv", "pool"}));
    proxy.setHidesConstants(false);
    EXPECT_EQ(proxy.rowCount(), 4);
    session = smallSession();
    session->tensors[3].coverage = graph::CoverageClass::Constant;
    session->tensors[3].fileState = RangeFileState::Listed;
    proxy.setHidesConstants(true);
    open(session);
    EXPECT_EQ(proxy.rowCount(), 4);
}

TEST_F(TensorModelTest, TheSummaryCountsWhatGetsAScale) {
    auto session = std::make_shared<session::Session>();
    const auto add = [&](int count, graph::CoverageClass kind, graph::TensorRtUse use) {
        for (int i = 0; i < count; ++i) {
            session::TensorEntry tensor;
            tensor.name = std::to_string(session->tensors.size());
            tensor.coverage = kind;
            tensor.tensorRt = use;
            session->tensors.push_back(tensor);
        }
    };
    add(9, graph::CoverageClass::Activation, graph::TensorRtUse::Uses);
    add(1, graph::CoverageClass::Activation, graph::TensorRtUse::FusedAway);
    add(3, graph::CoverageClass::ShapeComputation, graph::TensorRtUse::Uses);
    add(1, graph::CoverageClass::Integer, graph::TensorRtUse::Uses);
    open(session);
    const QString phrase = "9 of 14 tensors get a scale: 1 fused, 3 shape, 1 integer";
    EXPECT_EQ(tableSummary(model, proxy, 0), phrase);
    proxy.setFilter(TensorFilter::parse("fused"));
    EXPECT_EQ(tableSummary(model, proxy, 2), phrase + " · 1 shown · selected 2");
    document.setSession(nullptr, "");
    EXPECT_EQ(tableSummary(model, proxy, 0), "");
}

TEST_F(TensorModelTest, TheSummaryTellsEditsAndTheMedianOfWhatIsShown) {
    open(smallSession());
    ASSERT_TRUE(awaitFigures(model));
    const double median = std::stod(shown(model, 1, TensorColumn::Sqnr));
    ASSERT_LT(std::stod(shown(model, 2, TensorColumn::Sqnr)), median);
    document.edit(2, session::symmetricSetting(1, "manual"), false, "T");
    ASSERT_TRUE(awaitFigures(model));
    std::vector<double> all;
    for (const int row : {0, 1, 2})
        all.push_back(std::stod(shown(model, row, TensorColumn::Sqnr)));
    std::ranges::sort(all);
    EXPECT_EQ(tableSummary(model, proxy, 0).toStdString(),
              "3 of 4 tensors get a scale: 1 integer · 1 edited · median SQNR " +
                  QString::number(all[1], 'f', 1).toStdString() + " dB");
}

TEST_F(TensorModelTest, ACacheOnAModelMarksMissingAndExtraRows) {
    const std::string cache = std::string(CLIPSCOPE_TEST_DATA) +
                              "/formats/real/real-x03-TRT-7000-EntropyCalibration2.cache";
    open(std::make_shared<session::Session>(
        session::openRanges(cache, std::string(CLIPSCOPE_EXAMPLES) + "/lenet.onnx")));
    proxy.setFilter(TensorFilter::parse("missing"));
    EXPECT_EQ(names(), (Names{"flatten1", "relu1"}));
    EXPECT_TRUE(hasMark(proxy.tensorAt(0), "missing"));
    EXPECT_EQ(shown(proxy, 0, TensorColumn::Threshold), "");
    proxy.setFilter(TensorFilter::parse("ip2"));
    // 3e691968 is 0.2276359..., times 127.
    EXPECT_EQ(shown(proxy, 0, TensorColumn::Threshold), "28.91");
    EXPECT_TRUE(tableSummary(model, proxy, 0).contains("2 missing"));

    open(std::make_shared<session::Session>(
        session::openRanges(cache, std::string(CLIPSCOPE_EXAMPLES) + "/shifted.onnx")));
    proxy.setFilter(TensorFilter::parse("extra"));
    EXPECT_EQ(names(), (Names{"data", "conv1", "pool1", "conv2", "pool2", "ip1", "ip2", "prob"}));
    EXPECT_TRUE(hasMark(proxy.tensorAt(0), "extra"));
    EXPECT_EQ(shown(proxy, 0, TensorColumn::Coverage), "not in the model");
}

TEST_F(TensorModelTest, HoldsTenThousandTensors) {
    open(manyTensors(10000));
    EXPECT_EQ(model.rowCount(), 10000);
    ASSERT_TRUE(awaitFigures(model));
    EXPECT_EQ(shown(model, 9999, TensorColumn::Threshold), "11.00");
    EXPECT_NE(shown(model, 9999, TensorColumn::Sqnr), "…");
    proxy.sort(index(TensorColumn::Threshold), Qt::DescendingOrder);
    EXPECT_EQ(shown(proxy, 0, TensorColumn::Name), "t09999");
    proxy.setFilter(TensorFilter::parse("t0123?"));
    EXPECT_EQ(proxy.rowCount(), 10);
}

}  // namespace
}  // namespace clipscope::widgets
