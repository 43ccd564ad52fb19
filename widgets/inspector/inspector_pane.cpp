// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/inspector_pane.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "analysis/session/verdict.h"
#include "widgets/inspector/comparison_table.h"
#include "widgets/inspector/methods_list.h"
#include "widgets/inspector/note_box.h"
#include "widgets/inspector/range_editor.h"
#include "widgets/inspector/statistics_table.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

using Role = FigureLabel::Role;
using session::Setting;

constexpr int kWidthInDigits = 46;  ///< four columns of figures and a scroll bar
constexpr int kMargin = 8;
constexpr int kLiveDelay = 15;      ///< ms from an edit to its figures: a drag comes first
constexpr int kCachedTensors = 24;  ///< 1 to 3 MB each

/// A hairline between groups.
class Rule : public QWidget {
public:
    explicit Rule(QWidget* parent) : QWidget(parent) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter(this).fillRect(rect(), widgets::colors().softLine);
    }
};

QString shapeText(const Shape& shape) {
    QStringList extents;
    for (const int64_t extent : shape.extents())
        extents << (extent < 0 ? QStringLiteral("?") : QString::number(extent));
    // The first axis is the batch.
    if (extents.size() > 1)
        extents.removeFirst();
    return extents.join(QChar(0x00d7));
}

}  // namespace

InspectorPane::InspectorPane(Document& document, QWidget* parent)
    : QScrollArea(parent), m_document(document), m_cache(kCachedTensors) {
    setObjectName(QStringLiteral("inspectorPane"));
    setAccessibleName(tr("Inspector"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_stack = new QStackedWidget;
    m_stack->addWidget(makeMessagePage());
    m_stack->addWidget(makeTensorPage());
    setWidget(m_stack);
    setMinimumWidth(kWidthInDigits * fontMetrics().horizontalAdvance(QLatin1Char('0')));

    m_live.setSingleShot(true);
    m_live.setInterval(kLiveDelay);
    connect(&m_live, &QTimer::timeout, this, &InspectorPane::showFigures);
    connect(&m_document, &Document::sessionChanged, this, [this] {
        m_jobs.cancel();
        m_cache.clear();
        m_summary.reset();
        m_range->forget();
        showSelection();
    });
    connect(&m_document, &Document::selectionChanged, this, &InspectorPane::showSelection);
    // Another member of the group may have changed: whether it is split is shown.
    connect(&m_document, &Document::tensorChanged, this, &InspectorPane::showSetting);
    connect(&m_document, &Document::previewChanged, this, [this](int tensor) {
        if (tensor == m_document.selected())
            showSetting();
    });
    showSelection();
}

InspectorPane::~InspectorPane() = default;

QWidget* InspectorPane::makeMessagePage() {
    auto* page = new QWidget;
    page->setObjectName(QStringLiteral("inspectorMessage"));
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 24, 16, 16);
    column->setSpacing(8);
    m_messageTitle = new QLabel(page);
    m_messageTitle->setObjectName(QStringLiteral("messageTitle"));
    m_messageTitle->setWordWrap(true);
    QFont bold = m_messageTitle->font();
    bold.setWeight(QFont::DemiBold);
    m_messageTitle->setFont(bold);
    m_messageText = new QLabel(page);
    m_messageText->setObjectName(QStringLiteral("messageText"));
    m_messageText->setWordWrap(true);
    column->addWidget(m_messageTitle);
    column->addWidget(m_messageText);
    column->addStretch();
    return page;
}

QWidget* InspectorPane::makeTensorPage() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kMargin);
    makeHead(column);
    m_note = new NoteBox(NoteBox::Kind::Plain, page);
    m_note->setObjectName(QStringLiteral("verdictBox"));
    m_note->setToolTip(tr("What a symmetric scale costs this tensor, and what the edit did"));
    column->addWidget(m_note);
    column->addWidget(new Rule(page));
    m_range = new RangeEditor(m_document, page);
    m_range->setObjectName(QStringLiteral("rangeEditor"));
    column->addWidget(m_range);
    makeFigures(column);
    column->addStretch();
    return page;
}

void InspectorPane::makeHead(QVBoxLayout* column) {
    m_name = new FigureLabel({}, Role::Strong, Qt::AlignLeft);
    m_name->setObjectName(QStringLiteral("tensorName"));
    m_name->setElide(Qt::ElideMiddle);
    QFont large = m_name->font();
    large.setPointSizeF(large.pointSizeF() * 14 / 12);
    m_name->setFont(large);
    m_edited = new FigureLabel(tr("edited"), Role::Threshold, Qt::AlignRight);
    m_edited->setObjectName(QStringLiteral("editedMark"));
    m_edited->setIcon(QStringLiteral("edited"));
    m_edited->setToolTip(tr("The setting is not what the method chose"));
    m_edited->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_kind = new FigureLabel({}, Role::Muted);
    m_kind->setObjectName(QStringLiteral("tensorKind"));
    auto* row = new QHBoxLayout;
    row->setSpacing(kMargin);
    row->addWidget(m_name, 1);
    row->addWidget(m_edited);
    auto* head = new QVBoxLayout;
    head->setSpacing(0);
    head->addLayout(row);
    head->addWidget(m_kind);
    column->addLayout(head);
}

