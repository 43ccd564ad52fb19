// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace clipscope::widgets {

/// For a table and its header: room left and right of every text, the same in both, so that the
/// texts of neighbouring columns keep apart and a title stands over its column's texts.
class PaddedStyle : public QProxyStyle {
    Q_OBJECT

public:
    static constexpr int kPadding = 6;

    explicit PaddedStyle(QObject* parent);

    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
};

}  // namespace clipscope::widgets
