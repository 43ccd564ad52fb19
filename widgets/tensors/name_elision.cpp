// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/name_elision.h"

#include <QRegularExpression>

namespace clipscope::widgets {
namespace {

const QChar kDots(0x2026);

QString cutInMiddle(const QString& text, const std::function<bool(const QString&)>& fits) {
    for (qsizetype kept = text.size() - 1; kept > 1; --kept) {
        const QString cut = text.left((kept + 1) / 2) + kDots + text.right(kept / 2);
        if (fits(cut))
            return cut;
    }
    return kDots;
}

}  // namespace

QString elidedName(const QString& name, const QString& op,
                   const std::function<bool(const QString&)>& fits) {
    if (fits(name))
        return name;
    static const QRegularExpression kOutput(QStringLiteral("(_output_\\d+|:\\d+)$"));
    QString rest = name;
    rest.remove(kOutput);
    if (const qsizetype slash = rest.lastIndexOf(u'/');
        slash > 0 && !op.isEmpty() && rest.mid(slash + 1).startsWith(op, Qt::CaseInsensitive) &&
        rest.lastIndexOf(u'/', slash - 1) >= 0)
        rest.truncate(slash);
    const QString end = rest.size() < name.size() ? QString(kDots) : QString();
    if (fits(rest + end))
        return rest + end;
    for (qsizetype slash = rest.indexOf(u'/'); slash >= 0; slash = rest.indexOf(u'/')) {
        rest = rest.mid(slash + 1);
        if (fits(kDots + rest))
            return kDots + rest;
    }
    return cutInMiddle(rest, fits);
}

}  // namespace clipscope::widgets
