// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QWidget>
#include <array>

#include "analysis/session/range_text.h"
#include "widgets/document/document.h"
#include "widgets/inspector/figure_label.h"
#include "widgets/inspector/range_field.h"

class QGridLayout;

namespace clipscope::widgets {

/// The range of the selected tensor in fields: T or lo and hi, scale, cache hex; back to the
/// original, keep in float, edit the whole group. Every edit goes to the document.
class RangeEditor : public QWidget {
    Q_OBJECT

public:
    explicit RangeEditor(Document& document, QWidget* parent = nullptr);

    bool editsWholeGroup() const;
    /// The tensors are others now: what is being typed belongs to none of them.
    void forget();
    /// Shows the document's setting of that tensor.
    void showSetting(int tensor);
    /// What the setting clips, beside the fields; nothing while it is not known.
    void showClipping(std::optional<double> lowPercent, std::optional<double> highPercent);

private:
    struct Row {
        QLabel* caption = nullptr;
        RangeField* field = nullptr;
        FigureLabel* side = nullptr;
        QLabel* message = nullptr;
    };

    void makeRow(QGridLayout* grid, session::RangeField field, const char* name);
    void makeChoices();
    Row& row(session::RangeField field) { return m_rows[static_cast<size_t>(field)]; }
    void apply(session::RangeField field, const QString& text);
    void step(session::RangeField field, int bins);
    void edit(const session::Setting& setting, int mergeId);
    void say(session::RangeField field, const QString& message, bool isProblem);
    void warnOfSwappedBytes(const QString& text);
    void showGroup(int tensor);
    void showKind(const session::Setting& setting);
    void showColors();

    Document& m_document;
    int m_tensor = -1;
    std::array<Row, 5> m_rows;  ///< by RangeField
    FigureLabel* m_original;
    QPushButton* m_revert;
    QCheckBox* m_float;
    QCheckBox* m_group;
    QLabel* m_split;
};

}  // namespace clipscope::widgets
