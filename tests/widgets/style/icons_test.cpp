// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/icons.h"

#include <QDir>
#include <QDirIterator>
#include <QImage>
#include <QRegularExpression>
#include <set>

#include <gtest/gtest.h>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

/// Every name written out in a call that takes one, in the sources of the window.
std::set<QString> iconsNamedInSources() {
    static const QRegularExpression kCall(QStringLiteral(
        R"rx(\b(?:icon|iconPixmap|ActionButton)\(\s*(?:QStringLiteral\(|u)?"([a-z0-9-]+)")rx"));
    std::set<QString> names;
    for (const char* folder : {"/widgets", "/app/gui"}) {
        QDirIterator files(QStringLiteral(CLIPSCOPE_SOURCES) + QLatin1String(folder),
                           {"*.cpp", "*.h"}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << file.fileName().toStdString();
            auto matches = kCall.globalMatch(QString::fromUtf8(file.readAll()));
            while (matches.hasNext())
                names.insert(matches.next().captured(1));
        }
    }
    return names;
}

/// The icons of the set; the application's own is a picture in its own colours.
QStringList iconSet() {
    QStringList names;
    for (const QString& file : QDir(QStringLiteral(":/icons")).entryList({"*.svg"}))
        if (file != QStringLiteral("clipscope.svg"))
            names << file.chopped(4);
    return names;
}

/// Pixels that the icon covers at least half.
int covered(const QImage& image) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += qAlpha(image.pixel(x, y)) >= 128;
    return count;
}

QImage drawn(const QString& name, const QColor& color) {
    return iconPixmap(name, color).toImage().convertToFormat(QImage::Format_ARGB32);
}

TEST(Icons, EveryNameInTheSourcesIsOfTheSet) {
    const QStringList set = iconSet();
    const std::set<QString> named = iconsNamedInSources();
    EXPECT_TRUE(named.contains(QStringLiteral("drop"))) << "the start page has one";
    for (const QString& name : named)
        EXPECT_TRUE(set.contains(name)) << "resources/icons/" << name.toStdString() << ".svg";
}

TEST(Icons, TheSetIsTheDesigns) {
    const QStringList design =
        QStringLiteral(
            "open save back forward undo redo play stop tune compare export search filter columns "
            "edited note pinned linked-scale excluded warning error information ok fit reset link "
            "arrow down close float file model image drop example gear cache")
            .split(' ');
    const QStringList set = iconSet();
    for (const QString& name : design)
        EXPECT_TRUE(set.contains(name)) << name.toStdString();
}

TEST(Icons, EachIsDrawnInsideItsSquareInTheColourAskedFor) {
    const QColor color(0x12, 0x9a, 0xe4);
    for (const QString& name : iconSet()) {
        const QImage image = drawn(name, color);
        ASSERT_EQ(image.size(), QSize(16, 16));
        EXPECT_GT(covered(image), 10) << name.toStdString();
        for (int y = 0; y < 16; ++y) {
            for (int x = 0; x < 16; ++x) {
                const QRgb pixel = image.pixel(x, y);
                if (qAlpha(pixel) < 200)
                    continue;
                EXPECT_NEAR(qRed(pixel), color.red(), 2) << name.toStdString();
                EXPECT_NEAR(qGreen(pixel), color.green(), 2) << name.toStdString();
                EXPECT_NEAR(qBlue(pixel), color.blue(), 2) << name.toStdString();
            }
        }
    }
}

TEST(Icons, NoTwoLookAlike) {
    const QStringList set = iconSet();
    for (int a = 0; a < set.size(); ++a)
        for (int b = a + 1; b < set.size(); ++b)
            EXPECT_NE(drawn(set[a], Qt::black), drawn(set[b], Qt::black))
                << set[a].toStdString() << " and " << set[b].toStdString();
}

TEST(Icons, AnIconFollowsTheThemeAndTheScale) {
    const QIcon open = icon(QStringLiteral("open"));
    Theme::instance().setAppearance(Appearance::Light);
    const QImage light = open.pixmap(16, 16).toImage();
    Theme::instance().setAppearance(Appearance::Dark);
    const QImage dark = open.pixmap(16, 16).toImage();
    Theme::instance().setAppearance(Appearance::Light);
    EXPECT_NE(light, dark);
    EXPECT_EQ(open.pixmap(16, 16).toImage(), light);

    const QPixmap twice = iconPixmap(QStringLiteral("open"), Qt::black, 16, 2);
    EXPECT_EQ(twice.size(), QSize(32, 32));
    EXPECT_EQ(twice.deviceIndependentSize(), QSizeF(16, 16));
    EXPECT_GT(covered(twice.toImage()), 2 * covered(drawn(QStringLiteral("open"), Qt::black)));
}

TEST(Icons, OneThatIsMissingIsEmptyAndTheApplicationHasItsOwn) {
    EXPECT_EQ(covered(drawn(QStringLiteral("no-such-icon"), Qt::black)), 0);
    EXPECT_GT(covered(applicationIcon().pixmap(48, 48).toImage()), 48 * 48 / 2);
}

}  // namespace
}  // namespace clipscope::widgets
