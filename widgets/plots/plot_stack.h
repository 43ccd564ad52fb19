// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <memory>
#include <optional>

#include <qcustomplot.h>

#include "analysis/session/plot_view.h"
#include "widgets/plots/plot_captions.h"
#include "widgets/plots/plot_frame.h"
#include "widgets/plots/plot_scene.h"
#include "widgets/plots/range_dragger.h"

namespace clipscope::widgets {

/// The plots of one tensor on one threshold axis: methods, histogram, divergence, errors. Shows
/// what it is given and tells what the user asks for; it edits nothing itself. A drag replots the
/// overlay alone, a movement of the cursor the cursor's layer alone.
class PlotStack : public QCustomPlot {
    Q_OBJECT

public:
    explicit PlotStack(QWidget* parent = nullptr);
    ~PlotStack() override;

    /// Another tensor, fitted into the view; its curves may be null until they are computed.
    void showTensor(const QString& name, std::shared_ptr<const PlotSource> source,
                    std::shared_ptr<const session::TensorPlots> curves,
                    const session::Setting& shown, const session::Setting& original);
    void setCurves(std::shared_ptr<const session::TensorPlots> curves);
    void setAffineErrors(std::shared_ptr<const session::ErrorPlot> errors);
    /// Whether curves wait to be drawn.
    bool isBehind() const { return m_curvePace.isActive(); }
    void setFailure(const QString& message);  ///< why the curves cannot be computed
    /// The same tensor with another setting: a drag in progress or an edit.
    void setShown(const session::Setting& shown);

    void setLogCounts(bool isLog);
    void setFolded(bool isFolded);  ///< the histogram of |x|; without effect on affine ranges
    bool isFolded() const { return m_isFoldWanted; }

    const PlotScene& scene() const { return m_scene; }
    const RangeOverlay& overlay() const { return *m_overlay; }
    const MethodLane& lane() const { return *m_lane; }
    const PlotFrame& frame() const { return m_frame; }

    session::PlotView view() const;
    void setView(const session::PlotView& view);
    /// The part where the decision lies; all values where that is shown already.
    void fit();
    void zoom(double factor);  ///< about the centre; below 1 comes nearer
    bool isDragging() const { return m_dragger.isActive(); }
    void cancelDrag();
    void clearHover();
    /// What a method's tick sets, as the setting to apply.
    session::Setting settingOf(size_t tick) const;

signals:
    void previewed(const clipscope::session::Setting& setting);
    void previewCancelled();
    /// `mergeId` >= 0: joins the edit before with the same id.
    void edited(const clipscope::session::Setting& setting, const QString& text, int mergeId);
    void resetRequested();
    void hovered(double x);  ///< NaN: the cursor left
    void viewChanged();
    void noticed(const QString& text);  ///< why a handle does not follow
    void menuRequested(const QPoint& globalPos);

protected:
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Press { None, Handle, Mark, Pan, Box, Cancelled };

    void restyle();
    void showAffineErrors();
    void dropAffineErrors();
    void refill();
    void updateFolded();
    void updateFigures();
    void updateCaptions();
    void updateAfterLayout();
    void updateTickCounts();
    void replotOverlay();
    void replotLater();

    bool isOverPlots(const QPointF& pos) const;
    double valueAt(const QPointF& pos) const;
    void setHover(double x);
    void dragTo(const QMouseEvent& event);
    void tell(const RangeDragger::Step& step);
    void finishBox();
    void apply(size_t tick);
    void nudge(int bins);
    QString helpAt(const QPointF& pos) const;
    QString markHelp(const LaneMark& mark) const;

    PlotScene m_scene;
    PlotFrame m_frame;
    MethodLane* m_lane = nullptr;
    MinimaMarks* m_minima = nullptr;
    RangeOverlay* m_overlay = nullptr;
    HoverLine* m_cursor = nullptr;
    RangeDragger m_dragger;
    bool m_isFoldWanted = false;
    QSize m_filledFor;  ///< size of the histogram that the graphs were filled for

    Press m_press = Press::None;
    QPointF m_pressPos;
    Qt::MouseButton m_button = Qt::NoButton;
    bool m_hasMoved = false;
    std::optional<session::Setting> m_dragged;  ///< not yet edited
    std::shared_ptr<const session::ErrorPlot> m_nextAffine;
    QTimer m_curvePace;
};

/// Edits that merge: nudges of the low and the high end.
inline constexpr int kNudgeLowMerge = 0x7101;
inline constexpr int kNudgeHighMerge = 0x7102;

}  // namespace clipscope::widgets
