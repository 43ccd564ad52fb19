// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/inspector_pane.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/widgets/small_session.h"
#include "widgets/inspector/comparison_table.h"
#include "widgets/inspector/figure_label.h"
#include "widgets/inspector/note_box.h"
#include "widgets/inspector/range_field.h"

namespace clipscope::widgets {
namespace {

using session::Setting;
using session::symmetricSetting;

/// The pane over data (0), conv (1) and pool (2), which share a scale, and an integer tensor (3).
class InspectorPaneTest : public testing::Test {
protected:
    InspectorPaneTest() {
        document.setSession(smallSession(), "/nowhere/small.clipscope");
        pane.resize(pane.sizeHint());
        pane.show();
        pane.activateWindow();
        pane.setFocus();
        select(1);
    }
    void select(int tensor) {
        document.select(tensor);
        await();
    }
    void await() {
        EXPECT_TRUE(QTest::qWaitFor([this] { return pane.isComplete(); }, 20000));
    }
    template <typename Widget>
    Widget* find(const char* name) {
        auto* found = pane.findChild<Widget*>(QString::fromLatin1(name));
        if (!found)
            throw std::runtime_error(std::string("no widget ") + name);
        return found;
    }
    QString figure(const char* name) { return find<FigureLabel>(name)->text(); }
    RangeField* field(const char* name) { return find<RangeField>(name); }
    void type(const char* name, const QString& text) {
        field(name)->setFocus();
        field(name)->selectAll();
        QTest::keyClicks(field(name), text);
        QTest::keyClick(field(name), Qt::Key_Return);
        await();
    }
    const Setting& current(int tensor = 1) const {
        return document.session()->tensors[static_cast<size_t>(tensor)].current;
    }
    QString message(const char* name) {
        auto* label = find<QLabel>(name);
        return label->isVisible() ? label->text() : QString();
    }

