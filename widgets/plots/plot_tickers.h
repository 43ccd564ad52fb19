// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

namespace clipscope::widgets {

/// Linear ticks written as the window writes numbers: a true minus sign, '.' as decimal point.
class PlainTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

/// Powers of ten: "0.01", "1", "10", "10³".
class PowerTicker : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
    /// Every second or third power where all of them would not fit.
    QVector<double> createTickVector(double step, const QCPRange& range) override;
};

}  // namespace clipscope::widgets
