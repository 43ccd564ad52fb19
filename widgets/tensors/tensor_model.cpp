// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_model.h"

#include <QFont>
#include <algorithm>
#include <cmath>

#include "analysis/formats/scale_text.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

using session::RangeFileState;
using session::Setting;
using session::TensorEntry;

const QString kPending = QStringLiteral("…");

QString qt(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

double amaxOf(const Setting& setting) {
    return setting.isAffine ? std::max(-setting.lo, setting.hi)
                            : static_cast<double>(setting.threshold());
}

}  // namespace

TensorModel::TensorModel(Document& document, QObject* parent)
    : QAbstractTableModel(parent), m_document(document), m_loader(document) {
    const auto change = [this](int row) {
        m_loader.refresh(row);
        tellRow(row);
    };
    connect(&m_document, &Document::sessionChanged, this, &TensorModel::takeSession);
    connect(&m_document, &Document::tensorChanged, this, change);
    connect(&m_document, &Document::previewChanged, this, change);
    connect(&m_loader, &FigureLoader::loaded, this, [this](int first, int last) {
        emit dataChanged(index(first, 0), index(last, kTensorColumns - 1));
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (m_rows > 0)
            emit dataChanged(index(0, 0), index(m_rows - 1, kTensorColumns - 1),
                             {Qt::ForegroundRole, Qt::DecorationRole});
    });
    takeSession();
}

void TensorModel::takeSession() {
    if (m_session && m_session == m_document.sharedSession()) {
        // Other settings for all (another method): rows, scroll position and selection stay.
        m_loader.restart();
        if (m_rows > 0)
            emit dataChanged(index(0, 0), index(m_rows - 1, kTensorColumns - 1));
        return;
    }
    beginResetModel();
    m_session = m_document.sharedSession();
    m_rows = m_session ? static_cast<int>(m_session->tensors.size()) : 0;
    m_names.clear();
    for (int row = 0; row < m_rows; ++row)
        m_names.push_back(QString::fromStdString(tensor(row).name));
    m_loader.restart();
    endResetModel();
}

int TensorModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int TensorModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kTensorColumns;
}

const TensorEntry& TensorModel::tensor(int row) const {
    return m_document.session()->tensors[static_cast<size_t>(row)];
}

void TensorModel::tellRow(int row) {
    emit dataChanged(index(row, 0), index(row, kTensorColumns - 1));
    // Whether a scale is shared shows at the others of its group too.
    const auto& session = *m_document.session();
    if (const int group = tensor(row).group; group >= 0)
        for (const size_t member : session.groups[static_cast<size_t>(group)].members) {
            const QModelIndex mark =
                index(static_cast<int>(member), widgets::index(TensorColumn::Marks));
            emit dataChanged(mark, mark);
        }
}

std::vector<TensorMark> TensorModel::marks(int row) const {
    return marksOf(*m_document.session(), row, setting(row), m_loader.entry(row));
}

TensorModel::Figure TensorModel::figure(int row, TensorColumn column) const {
    if (!m_loader.expects(row) || setting(row).keepFloat)
        return {};
    const FigureLoader::Entry& entry = m_loader.entry(row);
    if (!entry.problem.empty())
        return {};
    if (column == TensorColumn::Gain)
        return {entry.gainDb, !entry.hasGain};
    if (!setting(row).isSet())
        return {};
    // Figures of the setting before stay until the new ones are there.
    const auto of = [&](const std::optional<double>& value) -> Figure {
        return {value, !entry.hasFigures && !entry.figures.clipPercent};
    };
    switch (column) {
        case TensorColumn::Sqnr:
            return of(entry.figures.sqnrDb);
        case TensorColumn::Clip:
            return of(entry.figures.clipPercent);
        case TensorColumn::Bits:
            return of(entry.figures.bitsLost);
        default:
            return {};
    }
}

QString TensorModel::figureText(int row, TensorColumn column) const {
    const Figure found = figure(row, column);
    if (!found.value)
        return found.isPending ? kPending : QString();
    switch (column) {
        case TensorColumn::Clip:
            return clipPercentText(*found.value);
        case TensorColumn::Bits:
            return bitsLostText(*found.value);
        default:
            return decibelText(*found.value);
    }
}

QString TensorModel::thresholdText(int row) const {
    const Setting& shown = setting(row);
    if (shown.keepFloat)
        return tr("float");
    if (!shown.isSet())
        return {};
    return shown.isAffine ? rangeText(shown.lo, shown.hi)
                          : significantText(static_cast<double>(shown.threshold()));
}

