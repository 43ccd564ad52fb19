// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMouseEvent>
#include <QTest>

#include <gtest/gtest.h>

#include "tests/widgets/plots/plot_session.h"
#include "widgets/plots/tensor_page.h"

namespace clipscope::widgets {

/// A page over plotSession(), shown offscreen, with the mouse.
struct PlotFixture : testing::Test {
    Document document;
    TensorPage page{document};

    PlotFixture() {
        document.setSession(plotSession(), QStringLiteral("plots.clipscope"));
        page.resize(900, 730);
        page.show();
        select(kConv);
    }

    PlotStack& plots() { return page.plots(); }
    const PlotScene& scene() { return plots().scene(); }
    const session::TensorEntry& tensor() const {
        return document.session()->tensors[static_cast<size_t>(document.selected())];
    }
    double toPixel(double value) { return plots().frame().key()->coordToPixel(value); }
    double toValue(double x) { return plots().frame().key()->pixelToCoord(x); }

    void settle() {
        for (int i = 0; i < 5; ++i)
            QApplication::processEvents();
    }
    void await() {
        EXPECT_TRUE(QTest::qWaitFor([this] { return page.isComplete(); }, 20000));
        settle();
    }
    void select(int index) {
        document.select(index);
        await();
    }

    void send(QEvent::Type type, const QPointF& at, Qt::MouseButton button,
              Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        const bool isHeld = type != QEvent::MouseButtonRelease;
        QMouseEvent event(type, at, plots().mapToGlobal(at),
                          type == QEvent::MouseMove ? Qt::NoButton : button,
                          isHeld ? button : Qt::NoButton, modifiers);
        QApplication::sendEvent(&plots(), &event);
    }
    void press(const QPointF& at, Qt::MouseButton button = Qt::LeftButton) {
        send(QEvent::MouseButtonPress, at, button);
    }
    void move(const QPointF& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        send(QEvent::MouseMove, at, Qt::LeftButton, modifiers);
    }
    void release(const QPointF& at, Qt::MouseButton button = Qt::LeftButton) {
        send(QEvent::MouseButtonRelease, at, button);
    }
    void hover(const QPointF& at) { send(QEvent::MouseMove, at, Qt::NoButton); }
    void drag(const QPointF& from, const QPointF& to,
              Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        press(from);
        move(to, modifiers);
        release(to);
    }
    /// On the grip of an end.
    QPointF handle(session::RangeEnd end) {
        return {plots().overlay().pixelOf(end),
                static_cast<double>(plots().frame().rects.histogram->center().y())};
    }
    QPointF highHandle() { return handle(session::RangeEnd::High); }
    const LaneTick& tick(const QString& label) {
        for (const LaneTick& tick : plots().lane().ticks())
            if (tick.label == label)
                return tick;
        throw std::out_of_range(label.toStdString());
    }
};

}  // namespace clipscope::widgets