QWidget* InspectorPane::addSection(QVBoxLayout* column, const QString& title, FigureLabel* right,
                                   QWidget* content) {
    auto* section = new QWidget;
    auto* rows = new QVBoxLayout(section);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(4);
    rows->addWidget(new Rule(section));
    rows->addSpacing(4);
    auto* head = new QHBoxLayout;
    head->addWidget(new FigureLabel(title, Role::Strong), 1);
    if (right)
        head->addWidget(right);
    rows->addLayout(head);
    rows->addWidget(content);
    column->addWidget(section);
    return section;
}

void InspectorPane::makeFigures(QVBoxLayout* column) {
    m_figures = new QWidget;
    auto* sections = new QVBoxLayout(m_figures);
    sections->setContentsMargins(0, 0, 0, 0);
    sections->setSpacing(kMargin);
    m_rangeSections = new QWidget(m_figures);
    auto* ranges = new QVBoxLayout(m_rangeSections);
    ranges->setContentsMargins(0, 0, 0, 0);
    ranges->setSpacing(kMargin);
    m_comparison = new ComparisonTable;
    m_comparison->setObjectName(QStringLiteral("comparisonTable"));
    addSection(ranges, tr("Symmetric beside affine"), nullptr, m_comparison);
    m_methods = new MethodsList;
    m_methods->setObjectName(QStringLiteral("methodsList"));
    addSection(ranges, tr("Methods"),
               new FigureLabel(tr("T or lo … hi, SQNR in dB"), Role::Muted, Qt::AlignRight),
               m_methods);
    connect(m_methods, &MethodsList::applied, this,
            [this](const Setting& setting, const QString& label) {
                const int tensor = m_document.selected();
                m_document.edit(tensor, setting, editsWholeGroup(),
                                tr("Apply %1 to %2").arg(label, m_name->text()));
            });
    sections->addWidget(m_rangeSections);
    m_samples = new FigureLabel({}, Role::Muted, Qt::AlignRight);
    m_samples->setObjectName(QStringLiteral("sampleCount"));
    m_samples->setWidest(QStringLiteral("12,345 samples"));
    m_statistics = new StatisticsTable;
    m_statistics->setObjectName(QStringLiteral("statisticsTable"));
    addSection(sections, tr("Statistics"), m_samples, m_statistics);
    column->addWidget(m_figures);
}

bool InspectorPane::isComplete() const {
    return !m_live.isActive() && (!m_wantsSummary || m_summary);
}

bool InspectorPane::editsWholeGroup() const {
    return m_range->editsWholeGroup();
}

void InspectorPane::showMessage(const QString& title, const QString& text) {
    m_messageTitle->setText(title);
    m_messageText->setText(text);
    m_messageText->setVisible(!text.isEmpty());
    m_stack->setCurrentIndex(0);
}

void InspectorPane::showSelection() {
    m_live.stop();
    m_jobs.cancel();
    m_summary.reset();
    m_wantsSummary = false;
    m_note->setMinimumHeight(0);
    const session::Session* session = m_document.session();
    const int selected = m_document.selected();
    if (!session || selected < 0)
        return showMessage(tr("Choose a tensor on the left."), {});
    const session::TensorEntry& tensor = session->tensors[static_cast<size_t>(selected)];
    const bool hasStatistics = tensor.statistics.histogram.count() > 0;
    if (!tensor.isActivation())
        return showMessage(QString::fromStdString(tensor.name),
                           tr("%1 output. It gets no scale: %2.")
                               .arg(QString::fromStdString(tensor.op),
                                    tensor.coverageReason.empty()
                                        ? QString::fromUtf8(graph::name(tensor.coverage).data())
                                        : QString::fromStdString(tensor.coverageReason)));
    if (!hasStatistics && !tensor.current.isSet())
        return showMessage(
            QString::fromStdString(tensor.name),
            tensor.fileState == session::RangeFileState::Missing
                ? tr("The range file has no line for this tensor.")
            : !session->rangesPath.empty()
                ? tr("The range file has no scale for this tensor that can be used (%1).")
                      .arg(QString::fromStdString(tensor.current.reason))
                : tr("No values were seen yet. Add samples and press Calibrate."));
    m_stack->setCurrentIndex(1);
    showHead(tensor);
    m_figures->setVisible(hasStatistics);
    m_note->setKind(hasStatistics ? NoteBox::Kind::Plain : NoteBox::Kind::Information);
    if (!hasStatistics)
        m_note->setText(tensor.fileState == session::RangeFileState::Extra
                            ? tr("The model has no tensor of this name: a line of another model, "
                                 "or of another export of it.")
                            : tr("A cache has no histograms. Calibrate its model to see them."));
    else
        m_statistics->showTensor(*session, tensor);
    showSetting();
    if (hasStatistics)
        requestSummary(selected);
    else
        showFigures();
}