QString TensorModel::coverageText(int row) const {
    if (tensor(row).fileState == RangeFileState::Extra)
        return tr("not in the model");
    const std::string_view word = session::coverageWord(tensor(row), setting(row));
    if (word == "fused")
        return tr("fused by TensorRT");
    return word == "float" ? tr("stays float") : qt(word);
}

QString TensorModel::shapeText(int row) const {
    const auto& extents = tensor(row).shape.extents();
    if (extents.empty())
        return m_loader.expects(row) ? tr("scalar") : QString();
    QStringList parts;
    for (const int64_t extent : extents)
        parts << (extent < 0 ? QStringLiteral("?") : QString::number(extent));
    return parts.join(QStringLiteral("×"));
}

QString TensorModel::text(int row, TensorColumn column) const {
    switch (column) {
        case TensorColumn::Name:
            return m_names[static_cast<size_t>(row)];
        case TensorColumn::Op:
            return QString::fromStdString(tensor(row).op);
        case TensorColumn::Shape:
            return shapeText(row);
        case TensorColumn::Method:
            return setting(row).keepFloat ? QString() : QString::fromStdString(setting(row).method);
        case TensorColumn::Threshold:
            return thresholdText(row);
        case TensorColumn::Coverage:
            return coverageText(row);
        case TensorColumn::Sqnr:
        case TensorColumn::Clip:
        case TensorColumn::Bits:
        case TensorColumn::Gain:
            return figureText(row, column);
        case TensorColumn::Distribution:
        case TensorColumn::Marks:
        case TensorColumn::Count:
            break;
    }
    return {};
}

QString TensorModel::toolTip(int row, TensorColumn column) const {
    const TensorEntry& entry = tensor(row);
    const QString reason = QString::fromStdString(entry.coverageReason);
    const auto& histogram = entry.statistics.histogram;
    switch (column) {
        case TensorColumn::Name: {
            QStringList lines{
                m_names[static_cast<size_t>(row)],
                QString::fromStdString(entry.op) + QStringLiteral(" ") + shapeText(row)};
            if (!reason.isEmpty())
                lines << reason;
            return lines.join(u'\n').trimmed();
        }
        case TensorColumn::Coverage:
            return reason.isEmpty() ? tr("Gets a scale, which TensorRT uses where the layer runs "
                                         "in INT8.")
                                    : reason;
        case TensorColumn::Distribution:
            if (!m_loader.expects(row))
                return {};
            return tr("%1 values from %2 to %3")
                .arg(countText(histogram.count()),
                     significantText(static_cast<double>(histogram.min())),
                     significantText(static_cast<double>(histogram.max())));
        case TensorColumn::Threshold:
            if (!setting(row).isSet() || setting(row).keepFloat)
                return {};
            return tr("Scale %1, hex %2%3")
                .arg(exactText(setting(row).scale),
                     QString::fromStdString(formats::hexOfScale(setting(row).scale)),
                     setting(row).isAffine ? tr(", zero point %1").arg(setting(row).zeroPoint)
                                           : QString());
        case TensorColumn::Method:
            return setting(row).unstable
                       ? tr("Unstable: the divergence jumps near its minimum, so T depends on few "
                            "values. More samples or a second pass settle it.")
                       : QString::fromStdString(setting(row).reason);
        case TensorColumn::Marks: {
            QStringList lines;
            for (const TensorMark& mark : marks(row))
                lines << mark.text;
            return lines.join(u'\n');
        }
        default:
            return {};
    }
}

QVariant TensorModel::sortValue(int row, TensorColumn column) const {
    switch (column) {
        case TensorColumn::Threshold:
            if (!setting(row).isSet() || setting(row).keepFloat)
                return {};
            return amaxOf(setting(row));
        case TensorColumn::Sqnr:
        case TensorColumn::Clip:
        case TensorColumn::Bits:
        case TensorColumn::Gain: {
            const Figure found = figure(row, column);
            return found.value ? QVariant(*found.value) : QVariant();
        }
        case TensorColumn::Distribution:
            return m_loader.expects(row)
                       ? QVariant(static_cast<double>(tensor(row).statistics.histogram.amax()))
                       : QVariant();
        case TensorColumn::Shape: {
            double size = 1;
            for (const int64_t extent : tensor(row).shape.extents())
                size *= static_cast<double>(std::abs(extent));
            return tensor(row).shape.rank() > 0 ? QVariant(size) : QVariant();
        }
        case TensorColumn::Marks: {
            const double count = static_cast<double>(marks(row).size());
            return count > 0 ? QVariant(count) : QVariant();
        }
        default: {
            const QString value = text(row, column);
            return value.isEmpty() ? QVariant() : QVariant(value);
        }
    }
}

