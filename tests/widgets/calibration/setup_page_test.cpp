// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/setup_page.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

const QString kExamples = CLIPSCOPE_EXAMPLES;
constexpr int kPatience = 30'000;  ///< ms

class Setup : public testing::Test {
protected:
    Setup() {
        session::CalibrationRequest request;
        request.model = (kExamples + "/lenet.onnx").toStdString();
        m_controller.setRequest(request);
    }
    template <typename Widget>
    Widget* find(const char* name) {
        return m_page.findChild<Widget*>(name);
    }
    bool awaitPreview() {
        QSignalSpy changed(&m_page.preview(), &PreviewStrip::previewChanged);
        return changed.wait(kPatience);
    }

    CalibrationController m_controller;
    SetupPage m_page{m_controller};
};

TEST_F(Setup, SamplesAreAddedShownAndCounted) {
    EXPECT_FALSE(find<QPushButton>("startButton")->isEnabled());
    EXPECT_TRUE(find<QLabel>("setupMissing")->text().contains("samples"));
    m_page.samples().setChooser([](bool folder) {
        EXPECT_TRUE(folder);
        return QStringList{kExamples + "/digits"};
    });
    find<QPushButton>("addSampleFolder")->click();
    ASSERT_TRUE(awaitPreview());
    EXPECT_EQ(m_controller.request().samples.data.size(), 1u);
    EXPECT_TRUE(find<QPushButton>("startButton")->isEnabled());
    EXPECT_EQ(find<QLabel>("sampleFacts")->text(), "360 samples");
    ASSERT_EQ(m_page.preview().preview().items.size(), 6u);
    EXPECT_EQ(m_page.preview().preview().items[0].shape, "1x1x28x28");

    find<QListWidget>("sampleList")->setCurrentRow(0);
    find<QPushButton>("removeSamples")->click();
    EXPECT_TRUE(m_controller.request().samples.data.empty());
}

TEST_F(Setup, APathThatIsNoSampleIsToldBeforeARun) {
    m_page.samples().add({kExamples + "/train.py"});
    ASSERT_TRUE(awaitPreview());
    EXPECT_TRUE(find<QLabel>("sampleFacts")->text().contains("train.py"));
}

TEST_F(Setup, FieldsGoIntoTheRequest) {
    find<QSpinBox>("batchBox")->setValue(4);
    find<QSpinBox>("limitBox")->setValue(100);
    find<QCheckBox>("twoPass")->setChecked(true);
    find<QCheckBox>("useGroups")->setChecked(false);
    auto* methods = find<QComboBox>("methodBox");
    methods->setCurrentText("percentile");
    emit methods->activated(methods->currentIndex());
    auto* p = find<QLineEdit>("parameter-p");
    ASSERT_TRUE(p);
    EXPECT_EQ(p->placeholderText(), "99.99");
    QTest::keyClicks(p, "99.9");
    QTest::keyClick(p, Qt::Key_Return);
    const session::CalibrationRequest& request = m_controller.request();
    EXPECT_EQ(request.samples.batch, 4);
    EXPECT_EQ(request.samples.limit, 100);
    EXPECT_TRUE(request.twoPass);
    EXPECT_FALSE(request.useGroups);
    EXPECT_EQ(request.method, "percentile");
    EXPECT_EQ(request.parameters.at("p"), "99.9");
}

TEST_F(Setup, RecipesArePresetsOrAFile) {
    auto* box = find<QComboBox>("recipeBox");
    EXPECT_GE(box->findData("imagenet-torch"), 0);
    const QString file = kExamples + "/wide.preprocess.json";
    m_page.setRecipeChooser([&] { return file; });
    box->setCurrentIndex(box->count() - 1);
    emit box->activated(box->count() - 1);
    EXPECT_EQ(m_controller.request().samples.preprocess, file.toStdString());
    EXPECT_EQ(box->currentText(), "wide.preprocess.json");
    // Asking again and choosing nothing keeps it.
    m_page.setRecipeChooser([] { return QString(); });
    box->setCurrentIndex(box->count() - 1);
    emit box->activated(box->count() - 1);
    EXPECT_EQ(m_controller.request().samples.preprocess, file.toStdString());
}

TEST_F(Setup, EveryControlHasANameAndATooltip) {
    for (QWidget* widget : m_page.findChildren<QWidget*>()) {
        if (!qobject_cast<QAbstractButton*>(widget) && !qobject_cast<QComboBox*>(widget) &&
            !qobject_cast<QAbstractSpinBox*>(widget))
            continue;
        if (widget->objectName().startsWith("qt_"))
            continue;
        EXPECT_FALSE(widget->objectName().isEmpty());
        EXPECT_FALSE(widget->toolTip().isEmpty()) << widget->objectName().toStdString();
    }
}

}  // namespace
}  // namespace clipscope::widgets
