// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/range_editor.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QHBoxLayout>

#include "analysis/base/error.h"
#include "analysis/formats/scale_text.h"
#include "analysis/session/plot_bins.h"
#include "analysis/session/range_edit.h"
#include "analysis/session/tensor_summary.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

using session::Setting;
using enum session::RangeField;

constexpr int kScaleDigits = 6;
constexpr int kFieldWidth = 92;
/// Steps of one field that follow each other are one step on the undo stack.
constexpr int kFirstMergeId = 300;

std::optional<double> readLocalNumber(std::string_view text) {
    return readNumber(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
}

QString rangeOf(const Setting& setting) {
    return setting.isAffine ? rangeText(setting.lo, setting.hi, 4)
                            : significantText(static_cast<double>(setting.threshold()));
}

}  // namespace

RangeEditor::RangeEditor(Document& document, QWidget* parent)
    : QWidget(parent), m_document(document) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(4);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(new FigureLabel(tr("Range"), FigureLabel::Role::Strong, Qt::AlignLeft, this));
    m_original = new FigureLabel({}, FigureLabel::Role::Muted, Qt::AlignRight, this);
    m_original->setObjectName(QStringLiteral("originalRange"));
    m_original->setToolTip(tr("What the method chose; the dashed line in the plots"));
    head->addWidget(m_original, 1);
    m_revert = new QPushButton(icon(QStringLiteral("reset")), tr("Revert"), this);
    m_revert->setObjectName(QStringLiteral("revertButton"));
    m_revert->setToolTip(tr("Back to what the method chose (can be undone)"));
    connect(m_revert, &QPushButton::clicked, this,
            [this] { m_document.reset(m_tensor, editsWholeGroup()); });
    head->addWidget(m_revert);
    grid->addLayout(head, 0, 0, 1, 3);

    makeRow(grid, Threshold, "threshold");
    makeRow(grid, Low, "low");
    makeRow(grid, High, "high");
    makeRow(grid, Scale, "scale");
    makeRow(grid, Hex, "hex");
    row(Hex).field->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    connect(row(Hex).field, &QLineEdit::textEdited, this, &RangeEditor::warnOfSwappedBytes);
    grid->setColumnStretch(2, 1);
    makeChoices();
    connect(&Theme::instance(), &Theme::changed, this, &RangeEditor::showColors);
    showColors();
}

void RangeEditor::makeRow(QGridLayout* grid, session::RangeField field, const char* name) {
    Row& row = this->row(field);
    row.caption = new QLabel(this);
    row.caption->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("Threshold T")));
    row.field = new RangeField(this);
    row.field->setObjectName(QString::fromLatin1(name) + QStringLiteral("Field"));
    row.field->setFixedWidth(kFieldWidth);
    row.caption->setBuddy(row.field);
    row.side = new FigureLabel({}, FigureLabel::Role::Muted, Qt::AlignLeft, this);
    row.side->setObjectName(QString::fromLatin1(name) + QStringLiteral("Side"));
    row.message = new QLabel(this);
    row.message->setObjectName(QString::fromLatin1(name) + QStringLiteral("Message"));
    row.message->setWordWrap(true);
    row.message->hide();
    const int at = grid->rowCount();
    grid->addWidget(row.caption, at, 0);
    grid->addWidget(row.field, at, 1);
    grid->addWidget(row.side, at, 2);
    grid->addWidget(row.message, at + 1, 0, 1, 3);

    const QString keys =
        tr("Enter applies, Esc brings the value back; Up, Down and the wheel move "
           "by one bin of amax / 2048, Shift by ten.");
    row.field->setToolTip(QString::fromStdString(session::expectedText(field)) + QLatin1Char('\n') +
                          keys);
    connect(row.field, &RangeField::applied, this,
            [this, field](const QString& text) { apply(field, text); });
    connect(row.field, &RangeField::stepped, this, [this, field](int bins) { step(field, bins); });
    connect(row.field, &RangeField::reverted, this, [this, field] { say(field, {}, false); });
    connect(row.field, &QLineEdit::textEdited, this, [this, field] { say(field, {}, false); });
    connect(row.message, &QLabel::linkActivated, this,
            [this, field](const QString& text) { apply(field, text); });
}

