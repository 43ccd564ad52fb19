// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/tensor_page.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QSvgGenerator>
#include <QVBoxLayout>
#include <cmath>

#include "analysis/base/error.h"
#include "widgets/plots/divergence_panel.h"
#include "widgets/plots/readout_line.h"
#include "widgets/plots/tensor_header.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr double kZoomStep = 0.7;
constexpr double kPictureScale = 2;
constexpr int kNeighbours = 256;  ///< prepared on either side of the tensor shown

bool hasPlots(const session::TensorEntry& tensor) {
    return tensor.isActivation() && tensor.statistics.histogram.amax() > 0;
}

}  // namespace

QString shapeText(const Shape& shape, int64_t batch) {
    QStringList extents;
    for (size_t axis = 0; axis < shape.rank(); ++axis)
        if (axis > 0 || shape.rank() == 1 || shape[0] != batch)
            extents << (shape[axis] < 0 ? QStringLiteral("?") : QString::number(shape[axis]));
    return extents.isEmpty() ? TensorPage::tr("scalar") : extents.join(QStringLiteral("×"));
}

TensorPage::TensorPage(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_actions(makePageActions(this)),
      m_header(new TensorHeader(m_actions, this)),
      m_pages(new QStackedLayout),
      m_empty(new QWidget(this)),
      m_emptyText(new QLabel(m_empty)),
      m_emptyButton(new QPushButton(m_empty)),
      m_splitter(new QSplitter(Qt::Vertical, this)),
      m_stack(new PlotStack(m_splitter)),
      m_panel(new DivergencePanel(m_splitter)),
      m_readout(new ReadoutLine(this)) {
    setObjectName(QStringLiteral("tensorPage"));
    buildEmpty();
    m_splitter->setObjectName(QStringLiteral("tensorSplitter"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);
    m_panel->hide();
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_splitter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addLayout(m_pages, 1);
    layout->addWidget(m_readout);

    connectActions();
    connectStack();
    connect(&m_document, &Document::sessionChanged, this, [this] {
        m_tensor = -1;
        m_loader.clear();
    });
    connect(&m_document, &Document::selectionChanged, this, &TensorPage::showSelected);
    const auto changed = [this](int tensor) {
        if (tensor == m_tensor)
            updateSetting();
    };
    connect(&m_document, &Document::tensorChanged, this, changed);
    connect(&m_document, &Document::previewChanged, this, changed);
    connect(&m_loader, &PlotLoader::curvesReady, this, &TensorPage::updateCurves);
    connect(&m_loader, &PlotLoader::affineReady, this, [this](int tensor, const auto& errors) {
        if (tensor == m_tensor && m_stack->scene().shown.isAffine)
            m_stack->setAffineErrors(errors);
    });
    connect(&m_loader, &PlotLoader::failed, this, [this](int tensor, const QString& message) {
        if (tensor == m_tensor)
            m_stack->setFailure(message);
    });
    showSelected();
}

TensorPage::~TensorPage() = default;

void TensorPage::buildEmpty() {
    m_emptyText->setObjectName(QStringLiteral("tensorEmptyText"));
    m_emptyText->setAlignment(Qt::AlignCenter);
    m_emptyText->setWordWrap(true);
    m_emptyButton->setObjectName(QStringLiteral("tensorEmptyButton"));
    auto* empty = new QVBoxLayout(m_empty);
    empty->addStretch(1);
    empty->addWidget(m_emptyText);
    empty->addWidget(m_emptyButton, 0, Qt::AlignHCenter);
    empty->addStretch(1);
}

void TensorPage::connectActions() {
    connect(m_actions.affine, &QAction::triggered, this, &TensorPage::setAffine);
    connect(m_actions.log, &QAction::toggled, m_stack, &PlotStack::setLogCounts);
    connect(m_actions.fold, &QAction::toggled, m_stack, &PlotStack::setFolded);
    connect(m_actions.fit, &QAction::triggered, this, &TensorPage::fit);
    connect(m_actions.zoomIn, &QAction::triggered, this, [this] { m_stack->zoom(kZoomStep); });
    connect(m_actions.zoomOut, &QAction::triggered, this, [this] { m_stack->zoom(1 / kZoomStep); });
    connect(m_actions.explain, &QAction::toggled, this, [this](bool on) {
        m_panel->setVisible(on);
        explain();
    });
    connect(m_actions.copy, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setPixmap(m_stack->toPixmap()); });
    connect(m_emptyButton, &QPushButton::clicked, this, [this] {
        if (m_emptyButton->property("offer").toInt() == static_cast<int>(Offer::OpenModel))
            emit openModelRequested();
        else
            emit calibrateRequested();
    });
}

void TensorPage::connectStack() {
    connect(m_stack, &PlotStack::previewed, this,
            [this](const session::Setting& setting) { m_document.preview(m_tensor, setting); });
    connect(m_stack, &PlotStack::previewCancelled, &m_document, &Document::cancelPreview);
    connect(m_stack, &PlotStack::edited, this, &TensorPage::edit);
    connect(m_stack, &PlotStack::resetRequested, this,
            [this] { m_document.reset(m_tensor, false); });
    connect(m_stack, &PlotStack::hovered, this, &TensorPage::read);
    connect(m_stack, &PlotStack::viewChanged, this, &TensorPage::updateView);
    connect(m_stack, &PlotStack::noticed, m_readout, &ReadoutLine::showNotice);
    connect(m_stack, &PlotStack::menuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setObjectName(QStringLiteral("plotMenu"));
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addActions(m_actions.all());
        menu->popup(at);
    });
}

