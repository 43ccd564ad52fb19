// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_marks.h"

#include <QCoreApplication>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

using session::RangeFileState;
using session::Session;
using session::Setting;
using session::TensorEntry;

constexpr qsizetype kNamed = 4;

QString tr(const char* text) {
    return QCoreApplication::translate("TensorMarks", text);
}

QString listed(const QStringList& names) {
    const QString list = names.mid(0, kNamed).join(QStringLiteral(", "));
    return names.size() > kNamed ? tr("%1 and %2 more").arg(list).arg(names.size() - kNamed) : list;
}

QString shown(const Setting& setting) {
    if (!setting.isSet())
        return tr("none");
    if (setting.keepFloat)
        return tr("float");
    return setting.isAffine ? rangeText(setting.lo, setting.hi)
                            : significantText(static_cast<double>(setting.threshold()));
}

void addFileMark(const TensorEntry& tensor, std::vector<TensorMark>& marks) {
    if (tensor.fileState == RangeFileState::Extra)
        marks.push_back({QStringLiteral("error"), widgets::colors().error, tr("extra"),
                         tr("Extra: the file has this line, the model has no tensor of this "
                            "name. TensorRT ignores it; perhaps it belongs to another model.")});
    if (tensor.fileState != RangeFileState::Missing)
        return;
    const bool isFused = tensor.tensorRt != graph::TensorRtUse::Uses;
    marks.push_back(
        {QStringLiteral("warning"), isFused ? widgets::colors().faint : widgets::colors().warning,
         tr("missing"),
         isFused ? tr("Missing in the file, as expected: %1.")
                       .arg(QString::fromStdString(tensor.coverageReason))
                 : tr("Missing: the file has no line for this tensor. TensorRT computes what needs "
                      "its scale in float, or stops.")});
}

void addValueMarks(const Session& session, const TensorEntry& tensor,
                   std::vector<TensorMark>& marks) {
    const histogram::Histogram& histogram = tensor.statistics.histogram;
    if (histogram.nan() + histogram.infinities() > 0)
        marks.push_back({QStringLiteral("error"), widgets::colors().error, tr("not finite"),
                         tr("%1 NaN and %2 infinite values were seen. They are no part of the "
                            "distribution; look for the sample or the layer that makes them.")
                             .arg(countText(histogram.nan()), countText(histogram.infinities()))});
    if (session::isStillGrowing(session, tensor))
        marks.push_back({QStringLiteral("arrow"), widgets::colors().warning, tr("growing"),
                         tr("The range was still growing: the last sample set a new amax (%1). "
                            "More samples may raise it further.")
                             .arg(significantText(static_cast<double>(histogram.amax())))});
}

}  // namespace

QStringList sharersOf(const Session& session, int tensor, bool isSplit) {
    const TensorEntry& self = session.tensors[static_cast<size_t>(tensor)];
    QStringList names;
    if (self.group < 0 || !session.useGroups)
        return names;
    for (const size_t member : session.groups[static_cast<size_t>(self.group)].members) {
        const TensorEntry& other = session.tensors[member];
        const bool differs = other.current.scale != self.current.scale ||
                             other.current.keepFloat != self.current.keepFloat;
        if (static_cast<int>(member) != tensor && other.current.isSet() && differs == isSplit)
            names << QString::fromStdString(other.name);
    }
    return names;
}

std::vector<TensorMark> marksOf(const Session& session, int index, const Setting& setting,
                                const FigureLoader::Entry& entry) {
    const TensorEntry& tensor = session.tensors[static_cast<size_t>(index)];
    std::vector<TensorMark> marks;
    if (!(setting == tensor.original))
        marks.push_back(
            {QStringLiteral("edited"), widgets::colors().threshold, tr("edited"),
             tr("Edited: %1, was %2 (%3).")
                 .arg(shown(setting), shown(tensor.original),
                      tensor.original.isSet() ? QString::fromStdString(tensor.original.method)
                                              : tr("no scale"))});
    addFileMark(tensor, marks);
    if (!tensor.isActivation())
        return marks;
    if (!entry.problem.empty())
        marks.push_back({QStringLiteral("error"), widgets::colors().error, tr("unreadable"),
                         QString::fromStdString(entry.problem)});
    if (!setting.isSet() && !setting.reason.empty())
        marks.push_back({QStringLiteral("error"), widgets::colors().error, tr("unusable"),
                         tr("The scale in the file cannot be used: %1.")
                             .arg(QString::fromStdString(setting.reason))});
    if (setting.keepFloat)
        marks.push_back({QStringLiteral("excluded"), widgets::colors().muted, tr("kept in float"),
                         tr("Kept in float: leaves every export.")});
    else if (tensor.tensorRt == graph::TensorRtUse::StaysFloat)
        marks.push_back({QStringLiteral("excluded"), widgets::colors().muted, tr("stays float"),
                         tr("%1.").arg(QString::fromStdString(tensor.coverageReason))});
    if (entry.figures.sqnrDb && *entry.figures.sqnrDb < kLowSqnrDb && !setting.keepFloat)
        marks.push_back({QStringLiteral("warning"), widgets::colors().warning, tr("low SQNR"),
                         tr("Low SQNR: %1 dB, so the error is over 1 % of the signal's power.")
                             .arg(decibelText(*entry.figures.sqnrDb))});
    addValueMarks(session, tensor, marks);
    if (!setting.isSet())
        return marks;
    if (const QStringList split = sharersOf(session, index, true); !split.isEmpty())
        marks.push_back({QStringLiteral("linked-scale"), widgets::colors().warning, tr("split"),
                         tr("Its scale should be that of %1, and no longer is: TensorRT may "
                            "rescale between them. An edit of the whole group joins them again.")
                             .arg(listed(split))});
    else if (const QStringList others = sharersOf(session, index, false); !others.isEmpty())
        marks.push_back({QStringLiteral("linked-scale"), widgets::colors().muted, tr("shared"),
                         tr("Shares its scale with %1.").arg(listed(others))});
    return marks;
}

}  // namespace clipscope::widgets
