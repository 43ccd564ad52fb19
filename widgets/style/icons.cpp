// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

QByteArray recoloured(const QString& name, const QColor& color) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return file.readAll().replace("#000000", color.name().toLatin1());
}

/// Draws an icon of the set in the palette that is in use when it is painted.
class PaletteIconEngine : public QIconEngine {
public:
    explicit PaletteIconEngine(QString name) : m_name(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const double scale = painter->device()->devicePixelRatio();
        const int size = std::min(rect.width(), rect.height());
        QRect target(0, 0, size, size);
        target.moveCenter(rect.center());
        painter->drawPixmap(target, iconPixmap(m_name, colorOf(mode), size, scale));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        return iconPixmap(m_name, colorOf(mode), std::min(size.width(), size.height()));
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override {
        // Here size is in device pixels.
        QPixmap result = iconPixmap(m_name, colorOf(mode), std::min(size.width(), size.height()));
        result.setDevicePixelRatio(scale);
        return result;
    }
    QIconEngine* clone() const override { return new PaletteIconEngine(m_name); }

private:
    static QColor colorOf(QIcon::Mode mode) {
        QColor color = mode == QIcon::Disabled ? colors().faint : colors().text;
        if (mode == QIcon::Disabled)
            color = colors().isDark ? color.darker(130) : color.lighter(140);
        return color;
    }

    QString m_name;
};

}  // namespace

QPixmap iconPixmap(const QString& name, const QColor& color, int size, double scale) {
    const QString key =
        QStringLiteral("icon %1 %2 %3 %4").arg(name, color.name()).arg(size).arg(scale);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap((QSizeF(size, size) * scale).toSize());
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(recoloured(name, color)).render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(scale);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon icon(const QString& name) {
    return QIcon(new PaletteIconEngine(name));
}

QIcon applicationIcon() {
    return QIcon(QStringLiteral(":/icons/clipscope.svg"));
}

}  // namespace clipscope::widgets