void RangeEditor::makeChoices() {
    auto* grid = static_cast<QGridLayout*>(layout());
    m_float = new QCheckBox(tr("Keep in float"), this);
    m_float->setObjectName(QStringLiteral("floatCheck"));
    m_float->setToolTip(tr("The tensor leaves every export and is not quantized (can be undone)"));
    connect(m_float, &QCheckBox::clicked, this, [this](bool isFloat) {
        Setting setting = m_document.shownSetting(m_tensor);
        setting.keepFloat = isFloat;
        edit(setting, -1);
    });
    m_group = new QCheckBox(this);
    m_group->setObjectName(QStringLiteral("groupCheck"));
    m_group->setToolTip(tr("Edits go to all tensors that share this scale"));
    m_split = new QLabel(this);
    m_split->setObjectName(QStringLiteral("splitNote"));
    m_split->setWordWrap(true);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(16);
    choices->addWidget(m_float);
    choices->addWidget(m_group);
    choices->addStretch();
    const int at = grid->rowCount();
    grid->addLayout(choices, at, 0, 1, 3);
    grid->addWidget(m_split, at + 1, 0, 1, 3);
}

bool RangeEditor::editsWholeGroup() const {
    return m_group->isVisibleTo(this) && m_group->isChecked();
}

void RangeEditor::forget() {
    m_tensor = -1;
    for (const auto field : {Threshold, Low, High, Scale, Hex}) {
        row(field).field->setModified(false);
        say(field, {}, false);
    }
}

void RangeEditor::showSetting(int tensor) {
    if (tensor != m_tensor)
        forget();
    m_tensor = tensor;
    const session::TensorEntry& entry = m_document.session()->tensors[static_cast<size_t>(tensor)];
    const Setting& setting = m_document.shownSetting(tensor);
    showKind(setting);
    const float threshold = setting.threshold();
    row(Threshold).field->setValue(significantText(static_cast<double>(threshold)),
                                   exactText(threshold));
    row(Low).field->setValue(significantText(setting.lo),
                             exactText(static_cast<float>(setting.lo)));
    row(High).field->setValue(significantText(setting.hi),
                              exactText(static_cast<float>(setting.hi)));
    row(Scale).field->setValue(significantText(static_cast<double>(setting.scale), kScaleDigits),
                               exactText(setting.scale));
    const QString hex = QString::fromStdString(formats::hexOfScale(setting.scale));
    row(Hex).field->setValue(hex, hex);
    const double amax = static_cast<double>(entry.statistics.histogram.amax());
    row(Threshold).side->setText(
        amax > 0 ? tr("%1 % of amax")
                       .arg(significantText(100 * static_cast<double>(threshold) / amax, 3))
                 : QString());
    m_original->setText(entry.isEdited() || !(setting == entry.original)
                            ? tr("original %1")
                                  .arg(entry.original.isAffine == setting.isAffine
                                           ? rangeOf(entry.original)
                                           : QStringLiteral("±") + rangeOf(entry.original))
                        : setting.method == session::kFromFile
                            ? tr("of the file")
                            : QString::fromStdString(setting.method));
    m_revert->setEnabled(entry.isEdited());
    m_float->setChecked(setting.keepFloat);
    showGroup(tensor);
}

void RangeEditor::showKind(const Setting& setting) {
    const bool isAffine = setting.isAffine;
    const auto show = [this](session::RangeField field, bool isShown, const QString& caption) {
        Row& row = this->row(field);
        row.caption->setText(caption);
        row.caption->setVisible(isShown);
        row.field->setVisible(isShown);
        row.side->setVisible(isShown);
        row.field->setAccessibleName(caption);
    };
    show(Threshold, !isAffine, tr("Threshold T"));
    show(Low, isAffine, tr("Low lo"));
    show(High, isAffine, tr("High hi"));
    show(Scale, true, tr("Scale s"));
    show(Hex, true, isAffine ? tr("Scale hex") : tr("Cache hex"));
    row(Scale).side->setText(
        isAffine ? tr("zero point %1").arg(withMinus(QString::number(setting.zeroPoint)))
                 : tr("T / 127"));
    row(Hex).side->setText(tr("float32"));
    row(Hex).side->setToolTip(
        tr("The bits of the float32 scale, most significant byte first (big-endian), as a TensorRT "
           "cache spells them"));
    for (const Row& row : m_rows)
        row.field->setEnabled(!setting.keepFloat);
}

void RangeEditor::showClipping(std::optional<double> lowPercent,
                               std::optional<double> highPercent) {
    row(Low).side->setText(lowPercent ? tr("%1 % below").arg(clipPercentText(*lowPercent))
                                      : QString());
    row(High).side->setText(highPercent ? tr("%1 % above").arg(clipPercentText(*highPercent))
                                        : QString());
}

