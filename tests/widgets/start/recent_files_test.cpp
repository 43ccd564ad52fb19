// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_files.h"

#include <QDir>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include "tests/widgets/start/recent_settings.h"

namespace clipscope::widgets {
namespace {

QStringList paths(const RecentFiles& files) {
    QStringList result;
    for (const RecentFile& file : files.files())
        result << file.path;
    return result;
}

TEST(RecentFiles, KeepsWhatIsKnownOfAFile) {
    RecentSettings stored;
    {
        RecentFiles files(stored.settings);
        QSignalSpy changed(&files, &RecentFiles::changed);
        RecentFile cache = recentFile(QStringLiteral("/calib/Größe, a=b;%41.cache"));
        cache.kind = RecentFile::Kind::Ranges;
        cache.method = QStringLiteral("TRT-8601");
        cache.isPartial = true;
        files.note(cache);
        EXPECT_EQ(changed.count(), 1);
    }
    stored.settings.sync();
    QSettings again(stored.settings.fileName(), QSettings::IniFormat);
    RecentFiles files(again);
    ASSERT_EQ(files.files().size(), 1);
    const RecentFile& file = files.files().first();
    EXPECT_EQ(file.path, QStringLiteral("/calib/Größe, a=b;%41.cache"));
    EXPECT_EQ(file.kind, RecentFile::Kind::Ranges);
    EXPECT_EQ(file.tensors, 74);
    EXPECT_EQ(file.method, "TRT-8601");
    EXPECT_EQ(file.samples, 1000);
    EXPECT_EQ(file.edited, 3);
    EXPECT_TRUE(file.isPartial);
    EXPECT_EQ(file.opened, QDateTime(QDate(2025, 11, 12), QTime(12, 0)));
}

TEST(RecentFiles, NewestFirstEachPathOnce) {
    RecentSettings stored;
    RecentFiles files(stored.settings);
    files.note(recentFile("/a", 30));
    files.note(recentFile("/b", 20));
    files.note(recentFile("/c/../c", 10));
    EXPECT_EQ(paths(files), QStringList({"/c", "/b", "/a"}));
    RecentFile again = recentFile("/a", 0);
    again.edited = 7;
    files.note(again);
    EXPECT_EQ(paths(files), QStringList({"/a", "/c", "/b"}));
    EXPECT_EQ(files.files().first().edited, 7);
    files.remove({"/c", "/nowhere"});
    EXPECT_EQ(paths(files), QStringList({"/a", "/b"}));
}

TEST(RecentFiles, NotedNowUnlessItSaysWhen) {
    RecentSettings stored;
    RecentFiles files(stored.settings);
    RecentFile file;
    file.path = "relative.onnx";
    const QDateTime before = QDateTime::currentDateTime();
    files.note(file);
    EXPECT_GE(files.files().first().opened, before);
    EXPECT_EQ(files.files().first().path, QDir::currentPath() + "/relative.onnx");
}

TEST(RecentFiles, AtMostTwenty) {
    RecentSettings stored;
    RecentFiles files(stored.settings);
    for (int i = 0; i < 25; ++i)
        files.note(recentFile(QString("/file%1").arg(i), 100 - i));
    ASSERT_EQ(files.files().size(), 20);
    EXPECT_EQ(files.files().first().path, "/file24");
    EXPECT_EQ(files.files().last().path, "/file5");
}

TEST(RecentFiles, AnotherWindowsFilesAreNotLost) {
    RecentSettings stored;
    RecentFiles one(stored.settings);
    QSettings other(stored.settings.fileName(), QSettings::IniFormat);
    RecentFiles two(other);
    one.note(recentFile("/a", 2));
    stored.settings.sync();
    two.note(recentFile("/b", 1));
    EXPECT_EQ(paths(two), QStringList({"/b", "/a"}));
}

TEST(RecentFiles, DamagedSettingsAreNoFiles) {
    RecentSettings stored;
    stored.settings.setValue("recentFiles/size", 1000000);
    stored.settings.setValue("recentFiles/1/path", "/a");
    stored.settings.setValue("recentFiles/1/opened", "not a time");
    const RecentFiles files(stored.settings);
    EXPECT_TRUE(files.files().isEmpty());
}

TEST(RecentFiles, TheHomeFolderIsShortened) {
    RecentFile file;
    file.path = QDir::homePath() + "/calib/a.clipscope";
    EXPECT_EQ(file.name(), "a.clipscope");
    EXPECT_EQ(file.folder(), "~/calib");
    file.path = QDir::homePath() + "/a.clipscope";
    EXPECT_EQ(file.folder(), "~");
    file.path = QDir::homePath() + "2/a.clipscope";
    EXPECT_EQ(file.folder(), QDir::homePath() + "2");
}

TEST(OpenedText, NearTimesInWordsFarOnesAsDates) {
    const QDateTime now(QDate(2025, 11, 14), QTime(0, 30));  // A Friday.
    const auto text = [&](QDate date, QTime time) {
        return openedText(QDateTime(date, time), now).toStdString();
    };
    EXPECT_EQ(text({2025, 11, 14}, {0, 5}), "today 00:05");
    EXPECT_EQ(text({2025, 11, 13}, {23, 59}), "yesterday");
    EXPECT_EQ(text({2025, 11, 12}, {9, 0}), "Wednesday");
    EXPECT_EQ(text({2025, 11, 8}, {9, 0}), "Saturday");
    EXPECT_EQ(text({2025, 11, 7}, {9, 0}), "7 Nov");
    EXPECT_EQ(text({2024, 11, 14}, {9, 0}), "14 Nov 2024");
    EXPECT_EQ(text({2025, 11, 15}, {9, 0}), "15 Nov") << "a clock that was set back";
}

}  // namespace
}  // namespace clipscope::widgets