void InspectorPane::showHead(const session::TensorEntry& tensor) {
    const size_t samples = m_document.session()->samples.size();
    m_name->setText(QString::fromStdString(tensor.name));
    m_name->setToolTip(m_name->text());
    QStringList parts{tensor.op == "Input" ? tr("Input")
                      : tensor.op.empty()  ? tr("Line of the range file")
                                          : tr("%1 output").arg(QString::fromStdString(tensor.op))};
    if (tensor.type != DType::Undefined)
        parts << QString::fromStdString(std::string(name(tensor.type)));
    if (const QString shape = shapeText(tensor.shape); !shape.isEmpty())
        parts << shape;
    const Setting& setting = tensor.original;
    const double width =
        session::binWidthAt(tensor.statistics.histogram, std::max(-setting.lo, setting.hi));
    if (width > 0)
        parts << tr("bins of %1").arg(significantText(width, 2));
    m_kind->setText(parts.join(QStringLiteral(", ")));
    m_samples->setText(samples == 1 ? tr("1 sample") : tr("%1 samples").arg(countText(samples)));
}

void InspectorPane::showSetting() {
    const int selected = m_document.selected();
    if (selected < 0 || m_stack->currentIndex() != 1)
        return;
    const session::TensorEntry& tensor =
        m_document.session()->tensors[static_cast<size_t>(selected)];
    m_edited->setVisible(!(m_document.shownSetting(selected) == tensor.original));
    m_range->showSetting(selected);
    if (m_summary)
        m_live.start();
}

void InspectorPane::showFigures() {
    m_live.stop();
    const int selected = m_document.selected();
    if (!m_summary || selected < 0) {
        m_range->showClipping({}, {});
        return;
    }
    const session::TensorEntry& tensor =
        m_document.session()->tensors[static_cast<size_t>(selected)];
    const Setting& shown = m_document.shownSetting(selected);
    const session::JudgedSetting current{
        shown, quantization::evaluate(m_summary->density, shown.quantizer())};
    const double total = std::max(1.0, m_summary->density.total());
    m_range->showClipping(100 * current.error.clippedLow / total,
                          100 * current.error.clippedHigh / total);
    // Ranges are not broken at their dots.
    m_note->setText(
        QString::fromStdString(session::verdict(tensor.statistics.histogram, m_summary->ranges,
                                                {tensor.original, m_summary->original}, current))
            .replace(QStringLiteral(" … "), QStringLiteral("\u00a0…\u00a0")));
    // While a field is edited the box only grows: the field must not slip from under the wheel.
    const QWidget* focused = QApplication::focusWidget();
    const bool isEdited = focused && m_range->isAncestorOf(focused);
    m_note->setMinimumHeight(
        isEdited ? std::max(m_note->minimumHeight(), m_note->heightForWidth(m_note->width())) : 0);
    if (!m_summary->hasRange())
        return;
    m_comparison->showNow(shown, current.error);
    if (shown.isAffine != m_shownAffine) {
        m_shownAffine = shown.isAffine;
        m_methods->showChoices(*m_summary, shown);
    } else {
        m_methods->showSetting(shown);
    }
}

void InspectorPane::showSummary(const Summary& summary) {
    m_summary = summary;
    setStale(false);
    m_rangeSections->setVisible(summary->hasRange());
    m_statistics->showMoments(summary->mean, summary->standardDeviation);
    const Setting& shown = m_document.shownSetting(m_document.selected());
    if (summary->hasRange()) {
        m_comparison->showRanges(summary->ranges);
        m_shownAffine = shown.isAffine;
        m_methods->showChoices(*summary, shown);
    }
    showFigures();
}

void InspectorPane::requestSummary(int tensor) {
    m_wantsSummary = true;
    if (const Summary* cached = m_cache.object(tensor))
        return showSummary(*cached);
    setStale(true);
    const auto session = m_document.sharedSession();
    m_jobs.start(
        [session, tensor](const CancellationToken& token, const ProgressSink&) -> Summary {
            return std::make_shared<const session::TensorSummary>(
                session::summarize(session->tensors[static_cast<size_t>(tensor)], session->method,
                                   session->parameters, token));
        },
        [this, tensor](const Summary& summary) {
            m_cache.insert(tensor, new Summary(summary));
            if (tensor == m_document.selected())
                showSummary(summary);
        },
        [this](const QString& message) {
            m_wantsSummary = false;
            m_note->setKind(NoteBox::Kind::Error);
            m_note->setText(message);
        });
}

void InspectorPane::setStale(bool isStale) {
    m_note->setStale(isStale);
    m_comparison->setStale(isStale);
    m_methods->setStale(isStale);
    m_statistics->setMomentsStale(isStale);
}

}  // namespace clipscope::widgets
