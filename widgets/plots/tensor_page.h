// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "widgets/document/document.h"
#include "widgets/plots/page_actions.h"
#include "widgets/plots/plot_loader.h"
#include "widgets/plots/plot_stack.h"

class QLabel;
class QPushButton;
class QSplitter;
class QStackedLayout;

namespace clipscope::widgets {

class DivergencePanel;
class ReadoutLine;
class TensorHeader;

/// The page of the selected tensor: header, stack of plots, the KL explainer and the readout; or
/// what to do where there is nothing to plot.
class TensorPage : public QWidget {
    Q_OBJECT

public:
    explicit TensorPage(Document& document, QWidget* parent = nullptr);
    ~TensorPage() override;

    PlotStack& plots() { return *m_stack; }
    /// Whether everything shown is computed: no job is under way.
    bool isComplete() const;
    /// Whether the tensors that may be selected next are computed too.
    bool isPrepared() const;
    void fit();
    /// The plots as png, svg or pdf, by the suffix; whether it was written.
    bool savePicture(const QString& path);
    /// For menus and for the command palette; all with object name, shortcut and tooltip.
    QList<QAction*> pageActions() const { return m_actions.all(); }
    /// What stands in place of the plots; empty while there are plots.
    QString emptyText() const;

signals:
    /// The buttons of the empty states.
    void openModelRequested();
    void calibrateRequested();

private:
    enum class Offer { None, OpenModel, Calibrate };

    void buildEmpty();
    void connectActions();
    void connectStack();
    void showSelected();
    void showEmpty(const QString& text, Offer offer = Offer::None);
    void showUncounted(const session::TensorEntry& tensor);
    bool showReasonWithoutPlots(const session::TensorEntry& tensor);
    void updateSetting();
    void updateCurves(int tensor);
    void requestAffine();
    void prepareNeighbours();
    void setAffine(bool isAffine);
    void edit(session::Setting setting, const QString& text, int mergeId);
    void read(double x);
    void updateView();
    void explain();
    const session::TensorEntry& tensor() const;

    Document& m_document;
    PageActions m_actions;
    PlotLoader m_loader;
    int m_tensor = -1;  ///< plotted; -1 for none

    TensorHeader* m_header;
    QStackedLayout* m_pages;
    QWidget* m_empty;
    QLabel* m_emptyText;
    QPushButton* m_emptyButton;
    QSplitter* m_splitter;
    PlotStack* m_stack;
    DivergencePanel* m_panel;
    ReadoutLine* m_readout;
};

/// "2048×7×7": without the batch; "?" where the model does not say.
QString shapeText(const Shape& shape, int64_t batch);

}  // namespace clipscope::widgets