const session::TensorEntry& TensorPage::tensor() const {
    return m_document.session()->tensors[static_cast<size_t>(m_tensor)];
}

bool TensorPage::isPrepared() const {
    return isComplete() && m_loader.isPrepared();
}

bool TensorPage::isComplete() const {
    return m_loader.isIdle() && m_panel->isIdle() && !m_stack->isBehind();
}

void TensorPage::fit() {
    if (m_tensor >= 0)
        m_stack->fit();
}

QString TensorPage::emptyText() const {
    return m_tensor < 0 ? m_emptyText->text() : QString();
}

void TensorPage::showEmpty(const QString& text, Offer offer) {
    m_tensor = -1;
    m_stack->cancelDrag();
    m_emptyText->setText(text);
    m_emptyButton->setVisible(offer != Offer::None);
    m_emptyButton->setProperty("offer", static_cast<int>(offer));
    m_emptyButton->setText(offer == Offer::OpenModel ? tr("Open model…") : tr("Calibrate"));
    m_emptyButton->setToolTip(offer == Offer::OpenModel ? tr("Open the model of this cache")
                                                        : tr("Run the model on the samples"));
    m_pages->setCurrentWidget(m_empty);
    m_readout->clear();
    m_readout->hide();
    m_header->setControlsShown(false);
    for (QAction* action : m_actions.all())
        action->setEnabled(false);
}

bool TensorPage::showReasonWithoutPlots(const session::TensorEntry& tensor) {
    const histogram::Histogram& histogram = tensor.statistics.histogram;
    const QString name = QString::fromStdString(tensor.name);
    if (!tensor.isActivation())
        showEmpty(
            tr("%1 gets no scale: %2.").arg(name, QString::fromStdString(tensor.coverageReason)));
    else if (histogram.count() == 0)
        showUncounted(tensor);
    else if (histogram.finiteCount() == 0)
        showEmpty(
            tr("No value is finite: there is nothing to choose a threshold by; 1 is "
               "written."));
    else if (!(histogram.amax() > 0))
        showEmpty(tr("Every value is 0: any threshold serves; 1 is written."));
    else
        return false;
    return true;
}

/// Of a range file, or of a model that no sample has run through yet.
void TensorPage::showUncounted(const session::TensorEntry& tensor) {
    const session::Session& session = *m_document.session();
    if (session.rangesPath.empty())
        return showEmpty(tr("Not calibrated yet: add samples and press Calibrate."),
                         Offer::Calibrate);
    if (tensor.fileState == session::RangeFileState::Extra)
        return showEmpty(tr("The model has no tensor of this name: only the cache lists it."));
    showEmpty(tr("A cache has no histograms. Calibrate its model to see them."),
              session.modelPath.empty() ? Offer::OpenModel : Offer::Calibrate);
}

void TensorPage::showSelected() {
    const int selected = m_document.selected();
    if (!m_document.session() || selected < 0) {
        m_header->setTensor({}, {});
        return showEmpty(tr("Choose a tensor on the left."));
    }
    const session::Session& session = *m_document.session();
    const session::TensorEntry& entry = session.tensors[static_cast<size_t>(selected)];
    const QString name = QString::fromStdString(entry.name);
    m_header->setTensor(name, QStringLiteral("%1, %2").arg(QString::fromStdString(entry.op),
                                                           shapeText(entry.shape, session.batch)));
    if (showReasonWithoutPlots(entry))
        return;
    std::shared_ptr<const PlotSource> source;
    try {
        source = m_loader.source(selected, m_document.sharedSession());
    } catch (const Error& error) {
        // The bins may stay in their file until now.
        return showEmpty(QString::fromUtf8(error.what()));
    }
    m_tensor = selected;
    m_readout->show();
    m_header->setControlsShown(true);
    const auto curves = m_loader.curves(selected);
    const session::Setting& shown = m_document.shownSetting(selected);
    for (QAction* action : m_actions.all())
        action->setEnabled(true);
    m_actions.affine->setChecked(shown.isAffine);
    m_actions.fold->setEnabled(!shown.isAffine);
    m_stack->showTensor(name, source, curves, shown, entry.original);
    m_pages->setCurrentWidget(m_splitter);
    m_readout->setReading({}, false);
    if (!curves)
        m_loader.requestCurves(selected, session);
    requestAffine();
    explain();
    prepareNeighbours();
}

