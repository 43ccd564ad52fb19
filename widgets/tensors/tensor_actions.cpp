// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_actions.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <algorithm>

#include "analysis/base/parallel.h"
#include "analysis/session/thresholds.h"

namespace clipscope::widgets {
namespace {

using session::Setting;
using session::TensorEntry;

bool hasGroup(const TensorEntry& tensor) {
    return tensor.group >= 0;
}

bool isChangeable(const TensorEntry& tensor) {
    return tensor.isActivation();
}

bool isMeasured(const TensorEntry& tensor) {
    return tensor.isActivation() && tensor.statistics.histogram.count() > 0;
}

/// Parameters belong to the method that the session was calibrated with.
threshold::Parameters parametersFor(const session::Session& session, const std::string& method) {
    return method == session.method ? session.parameters : threshold::Parameters();
}

}  // namespace

TensorActions::TensorActions(Document& document, TensorTable& table)
    : QObject(&table), m_document(document), m_table(table) {
    add("tensorNext", tr("Next tensor"), tr("The row below"), {Qt::Key_J});
    connect(m_all.back(), &QAction::triggered, this, [this] { m_table.step(1); });
    add("tensorPrevious", tr("Previous tensor"), tr("The row above"), {Qt::Key_K});
    connect(m_all.back(), &QAction::triggered, this, [this] { m_table.step(-1); });
    addSeparator("tensorSeparatorEdit");
    m_methods.reset(addMethodMenu("tensorMethods", tr("Apply method"), false));
    m_methods->menuAction()->setShortcut(Qt::Key_M);
    m_float = add("tensorKeepFloat", tr("Keep in float"),
                  tr("Leave the selected tensors out of every export, or take them in again"));
    connect(m_float, &QAction::triggered, this, [this] { toggleFloat(false); });
    m_reset = add("tensorReset", tr("Reset"), tr("Back to what the method chose"),
                  {QKeySequence::Delete});
    connect(m_reset, &QAction::triggered, this, [this] { reset(false); });
    addSeparator("tensorSeparatorGroup");
    m_groupMethods.reset(addMethodMenu("tensorGroupMethods", tr("Apply method to group"), true));
    m_groupFloat = add("tensorGroupKeepFloat", tr("Keep group in float"),
                       tr("The same for all tensors that share their scale with the selected"));
    connect(m_groupFloat, &QAction::triggered, this, [this] { toggleFloat(true); });
    m_groupReset = add("tensorGroupReset", tr("Reset group"),
                       tr("Back to what the method chose, for all that share the scale"),
                       {QKeySequence(Qt::SHIFT | Qt::Key_Delete)});
    connect(m_groupReset, &QAction::triggered, this, [this] { reset(true); });
    addSeparator("tensorSeparatorCopy");
    m_copy = add("tensorCopyRows", tr("Copy rows"),
                 tr("The selected rows with a header, separated by tabs"), {QKeySequence::Copy});
    connect(m_copy, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(m_table.selectionAsText()); });

    m_contextMenu = std::make_unique<QMenu>();
    m_contextMenu->setObjectName("tensorContextMenu");
    m_contextMenu->setToolTipsVisible(true);
    for (QAction* action : m_all.mid(3))
        m_contextMenu->addAction(action);
    connect(&m_table, &TensorTable::selectedRowsChanged, this, &TensorActions::updateEnabled);
    connect(&m_table, &TensorTable::methodMenuRequested, this, &TensorActions::popUpMethods);
    m_updateTimer.setSingleShot(true);
    connect(&m_updateTimer, &QTimer::timeout, this, &TensorActions::updateEnabled);
    connect(&m_document, &Document::tensorChanged, &m_updateTimer, qOverload<>(&QTimer::start));
    connect(&m_document, &Document::sessionChanged, this, [this] { m_runner.cancel(); });
    updateEnabled();
}

TensorActions::~TensorActions() = default;

QAction* TensorActions::add(const char* name, const QString& text, const QString& tooltip,
                            const QList<QKeySequence>& keys) {
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    action->setToolTip(tooltip);
    action->setShortcuts(keys);
    // Letters belong to the fields where they are typed.
    action->setShortcutContext(Qt::WidgetShortcut);
    m_table.addAction(action);
    m_all << action;
    return action;
}

QAction* TensorActions::addSeparator(const char* name) {
    auto* action = new QAction(this);
    action->setObjectName(name);
    action->setSeparator(true);
    m_all << action;
    return action;
}

QMenu* TensorActions::addMethodMenu(const char* name, const QString& title, bool wholeGroup) {
    auto* menu = new QMenu(title);
    menu->setObjectName(QLatin1String(name) + QStringLiteral("Menu"));
    menu->setToolTipsVisible(true);
    for (const threshold::Method& method : threshold::methods()) {
        const std::string id(method.id);
        QAction* action = menu->addAction(QString::fromStdString(id));
        action->setObjectName(QLatin1String(name) + u'-' + QString::fromStdString(id));
        action->setToolTip(QString::fromUtf8(method.summary.data(),
                                             static_cast<qsizetype>(method.summary.size())));
        connect(action, &QAction::triggered, this,
                [this, id, wholeGroup] { applyMethod(id, wholeGroup); });
    }
    menu->menuAction()->setObjectName(name);
    menu->menuAction()->setToolTip(
        wholeGroup ? tr("One threshold for all tensors that share their scale")
                   : tr("The threshold that a method chooses for each selected tensor"));
    menu->menuAction()->setShortcutContext(Qt::WidgetShortcut);
    connect(menu->menuAction(), &QAction::triggered, this,
            [this] { popUpMethods(m_table.belowMethodCell()); });
    m_table.addAction(menu->menuAction());
    m_all << menu->menuAction();
    return menu;
}