    Document document;
    InspectorPane pane{document};
};

TEST_F(InspectorPaneTest, ShowsTheTensor) {
    EXPECT_EQ(figure("tensorName"), "conv");
    EXPECT_EQ(figure("tensorKind"), "Conv output, float32, 4, bins of 0.00098");
    EXPECT_EQ(field("thresholdField")->text(), "2.000");
    EXPECT_EQ(figure("thresholdSide"), "100 % of amax");
    // 2 / 127 = 0.015748031..., float32 3c810204.
    EXPECT_EQ(field("scaleField")->text(), "0.0157480");
    EXPECT_EQ(field("hexField")->text(), "3c810204");
    EXPECT_FALSE(find<FigureLabel>("editedMark")->isVisible());
    EXPECT_FALSE(find<RangeField>("lowField")->isVisible());
    EXPECT_EQ(figure("originalRange"), "minmax");
}

TEST_F(InspectorPaneTest, StatisticsAreThoseOfTheValues) {
    // -2 ... 2 in 1000 steps: the middle one is 0.
    EXPECT_EQ(figure("countFigure"), "1,001");
    EXPECT_EQ(figure("zerosFigure"), "0.100 %");
    EXPECT_EQ(figure("nonFiniteFigure"), "0, 0");
    EXPECT_EQ(figure("minFigure"), "−2.000");
    EXPECT_EQ(figure("maxFigure"), "2.000");
    // Of equally spaced values: width sqrt((n + 1) / (12 (n - 1))) = 4 * 0.28896.
    EXPECT_EQ(figure("deviationFigure"), "1.156");
    EXPECT_EQ(figure("sampleCount"), "2 samples");
    EXPECT_EQ(figure("amaxSample"), "not known");
    EXPECT_FALSE(find<FigureLabel>("stillGrowing")->isVisible());
}

TEST_F(InspectorPaneTest, TypedValuesAreUndoableEdits) {
    type("thresholdField", "1.5");
    EXPECT_EQ(current(), symmetricSetting(1.5, "manual"));
    EXPECT_TRUE(find<FigureLabel>("editedMark")->isVisible());
    EXPECT_EQ(figure("originalRange"), "original 2.000");
    EXPECT_EQ(figure("thresholdSide"), "75.0 % of amax");
    document.undoStack().undo();
    await();
    EXPECT_EQ(current().hi, 2);
    EXPECT_EQ(field("thresholdField")->text(), "2");  // still focused: every digit, no more
    EXPECT_EQ(field("scaleField")->text(), "0.0157480");
}

TEST_F(InspectorPaneTest, HexSetsThatVeryFloat) {
    type("hexField", "0x3C010A14");
    EXPECT_EQ(std::bit_cast<uint32_t>(current().scale), 0x3c010a14u);
    EXPECT_EQ(field("hexField")->text(), "3c010a14");
    type("thresholdField", "3c810204");
    EXPECT_EQ(std::bit_cast<uint32_t>(current().scale), 0x3c810204u);
}

TEST_F(InspectorPaneTest, PercentilesAndPartsOfAmaxAreUnderstood) {
    type("thresholdField", "0.8*amax");
    EXPECT_DOUBLE_EQ(current().hi, 1.6);
    type("thresholdField", "p100");
    EXPECT_EQ(current().hi, 2);
}

TEST_F(InspectorPaneTest, BadTextChangesNothingAndSaysWhatIsPossible) {
    const Setting before = current();
    for (const char* text : {"abc", "0", "-1", "1e-44"}) {
        type("thresholdField", text);
        EXPECT_EQ(current(), before) << text;
        EXPECT_TRUE(field("thresholdField")->hasProblem()) << text;
        EXPECT_FALSE(message("thresholdMessage").isEmpty()) << text;
    }
    EXPECT_EQ(document.undoStack().count(), 0);
    QTest::keyClick(field("thresholdField"), Qt::Key_Escape);
    EXPECT_FALSE(field("thresholdField")->hasProblem());
    EXPECT_EQ(field("thresholdField")->text(), "2");
    EXPECT_EQ(message("thresholdMessage"), "");
}

TEST_F(InspectorPaneTest, SwappedBytesAreSeenAndOfferedTheRightWay) {
    type("hexField", "0402813c");
    EXPECT_TRUE(message("hexMessage").contains("3c810204"));
    EXPECT_TRUE(message("hexMessage").contains("swapped"));
    emit find<QLabel>("hexMessage")->linkActivated("3c810204");
    EXPECT_EQ(std::bit_cast<uint32_t>(current().scale), 0x3c810204u);
    EXPECT_EQ(message("hexMessage"), "");
}

TEST_F(InspectorPaneTest, StepsAreOneBinAndMergeIntoOneEdit) {
    field("thresholdField")->setFocus();
    QTest::keyClick(field("thresholdField"), Qt::Key_Down);
    EXPECT_DOUBLE_EQ(current().hi, 2 - 2.0 / 2048);
    QTest::keyClick(field("thresholdField"), Qt::Key_Down, Qt::ShiftModifier);
    EXPECT_DOUBLE_EQ(current().hi, 2 - 22.0 / 2048);
    EXPECT_EQ(document.undoStack().count(), 1);
    document.undoStack().undo();
    EXPECT_EQ(current().hi, 2);
}

TEST_F(InspectorPaneTest, AffineRangesHaveLowAndHigh) {
    document.edit(1, session::affineSetting(-1, 1.5, "manual"), false, "affine");
    await();
    EXPECT_FALSE(field("thresholdField")->isVisible());
    EXPECT_EQ(field("lowField")->text(), "−1.000");
    EXPECT_EQ(field("highField")->text(), "1.500");
    // 250 of 1001 values lie below -1 (to -1.004), 125 above 1.5.
    EXPECT_TRUE(figure("lowSide").endsWith("% below")) << figure("lowSide").toStdString();
    EXPECT_NEAR(figure("lowSide").section(' ', 0, 0).toDouble(), 25, 0.3);
    EXPECT_NEAR(figure("highSide").section(' ', 0, 0).toDouble(), 12.5, 0.3);
    // 2.5 / 255 a step, -1 at -128: 0 at -128 + 102.
    EXPECT_EQ(figure("scaleSide"), "zero point −26");
    type("lowField", "0.5");
    EXPECT_TRUE(message("lowMessage").contains("not be above 0"));
    EXPECT_EQ(current().lo, -1);
    type("lowField", "-2");
    EXPECT_EQ(current(), session::affineSetting(-2, 1.5, "manual"));
}

TEST_F(InspectorPaneTest, RevertGoesBackToTheMethod) {
    EXPECT_FALSE(find<QPushButton>("revertButton")->isEnabled());
    type("thresholdField", "1");
    find<QPushButton>("revertButton")->click();
    EXPECT_EQ(current(), document.session()->tensors[1].original);
    document.undoStack().undo();
    EXPECT_EQ(current().hi, 1);
}

TEST_F(InspectorPaneTest, FloatIsAnEdit) {
    auto* check = find<QCheckBox>("floatCheck");
    check->click();
    EXPECT_TRUE(current().keepFloat);
    EXPECT_FALSE(field("thresholdField")->isEnabled());
    document.undoStack().undo();
    EXPECT_FALSE(current().keepFloat);
    EXPECT_FALSE(check->isChecked());
}

TEST_F(InspectorPaneTest, EditsSplitTheGroupOrChangeAllOfIt) {
    QSignalSpy noted(&document, &Document::noted);
    type("thresholdField", "1.5");
    EXPECT_EQ(noted.count(), 1);
    EXPECT_EQ(message("splitNote"), "The group is split: pool has another scale.");
    EXPECT_EQ(find<QCheckBox>("groupCheck")->text(), "Whole group (2 tensors)");
    find<QCheckBox>("groupCheck")->click();
    type("thresholdField", "1.25");
    EXPECT_EQ(current(1).hi, 1.25);
    EXPECT_EQ(current(2).hi, 1.25);
    EXPECT_EQ(current(0).hi, 1);
    EXPECT_EQ(message("splitNote"), "");
    EXPECT_TRUE(pane.editsWholeGroup());
    select(0);
    EXPECT_FALSE(pane.editsWholeGroup());  // it is in no group
}

TEST_F(InspectorPaneTest, ComparesTheRanges) {
    select(0);
    auto* table = find<ComparisonTable>("comparisonTable");
    // 0 ... 1: a symmetric scale has 128 codes for it, an affine one 256: 6 dB.
    EXPECT_EQ(table->textAt(ComparisonTable::CodesUsed, ComparisonTable::Symmetric), "128");
    EXPECT_EQ(table->textAt(ComparisonTable::CodesUsed, ComparisonTable::Affine), "256");
    EXPECT_EQ(table->textAt(ComparisonTable::BitsLost, ComparisonTable::Symmetric), "1.0");
    EXPECT_EQ(table->textAt(ComparisonTable::ZeroPoint, ComparisonTable::Affine), "−128");
    EXPECT_TRUE(table->isBest(ComparisonTable::Sqnr, ComparisonTable::Affine));
    EXPECT_FALSE(table->isBest(ComparisonTable::Sqnr, ComparisonTable::Symmetric));
    const QString verdict = find<NoteBox>("verdictBox")->text();
    EXPECT_TRUE(
        verdict.startsWith("No value is negative, so a symmetric scale leaves half the "
                           "codes unused: 1.0 bits lost; an affine range would gain"))
        << verdict.toStdString();
}

TEST_F(InspectorPaneTest, FollowsADragWithoutAnEdit) {
    auto* table = find<ComparisonTable>("comparisonTable");
    const QString best = table->textAt(ComparisonTable::High, ComparisonTable::Symmetric);
    document.preview(1, symmetricSetting(1, "manual"));
    EXPECT_EQ(field("thresholdField")->text(), "1.000");
    EXPECT_EQ(field("hexField")->text(), "3c010204");  // half of 3c810204
    await();
    EXPECT_EQ(table->textAt(ComparisonTable::High, ComparisonTable::Now), "1.00");
    // Half of the values lie beyond 1, those below -128/127 among them.
    EXPECT_NEAR(table->textAt(ComparisonTable::Clipped, ComparisonTable::Now).toDouble(), 50, 0.5);
    EXPECT_EQ(table->textAt(ComparisonTable::High, ComparisonTable::Symmetric), best);
    EXPECT_TRUE(find<NoteBox>("verdictBox")->text().contains("Moving T from 2.000 to 1.000"));
    document.cancelPreview();
    await();
    EXPECT_EQ(field("thresholdField")->text(), "2.000");
    EXPECT_EQ(document.undoStack().count(), 0);
}

TEST_F(InspectorPaneTest, MethodsAreAppliedAsEdits) {
    EXPECT_FALSE(find<QPushButton>("apply-minmax")->isEnabled());  // in use
    type("thresholdField", "1");
    find<QPushButton>("apply-percentile")->click();
    await();
    EXPECT_EQ(current().method, "percentile");
    EXPECT_EQ(current().hi, session::computeThreshold(document.session()->tensors[1],
                                                      threshold::findMethod("percentile"))
                                .threshold);
    for (const threshold::Method& method : threshold::methods())
        find<QPushButton>(("apply-" + std::string(method.id)).c_str());
    document.undoStack().undo();
    EXPECT_EQ(current().method, "manual");
}

TEST_F(InspectorPaneTest, AffineSettingsListTheMethodsRanges) {
    select(2);  // -1 ... 2
    document.edit(2, session::affineSetting(-0.5, 1, "manual"), false, "affine");
    await();
    find<QPushButton>("apply-minmax")->click();
    EXPECT_TRUE(current(2).isAffine);
    EXPECT_EQ(current(2).lo, -1);
    EXPECT_EQ(current(2).hi, 2);
    await();
    EXPECT_EQ(figure("method-mse-symmetric"), "mse");
    EXPECT_TRUE(figure("range-mse-symmetric").startsWith("±"));
    EXPECT_EQ(figure("range-minmax"), "−1.00 … 2.00");
    find<QPushButton>("apply-minmax-symmetric")->click();
    EXPECT_FALSE(current(2).isAffine);
    EXPECT_EQ(current(2).hi, 2);
}

TEST_F(InspectorPaneTest, EmptyStatesSayWhatToDo) {
    const auto shownMessage = [this] {
        return message("messageTitle") + '|' + message("messageText");
    };
    select(3);
    EXPECT_EQ(shownMessage(), "shape|Shape output. It gets no scale: an integer type.");
    document.setSession(nullptr, {});
    EXPECT_EQ(shownMessage(), "Choose a tensor on the left.|");
    EXPECT_TRUE(pane.isComplete());

    auto cache = smallSession();
    for (auto& tensor : cache->tensors)
        tensor.statistics = {};
    document.setSession(cache, "/nowhere/other.cache");
    EXPECT_EQ(find<NoteBox>("verdictBox")->text(),
              "A cache has no histograms. Calibrate its model to see them.");
    EXPECT_TRUE(pane.isComplete());
    document.select(1);
    type("thresholdField", "1.5");
    EXPECT_EQ(current().hi, 1.5);

    for (auto& tensor : cache->tensors)
        tensor.current = tensor.original = {};
    document.setSession(cache, "/nowhere/model.onnx");
    EXPECT_EQ(shownMessage(), "conv|No values were seen yet. Add samples and press Calibrate.");
    cache->tensors[1].fileState = session::RangeFileState::Missing;
    document.setSession(cache, "/nowhere/model.onnx");
    EXPECT_EQ(shownMessage(), "conv|The range file has no line for this tensor.");
}

TEST_F(InspectorPaneTest, TextBeingTypedBelongsToItsTensor) {
    const auto type = [this](const char* text) {
        field("thresholdField")->setFocus();
        field("thresholdField")->selectAll();
        QTest::keyClicks(field("thresholdField"), text);
    };
    type("1.5");
    pane.setFocus();  // as a click on another tensor does before it is selected
    select(0);
    EXPECT_EQ(current(1).hi, 1.5);
    EXPECT_EQ(current(0).hi, 1);
    type("0.25");
    auto other = smallSession();
    document.setSession(other, "/nowhere/other.clipscope");
    await();
    pane.setFocus();
    EXPECT_EQ(current(0).hi, 1);
    type("0.25");
    document.setSession(nullptr, {});
    EXPECT_EQ(other->tensors[0].current.hi, 1);
}

TEST_F(InspectorPaneTest, OldFiguresArePaleUntilTheNewOnesAreThere) {
    document.select(0);
    EXPECT_FALSE(pane.isComplete());
    EXPECT_TRUE(find<FigureLabel>("meanFigure")->isStale());
    await();
    EXPECT_FALSE(find<FigureLabel>("meanFigure")->isStale());
    document.select(1);  // kept
    EXPECT_FALSE(find<FigureLabel>("meanFigure")->isStale());
    EXPECT_TRUE(pane.isComplete() || QTest::qWaitFor([this] { return pane.isComplete(); }, 1000));
}

}  // namespace
}  // namespace clipscope::widgets
