// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/document.h"

#include <QSignalSpy>

#include <gtest/gtest.h>

#include "analysis/session/session_file.h"
#include "tests/temporary_folder.h"
#include "tests/widgets/small_session.h"

namespace clipscope::widgets {
namespace {

struct DocumentTest : testing::Test {
    Document document;

    DocumentTest() { document.setSession(smallSession(), "small.clipscope"); }
    float threshold(int tensor) const {
        return document.session()->tensors[static_cast<size_t>(tensor)].current.threshold();
    }
};

TEST_F(DocumentTest, SelectsTheFirstTensorWithAScaleAndKeepsItByName) {
    EXPECT_EQ(document.selected(), 0);
    document.select(2);
    auto shorter = smallSession();
    shorter->groups.clear();
    shorter->tensors.erase(shorter->tensors.begin());
    document.setSession(shorter, "");
    EXPECT_EQ(document.selected(), 1) << "'pool' moved up by one";
}

TEST_F(DocumentTest, AnEditIsUndoneAndRedone) {
    const QSignalSpy changed(&document, &Document::tensorChanged);
    document.edit(0, session::symmetricSetting(0.5, "manual"), false, "T");
    EXPECT_FLOAT_EQ(threshold(0), 0.5f);
    EXPECT_TRUE(document.isModified());
    EXPECT_EQ(document.editedCount(), 1);
    document.undoStack().undo();
    EXPECT_FLOAT_EQ(threshold(0), 1.0f);
    EXPECT_FALSE(document.isModified());
    document.undoStack().redo();
    EXPECT_FLOAT_EQ(threshold(0), 0.5f);
    EXPECT_EQ(changed.count(), 3);
}

TEST_F(DocumentTest, AnEditThatChangesNothingIsNoStep) {
    document.edit(0, document.session()->tensors[0].current, false, "T");
    EXPECT_EQ(document.undoStack().count(), 0);
}

TEST_F(DocumentTest, OneTensorOfAGroupSplitsItAndSaysSo) {
    const QSignalSpy noted(&document, &Document::noted);
    document.edit(1, session::symmetricSetting(1, "manual"), false, "T");
    ASSERT_EQ(noted.count(), 1);
    EXPECT_TRUE(noted[0][0].toString().contains("pool"));
    EXPECT_FLOAT_EQ(threshold(2), 2.0f);
}

TEST_F(DocumentTest, AWholeGroupIsOneStep) {
    document.edit(1, session::symmetricSetting(1, "manual"), true, "T");
    EXPECT_FLOAT_EQ(threshold(1), 1.0f);
    EXPECT_FLOAT_EQ(threshold(2), 1.0f);
    document.undoStack().undo();
    EXPECT_FLOAT_EQ(threshold(1), 2.0f);
    EXPECT_FLOAT_EQ(threshold(2), 2.0f);
}

TEST_F(DocumentTest, NudgesWithOneMergeIdAreOneStepPerTensor) {
    for (const double t : {0.9, 0.8, 0.7})
        document.edit(0, session::symmetricSetting(t, "manual"), false, "T", 7);
    EXPECT_EQ(document.undoStack().count(), 1);
    document.edit(1, session::symmetricSetting(1, "manual"), false, "T", 7);
    EXPECT_EQ(document.undoStack().count(), 2);
    document.undoStack().undo();
    document.undoStack().undo();
    EXPECT_FLOAT_EQ(threshold(0), 1.0f);
}

TEST_F(DocumentTest, ResetGoesBackToTheMethod) {
    document.edit(1, session::symmetricSetting(1, "manual"), true, "T");
    document.reset(1, true);
    EXPECT_EQ(document.editedCount(), 0);
    document.undoStack().undo();
    EXPECT_EQ(document.editedCount(), 2);
}

TEST_F(DocumentTest, AnotherMethodIsOneStepAndKeepsEditsByHand) {
    document.edit(0, session::symmetricSetting(0.5, "manual"), false, "T");
    session::SessionThresholds choice{"mse", {}, true, {}};
    for (const double threshold : {0.9, 1.5, 1.5, 1.0})
        choice.settings.push_back(session::symmetricSetting(threshold, "mse"));
    const QSignalSpy changed(&document, &Document::sessionChanged);
    document.changeMethod(choice);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(document.session()->method, "mse");
    EXPECT_FLOAT_EQ(threshold(0), 0.5f);
    EXPECT_FLOAT_EQ(document.session()->tensors[0].original.threshold(), 0.9f);
    EXPECT_FLOAT_EQ(threshold(1), 1.5f);
    document.undoStack().undo();
    EXPECT_EQ(document.session()->method, "minmax");
    EXPECT_FLOAT_EQ(threshold(0), 0.5f);
    EXPECT_FLOAT_EQ(document.session()->tensors[0].original.threshold(), 1.0f);
    EXPECT_FLOAT_EQ(threshold(1), 2.0f);
    document.undoStack().redo();
    EXPECT_FLOAT_EQ(threshold(2), 1.5f);
}

TEST_F(DocumentTest, APreviewIsShownButNotKept) {
    document.preview(0, session::symmetricSetting(0.25, "manual"));
    EXPECT_FLOAT_EQ(document.shownSetting(0).threshold(), 0.25f);
    EXPECT_FLOAT_EQ(threshold(0), 1.0f);
    document.cancelPreview();
    EXPECT_FLOAT_EQ(document.shownSetting(0).threshold(), 1.0f);
    EXPECT_EQ(document.undoStack().count(), 0);
}

TEST_F(DocumentTest, SavingKeepsTheEdits) {
    const TemporaryFolder folder;
    const std::filesystem::path path = folder / "s.clipscope";
    document.edit(0, session::scaleSetting(0.125f, "manual"), false, "scale");
    const QSignalSpy modified(&document, &Document::modifiedChanged);
    document.save(QString::fromStdString(path.string()));
    EXPECT_FALSE(document.isModified());
    EXPECT_EQ(modified.count(), 1);
    EXPECT_EQ(session::loadSession(path).tensors[0].current.scale, 0.125f);
}

TEST_F(DocumentTest, ACalibrationNotSavedYetIsModified) {
    document.setSession(smallSession(), "");
    EXPECT_TRUE(document.isModified());
}

}  // namespace
}  // namespace clipscope::widgets