QString TensorModel::copyText(int row, TensorColumn column) const {
    const Setting& shown = setting(row);
    switch (column) {
        case TensorColumn::Threshold:
            if (!shown.isSet() || shown.keepFloat)
                return thresholdText(row);
            return shown.isAffine ? QStringLiteral("%1…%2").arg(shown.lo).arg(shown.hi)
                                  : exactText(shown.threshold());
        case TensorColumn::Sqnr:
        case TensorColumn::Clip:
        case TensorColumn::Bits:
        case TensorColumn::Gain: {
            const Figure found = figure(row, column);
            return found.value ? QString::number(*found.value, 'g', 7) : QString();
        }
        case TensorColumn::Marks: {
            QStringList words;
            for (const TensorMark& mark : marks(row))
                words << mark.word;
            return words.join(QStringLiteral(", "));
        }
        default:
            return text(row, column);
    }
}

QVariant TensorModel::foreground(int row, TensorColumn column) const {
    if (column == TensorColumn::Op || column == TensorColumn::Method ||
        column == TensorColumn::Shape || column == TensorColumn::Coverage || !isScaled(row))
        return widgets::colors().muted;
    if (column == TensorColumn::Threshold && setting(row).keepFloat)
        return widgets::colors().muted;
    const Figure found = figure(row, column);
    return found.isPending ? QVariant(widgets::colors().faint) : QVariant();
}

QVariant TensorModel::data(const QModelIndex& at, int role) const {
    if (!at.isValid() || at.row() >= m_rows)
        return {};
    const int row = at.row();
    const auto column = static_cast<TensorColumn>(at.column());
    switch (role) {
        case Qt::DisplayRole:
            return text(row, column);
        case Qt::ToolTipRole:
            return toolTip(row, column);
        case Qt::AccessibleTextRole:
            return column == TensorColumn::Marks ? copyText(row, column) : QVariant();
        case Qt::TextAlignmentRole:
            return columnInfo(column).isNumber
                       ? QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter))
                       : QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
        case Qt::ForegroundRole:
            return foreground(row, column);
        case Qt::FontRole:
            if (column == TensorColumn::Name && !(setting(row) == tensor(row).original)) {
                QFont bold;
                bold.setBold(true);
                return bold;
            }
            return {};
        case SortRole:
            return sortValue(row, column);
        case CopyRole:
            return copyText(row, column);
        default:
            return {};
    }
}

QVariant TensorModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kTensorColumns)
        return {};
    const ColumnInfo info = columnInfo(static_cast<TensorColumn>(section));
    switch (role) {
        case Qt::DisplayRole:
            return info.title;
        case Qt::ToolTipRole:
            return info.tooltip;
        case Qt::AccessibleTextRole:
            return info.name;
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(
                Qt::Alignment((info.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
        default:
            return {};
    }
}

TensorFacts TensorModel::facts(int row) const {
    const TensorEntry& entry = tensor(row);
    const Setting& shown = setting(row);
    const std::string_view word = session::coverageWord(entry, shown);
    const auto value = [this, row](TensorColumn column) {
        return figure(row, column).value.value_or(NAN);
    };
    TensorFacts facts;
    facts.name = m_names[static_cast<size_t>(row)];
    facts.op = text(row, TensorColumn::Op);
    facts.method = text(row, TensorColumn::Method);
    facts.sqnr = value(TensorColumn::Sqnr);
    facts.clip = value(TensorColumn::Clip);
    facts.bits = value(TensorColumn::Bits);
    facts.gain = value(TensorColumn::Gain);
    facts.pending = figure(row, TensorColumn::Sqnr).isPending;
    if (shown.isSet() && !shown.keepFloat)
        facts.threshold = amaxOf(shown);
    facts.edited = !(shown == entry.original);
    facts.keepsFloat = word == "float";
    facts.hasScale = word == "scale" && entry.fileState != RangeFileState::Extra;
    facts.fused = word == "fused";
    facts.shared = entry.isActivation() && !sharersOf(*m_document.session(), row, false).isEmpty();
    facts.missing = entry.fileState == RangeFileState::Missing;
    facts.extra = entry.fileState == RangeFileState::Extra;
    const auto& histogram = entry.statistics.histogram;
    facts.nonFinite = histogram.nan() + histogram.infinities() > 0;
    facts.growing = session::isStillGrowing(*m_document.session(), entry);
    return facts;
}

}  // namespace clipscope::widgets