/// The tensors around the one shown are likely to be asked for next: those after it first.
void TensorPage::prepareNeighbours() {
    const std::vector<session::TensorEntry>& tensors = m_document.session()->tensors;
    std::vector<int> wanted;
    for (int distance = 1; distance <= kNeighbours; ++distance)
        for (const int tensor : {m_tensor + distance, m_tensor - distance})
            if (tensor >= 0 && static_cast<size_t>(tensor) < tensors.size() &&
                hasPlots(tensors[static_cast<size_t>(tensor)]))
                wanted.push_back(tensor);
    m_loader.prepare(wanted, m_document.sharedSession());
}

void TensorPage::updateCurves(int tensor) {
    if (tensor != m_tensor)
        return;
    m_stack->setCurves(m_loader.curves(tensor));
    explain();
}

void TensorPage::updateSetting() {
    const session::Setting& shown = m_document.shownSetting(m_tensor);
    m_actions.affine->setChecked(shown.isAffine);
    m_actions.fold->setEnabled(!shown.isAffine);
    m_stack->setShown(shown);
    requestAffine();
    explain();
}

void TensorPage::requestAffine() {
    const session::Setting& shown = m_stack->scene().shown;
    if (shown.isAffine)
        m_loader.requestAffine(m_tensor, shown.lo, shown.hi);
}

void TensorPage::setAffine(bool isAffine) {
    if (m_tensor < 0)
        return;
    const session::Setting& shown = m_stack->scene().shown;
    const quantization::Density& density = m_stack->scene().source->density;
    session::Setting setting =
        isAffine ? session::asAffine(shown, density) : session::asSymmetric(shown);
    // Switching there and back is no edit.
    const session::Setting& original = tensor().original;
    if (original.isAffine == isAffine &&
        shown == (isAffine ? session::asSymmetric(original) : session::asAffine(original, density)))
        setting = original;
    edit(setting, {}, -1);
    m_actions.affine->setChecked(m_document.shownSetting(m_tensor).isAffine);
}

void TensorPage::edit(session::Setting setting, const QString& text, int mergeId) {
    if (m_tensor < 0)
        return;
    const session::TensorEntry& entry = tensor();
    const QString change =
        tr("%1: %2").arg(QString::fromStdString(entry.name), changeText(entry.current, setting));
    m_document.edit(m_tensor, setting, false, text.isEmpty() ? change : text, mergeId);
    // An edit that changes nothing tells nobody; the preview has ended all the same.
    m_document.cancelPreview();
}

void TensorPage::read(double x) {
    const PlotScene& scene = m_stack->scene();
    if (std::isnan(x) || m_tensor < 0) {
        m_readout->setReading({}, false);
    } else {
        const bool ofMagnitude = !scene.shown.isAffine;
        m_readout->setReading(session::readPlot(scene.source->density, scene.bins, x, ofMagnitude,
                                                scene.shown.quantizer()),
                              ofMagnitude);
    }
    explain();
}

void TensorPage::updateView() {
    const PlotScene& scene = m_stack->scene();
    const quantization::Density& density = scene.source->density;
    if (scene.folded)
        m_readout->setView(m_stack->view(), 0, density.amax());
    else
        m_readout->setView(m_stack->view(), density.min(), density.max());
}

void TensorPage::explain() {
    if (m_tensor < 0 || !m_actions.explain->isChecked())
        return;
    const PlotScene& scene = m_stack->scene();
    const bool atT = !(std::abs(scene.hover) > 0);
    m_panel->explain(scene.source, scene.curves,
                     atT ? static_cast<double>(scene.shown.threshold()) : std::abs(scene.hover),
                     atT);
}

bool TensorPage::savePicture(const QString& path) {
    if (m_tensor < 0)
        return false;
    m_stack->clearHover();
    m_stack->replot(QCustomPlot::rpImmediateRefresh);
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("png"))
        return m_stack->savePng(path, 0, 0, kPictureScale);
    if (suffix == QLatin1String("pdf"))
        return m_stack->savePdf(path);
    if (suffix != QLatin1String("svg"))
        return false;
    QSvgGenerator svg;
    svg.setFileName(path);
    svg.setSize(m_stack->size());
    svg.setViewBox(m_stack->rect());
    svg.setTitle(m_header->name());
    QCPPainter painter;
    if (!painter.begin(&svg))
        return false;
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    m_stack->toPainter(&painter, m_stack->width(), m_stack->height());
    return painter.end() && QFileInfo(path).size() > 0;
}

}  // namespace clipscope::widgets
