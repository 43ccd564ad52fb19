// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QScrollArea>
#include <QTimer>
#include <memory>

#include "analysis/session/tensor_summary.h"
#include "widgets/document/document.h"
#include "widgets/document/job_runner.h"

class QLabel;
class QStackedWidget;
class QVBoxLayout;

namespace clipscope::widgets {

class ComparisonTable;
class FigureLabel;
class MethodsList;
class NoteBox;
class RangeEditor;
class StatisticsTable;

/// Everything about the selected tensor in figures, and its range to edit. What takes long is
/// computed elsewhere and kept per tensor; until it is there the old values stay, pale.
class InspectorPane : public QScrollArea {
    Q_OBJECT

public:
    explicit InspectorPane(Document& document, QWidget* parent = nullptr);
    ~InspectorPane() override;

    /// Whether everything shown belongs to the selection and the setting of now.
    bool isComplete() const;
    /// Whether edits are meant for all tensors that share the scale.
    bool editsWholeGroup() const;

    QSize sizeHint() const override { return {300, 640}; }

private:
    using Summary = std::shared_ptr<const session::TensorSummary>;

    QWidget* makeTensorPage();
    QWidget* makeMessagePage();
    void makeHead(QVBoxLayout* column);
    void makeFigures(QVBoxLayout* column);
    QWidget* addSection(QVBoxLayout* column, const QString& title, FigureLabel* right,
                        QWidget* content);

    void showSelection();
    void showMessage(const QString& title, const QString& text);
    void showHead(const session::TensorEntry& tensor);
    void showSetting();  ///< fields now, figures a moment later
    void showFigures();
    void showSummary(const Summary& summary);
    void requestSummary(int tensor);
    void setStale(bool isStale);

    Document& m_document;
    JobRunner m_jobs;
    QCache<int, Summary> m_cache;
    Summary m_summary;  ///< of the selected tensor; null while it is computed
    bool m_wantsSummary = false;
    bool m_shownAffine = false;  ///< how the methods are listed
    QTimer m_live;

    QStackedWidget* m_stack;
    QLabel* m_messageTitle;
    QLabel* m_messageText;
    FigureLabel* m_name;
    FigureLabel* m_edited;
    FigureLabel* m_kind;
    NoteBox* m_note;
    RangeEditor* m_range;
    QWidget* m_figures;
    QWidget* m_rangeSections;
    ComparisonTable* m_comparison;
    MethodsList* m_methods;
    FigureLabel* m_samples;
    StatisticsTable* m_statistics;
};

}  // namespace clipscope::widgets
