// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_tickers.h"

#include <cmath>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

QString superscript(int number) {
    static const QString kDigits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text;
    for (const QChar digit : QString::number(std::abs(number)))
        text += kDigits[digit.digitValue()];
    return number < 0 ? QStringLiteral("⁻") + text : text;
}

}  // namespace

QString PlainTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
    return withMinus(QString::number(tick, 'g', 6));
}

QString PowerTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
    const int exponent = static_cast<int>(std::lround(std::log10(tick)));
    if (exponent >= -3 && exponent <= 1)
        return QString::number(tick, 'g', 3);
    return QStringLiteral("10") + superscript(exponent);
}

QVector<double> PowerTicker::createTickVector(double step, const QCPRange& range) {
    const QVector<double> all = QCPAxisTickerLog::createTickVector(step, range);
    const int stride = 1 + (static_cast<int>(all.size()) - 1) / std::max(tickCount(), 1);
    if (stride <= 1)
        return all;
    QVector<double> some;
    for (const double tick : all)
        if (std::lround(std::log10(tick)) % stride == 0)
            some.push_back(tick);
    return some;
}

}  // namespace clipscope::widgets