void RangeEditor::showGroup(int tensor) {
    const session::Session& session = *m_document.session();
    const int group = session.tensors[static_cast<size_t>(tensor)].group;
    const size_t count = group < 0 ? 1 : session.groups[static_cast<size_t>(group)].members.size();
    m_group->setVisible(count > 1);
    QStringList others;
    for (const size_t member : session::splitFrom(session, static_cast<size_t>(tensor)))
        others << QString::fromStdString(session.tensors[member].name);
    m_split->setVisible(!others.isEmpty());
    if (count > 1) {
        const auto& shared = session.groups[static_cast<size_t>(group)];
        QStringList names;
        for (const size_t member : shared.members)
            names << QString::fromStdString(session.tensors[member].name);
        m_group->setText(tr("Whole group (%1 tensors)").arg(count));
        m_group->setToolTip(tr("Edits change all tensors that share this scale: %1")
                                .arg(names.join(QStringLiteral(", "))));
    }
    if (others.isEmpty())
        return;
    const QString named = others.size() > 2
                              ? tr("%1 and %2 more").arg(others[0]).arg(others.size() - 1)
                              : others.join(tr(" and "));
    m_split->setText((others.size() == 1 ? tr("The group is split: %1 has another scale.")
                                         : tr("The group is split: %1 have another scale."))
                         .arg(named));
    m_split->setToolTip(tr("TensorRT may rescale between them. Tick \"Whole group\" and apply a "
                           "value to join them again. Others: %1")
                            .arg(others.join(QStringLiteral(", "))));
}

void RangeEditor::edit(const Setting& setting, int mergeId) {
    const QString name =
        QString::fromStdString(m_document.session()->tensors[static_cast<size_t>(m_tensor)].name);
    const Setting before = m_document.shownSetting(m_tensor);
    const QString text =
        setting.keepFloat != before.keepFloat
            ? (setting.keepFloat ? tr("Keep %1 in float") : tr("Quantize %1")).arg(name)
            : tr("%1: %2 → %3").arg(name, rangeOf(before), rangeOf(setting));
    m_document.edit(m_tensor, setting, editsWholeGroup(), text, mergeId);
}

void RangeEditor::apply(session::RangeField field, const QString& text) {
    if (m_tensor < 0)
        return;
    RangeField* edited = row(field).field;
    if (!edited->isModified() && text == edited->text()) {
        edited->revert();  // Enter on what is there already
        return;
    }
    const auto& entry = m_document.session()->tensors[static_cast<size_t>(m_tensor)];
    try {
        const Setting setting =
            session::settingFromText(field, text.toStdString(), m_document.shownSetting(m_tensor),
                                     entry.statistics, readLocalNumber);
        edited->setModified(false);
        say(field, {}, false);
        edit(setting, -1);
        edited->revert();
        edited->selectAll();
        if (field == Hex)
            warnOfSwappedBytes(text);
    } catch (const Error& error) {
        say(field, QString::fromStdString(error.what()), true);
        if (field == Hex)
            warnOfSwappedBytes(text);
    }
}

void RangeEditor::step(session::RangeField field, int bins) {
    if (m_tensor < 0)
        return;
    const auto& statistics =
        m_document.session()->tensors[static_cast<size_t>(m_tensor)].statistics;
    const double amax = static_cast<double>(statistics.histogram.amax());
    if (!(amax > 0))
        return;
    const auto end = field == Low ? session::RangeEnd::Low : session::RangeEnd::High;
    row(field).field->setModified(false);
    say(field, {}, false);
    edit(
        session::nudged(m_document.shownSetting(m_tensor), end, bins, amax / session::kNominalBins),
        kFirstMergeId + static_cast<int>(end));
}

void RangeEditor::say(session::RangeField field, const QString& message, bool isProblem) {
    Row& row = this->row(field);
    row.field->setProblem(isProblem);
    row.message->setText(message);
    row.message->setVisible(!message.isEmpty());
    row.message->setProperty("isProblem", isProblem);
    showColors();
}

void RangeEditor::warnOfSwappedBytes(const QString& text) {
    if (m_tensor < 0)
        return;
    const auto& entry = m_document.session()->tensors[static_cast<size_t>(m_tensor)];
    const auto swapped = session::swappedHex(text.toStdString(), entry.statistics.histogram.amax());
    if (!swapped)
        return;
    const QString digits = QString::fromStdString(*swapped);
    const float threshold = formats::thresholdOfScale(formats::scaleOfHex(*swapped));
    say(Hex,
        tr("The bytes look swapped: the other way round they are T %1, near amax. "
           "<a href=\"%2\">Use %2</a>")
            .arg(significantText(static_cast<double>(threshold)), digits),
        row(Hex).field->hasProblem());
}

void RangeEditor::showColors() {
    const Palette& colors = widgets::colors();
    const auto paint = [](QLabel* label, const QColor& color) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, color);
        label->setPalette(palette);
    };
    for (const Row& row : m_rows) {
        paint(row.caption, colors.muted);
        paint(row.message,
              row.message->property("isProblem").toBool() ? colors.error : colors.warning);
    }
    paint(m_split, colors.warning);
}

}  // namespace clipscope::widgets
