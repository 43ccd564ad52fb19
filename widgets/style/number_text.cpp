// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/number_text.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "analysis/formats/scale_text.h"

namespace clipscope::widgets {
namespace {

const QChar kMinus(0x2212);
constexpr double kFixedFrom = 1e-4;
constexpr double kFixedTo = 1e7;

QString fixed(double value, int decimals) {
    return withMinus(QString::number(value, 'f', decimals));
}

/// What stands for a value that is no number; nothing for one that is.
std::optional<QString> special(double value) {
    if (std::isnan(value))
        return QStringLiteral("–");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : kMinus + QStringLiteral("∞");
    return {};
}

}  // namespace

QString withMinus(const QString& text) {
    QString result = text;
    return result.replace(QLatin1Char('-'), kMinus);
}

QString significantText(double value, int digits) {
    if (const auto text = special(value))
        return *text;
    if (value == 0)
        return QStringLiteral("0");
    const double magnitude = std::abs(value);
    if (magnitude < kFixedFrom || magnitude >= kFixedTo)
        return withMinus(QString::number(value, 'e', digits - 1));
    // Rounding may add a digit: 9.9996 shows as 10.00.
    const QString rounded = QString::number(magnitude, 'e', digits - 1);
    const int exponent = rounded.mid(rounded.indexOf(QLatin1Char('e')) + 1).toInt();
    return fixed(value, std::max(0, digits - 1 - exponent));
}

QString exactText(float value) {
    return QString::fromStdString(formats::shortestText(value));
}

QString decibelText(double value, int decimals) {
    if (const auto text = special(value))
        return *text;
    return fixed(value, decimals);
}

QString divergenceText(double nats) {
    if (const auto text = special(nats))
        return *text;
    if (nats != 0 && std::abs(nats) < 1e-3)
        return significantText(nats, 2);
    return fixed(nats, 4);
}

QString clipPercentText(double percent) {
    if (const auto text = special(percent))
        return *text;
    if (percent <= 0)
        return QStringLiteral("0");
    if (percent < 0.001)
        return QStringLiteral("<0.001");
    return fixed(percent, percent < 0.1 ? 3 : percent < 10 ? 2 : 1);
}

QString cumulativePercentText(double percent) {
    if (const auto text = special(percent))
        return *text;
    const double rest = 100 - percent;
    if (rest <= 0)
        return QStringLiteral("100");
    const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(rest))) + 1, 2, 8);
    return fixed(percent, decimals);
}

QString bitsLostText(double bits) {
    if (const auto text = special(bits))
        return *text;
    return bits < 0.05 ? QStringLiteral("·") : fixed(bits, 1);
}

QString countText(uint64_t count) {
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(count));
}

QString pluralText(uint64_t count, const QString& one, const QString& many) {
    return countText(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

QString powerOfTenText(int exponent) {
    if (exponent == 0)
        return QStringLiteral("1");
    if (exponent == 1)
        return QStringLiteral("10");
    static const QString kRaised = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QStringLiteral("10");
    for (const QChar digit : QString::number(exponent))
        text += digit == QLatin1Char('-') ? QChar(0x207B) : kRaised[digit.digitValue()];
    return text;
}

QString rangeText(double lo, double hi, int digits) {
    return significantText(lo, digits) + QStringLiteral(" … ") + significantText(hi, digits);
}

QString memoryText(uint64_t bytes) {
    const double mebi = static_cast<double>(bytes) / (1 << 20);
    if (mebi < 1024)
        return QStringLiteral("%1 MiB").arg(fixed(mebi, 0));
    return QStringLiteral("%1 GiB").arg(fixed(mebi / 1024, 1));
}

QString durationText(double seconds) {
    if (!(seconds >= 0) || seconds > 1e7)
        return QStringLiteral("–");
    const auto total = static_cast<int64_t>(std::lround(seconds));
    const auto two = [](int64_t value) {
        return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0'));
    };
    if (total < 3600)
        return QStringLiteral("%1:%2").arg(total / 60).arg(two(total % 60));
    return QStringLiteral("%1:%2:%3").arg(total / 3600).arg(two(total / 60 % 60), two(total % 60));
}

std::optional<double> readNumber(const QString& text) {
    QString plain = text.trimmed();
    plain.replace(kMinus, QLatin1Char('-'));
    bool ok = false;
    double value = QLocale::c().toDouble(plain, &ok);
    if (!ok)
        value = QLocale().toDouble(plain, &ok);
    if (!ok || !std::isfinite(value))
        return {};
    return value;
}

}  // namespace clipscope::widgets