void TensorActions::popUpMethods(const QPoint& globalPosition) {
    if (m_methods->menuAction()->isEnabled())
        m_methods->popup(globalPosition);
}

std::vector<int> TensorActions::chosen(
    const std::function<bool(const TensorEntry&)>& wanted) const {
    if (!m_document.session())
        return {};
    std::vector<int> tensors = m_table.selectedTensors();
    std::erase_if(tensors, [&](int tensor) {
        return !wanted(m_document.session()->tensors[static_cast<size_t>(tensor)]);
    });
    return tensors;
}

void TensorActions::updateEnabled() {
    const bool hasAny = !chosen(isChangeable).empty();
    const bool hasMeasured = !chosen(isMeasured).empty();
    const bool hasGrouped = !chosen(hasGroup).empty();
    const bool hasEdited = !chosen(&TensorEntry::isEdited).empty();
    m_methods->menuAction()->setEnabled(hasMeasured);
    m_groupMethods->menuAction()->setEnabled(hasMeasured && hasGrouped);
    m_float->setEnabled(hasAny);
    m_groupFloat->setEnabled(hasGrouped);
    m_reset->setEnabled(hasEdited);
    m_groupReset->setEnabled(hasGrouped);
    m_copy->setEnabled(m_table.selectedCount() > 0);
    const bool areFloat = hasAny && chosen([](const TensorEntry& tensor) {
                                        return isChangeable(tensor) && !tensor.current.keepFloat;
                                    }).empty();
    m_float->setText(areFloat ? tr("Quantize again") : tr("Keep in float"));
    m_groupFloat->setText(areFloat ? tr("Quantize group again") : tr("Keep group in float"));
}

void TensorActions::asOneStep(const std::vector<int>& tensors, const QString& text,
                              const std::function<void(int)>& each) {
    if (tensors.empty())
        return;
    if (tensors.size() > 1)
        m_document.undoStack().beginMacro(text);
    for (size_t i = 0; i < tensors.size(); ++i)
        each(static_cast<int>(i));
    if (tensors.size() > 1)
        m_document.undoStack().endMacro();
    updateEnabled();
}

void TensorActions::write(const std::vector<int>& tensors, const std::vector<Setting>& settings,
                          bool wholeGroup, const QString& text) {
    const QString title =
        tensors.size() == 1
            ? tr("%1: %2").arg(
                  QString::fromStdString(
                      m_document.session()->tensors[static_cast<size_t>(tensors[0])].name),
                  text)
            : tr("%1 for %2 tensors").arg(text).arg(tensors.size());
    asOneStep(tensors, title, [&](int i) {
        const auto at = static_cast<size_t>(i);
        m_document.edit(tensors[at], settings[at], wholeGroup, title);
    });
}

void TensorActions::applyMethod(const std::string& id, bool wholeGroup) {
    std::vector<int> tensors = chosen(isMeasured);
    if (tensors.empty())
        return;
    auto work = [session = m_document.sharedSession(), tensors, id,
                 parameters = parametersFor(*m_document.session(), id)](
                    const CancellationToken& cancel, const ProgressSink&) {
        const threshold::Method& method = threshold::findMethod(id);
        std::vector<Setting> settings(tensors.size());
        parallelFor(static_cast<int64_t>(tensors.size()), 1, [&](int64_t begin, int64_t end, int) {
            for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
                cancel.check();
                settings[i] = session::computeSetting(
                    session->tensors[static_cast<size_t>(tensors[i])], method, parameters);
            }
        });
        return settings;
    };
    m_runner.start(
        std::move(work),
        [this, tensors, id, wholeGroup](const std::vector<Setting>& settings) {
            write(tensors, settings, wholeGroup, QString::fromStdString(id));
        },
        [this](const QString& message) { emit failed(message); });
}

void TensorActions::toggleFloat(bool wholeGroup) {
    const std::vector<int> tensors = chosen(wholeGroup ? hasGroup : isChangeable);
    const auto& all = m_document.session()->tensors;
    const bool keep = std::ranges::any_of(
        tensors, [&](int tensor) { return !all[static_cast<size_t>(tensor)].current.keepFloat; });
    std::vector<Setting> settings;
    for (const int tensor : tensors) {
        settings.push_back(all[static_cast<size_t>(tensor)].current);
        settings.back().keepFloat = keep;
    }
    write(tensors, settings, wholeGroup, keep ? tr("keep in float") : tr("quantize again"));
}

void TensorActions::reset(bool wholeGroup) {
    const std::vector<int> tensors = wholeGroup ? chosen(hasGroup) : chosen(&TensorEntry::isEdited);
    asOneStep(tensors, tr("Reset %1 tensors").arg(tensors.size()),
              [&](int i) { m_document.reset(tensors[static_cast<size_t>(i)], wholeGroup); });
}

}  // namespace clipscope::widgets
