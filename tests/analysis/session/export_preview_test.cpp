// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/export_preview.h"

#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/session/opening.h"
#include "analysis/session/rows.h"
#include "tests/analysis/session/sessions.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

/// Tensors a, b, c, d with T 1, 2, 3, 4 and an integer one.
Session fourTensors() {
    Session session = smallSession();
    for (size_t i = 0; i < 4; ++i)
        session.tensors[i].original = session.tensors[i].current =
            symmetricSetting(static_cast<double>(i + 1), "entropy");
    return session;
}

ExportPreview previewOf(const Session& session, const ExportSettings& settings = {},
                        const std::optional<formats::RangesFile>& against = {}) {
    return previewExport(session, currentSettings(session), settings, against);
}

std::vector<std::string> names(const ExportPreview& preview) {
    std::vector<std::string> names;
    for (const ExportLine& line : preview.lines)
        names.push_back(line.name);
    return names;
}

TEST(ExportPreview, ShowsTheLinesThatTheFileWillHave) {
    Session session = fourTensors();
    session.tensors[1].current = symmetricSetting(3, "manual");
    const ExportPreview preview = previewOf(session);
    // 1/127, 3/127, 3/127, 4/127 as float32.
    EXPECT_EQ(preview.content.bytes,
              "TRT-8601-EntropyCalibration2\na: 3c010204\nb: 3cc18306\nc: 3cc18306\nd: 3d010204\n");
    EXPECT_EQ(preview.problem, "");
    EXPECT_EQ(names(preview), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(preview.changed, 1u);
    EXPECT_EQ(preview.total, 4u);
    const ExportLine& b = preview.lines[1];
    EXPECT_EQ(b.line, 3u);
    EXPECT_EQ(b.before->threshold(), 2);
    EXPECT_EQ(b.after->threshold(), 3);
    EXPECT_NEAR(*b.changePercent(), 50, 1e-4);
    EXPECT_EQ(b.method, "manual");
    EXPECT_FALSE(preview.lines[0].isChanged());
}

TEST(ExportPreview, IsWhatTheExportWrites) {
    const TemporaryFolder folder;
    Session session = fourTensors();
    session.tensors[2].current = symmetricSetting(2.5, "manual");
    for (const char* format : {"tensorrt", "csv", "json"}) {
        const ExportSettings settings{format, "TRT-100300-MinMaxCalibration", false};
        exportSession(session, folder / format, settings);
        EXPECT_EQ(previewOf(session, settings).content.bytes, readFile(folder / format)) << format;
    }
}

TEST(ExportPreview, SettingsGivenByValueReplaceTheSessions) {
    const Session session = fourTensors();
    std::vector<Setting> current = currentSettings(session);
    current[0] = symmetricSetting(4, "manual");
    const ExportPreview preview = previewExport(session, current, {}, {});
    EXPECT_TRUE(preview.content.bytes.find("a: 3d010204\n") != std::string::npos);
    EXPECT_EQ(preview.changed, 1u);
}

TEST(ExportPreview, TensorsKeptInFloatStayInTheirPlaceWithoutALine) {
    Session session = fourTensors();
    session.tensors[1].current.keepFloat = true;
    const ExportPreview preview = previewOf(session);
    EXPECT_EQ(names(preview), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_FALSE(preview.lines[1].after);
    EXPECT_TRUE(preview.lines[1].keepsFloat);
    EXPECT_TRUE(preview.lines[1].isChanged());
    EXPECT_EQ(preview.lines[1].line, 0u);
    EXPECT_EQ(preview.lines[2].line, 3u);
    EXPECT_EQ(preview.content.report.written, 3u);
    // A table lists all of them: the header line, then a to d.
    EXPECT_EQ(previewOf(session, {.format = "csv"}).lines[2].line, 4u);
}

TEST(ExportPreview, ComparesWithAFile) {
    const Session session = fourTensors();
    const std::string cache =
        "TRT-8501-EntropyCalibration2\nold: 3c010204\nd: 3d010204\na: 3d010204\nb: 3c810204\n";
    const auto file = formats::readFormat(formats::findFormat("tensorrt"), cache, "x.cache");
    const ExportPreview preview = previewOf(session, {}, file);
    EXPECT_EQ(names(preview), (std::vector<std::string>{"a", "b", "c", "d", "old"}));
    EXPECT_EQ(preview.lines[0].before->threshold(), 4);
    EXPECT_TRUE(preview.lines[0].isChanged());
    EXPECT_FALSE(preview.lines[1].isChanged());
    EXPECT_FALSE(preview.lines[2].before);  // new
    EXPECT_TRUE(preview.lines[2].isChanged());
    EXPECT_FALSE(preview.lines[3].isChanged());
    EXPECT_FALSE(preview.lines[4].after);  // gone
    EXPECT_EQ(preview.changed, 3u);
}

TEST(ExportPreview, AnOpenedCacheKeepsItsPlaces) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "some.cache",
                        "TRT-7103-EntropyCalibration2\nd: 3d010204\nb: 3c810204\na: 3c010204\n");
    Session session = openRanges(folder / "some.cache");
    session.tensors[session.indexOf("b")].current = symmetricSetting(3, "manual");
    const ExportPreview preview = previewOf(session);
    EXPECT_EQ(preview.content.bytes,
              "TRT-7103-EntropyCalibration2\nd: 3d010204\nb: 3cc18306\na: 3c010204\n");
    EXPECT_EQ(names(preview), (std::vector<std::string>{"d", "b", "a"}));
    EXPECT_EQ(preview.lines[2].line, 4u);
    EXPECT_EQ(preview.changed, 1u);
    EXPECT_TRUE(preview.lines[1].isChanged());
    EXPECT_EQ(preview.lines[1].before->threshold(), 2);
}

TEST(ExportPreview, SaysWhatCannotBeWritten) {
    Session session = fourTensors();
    session.tensors[3].current = affineSetting(-1, 3, "manual");
    const ExportPreview preview = previewOf(session);
    EXPECT_NE(preview.problem.find("symmetric ranges only"), std::string::npos);
    EXPECT_NE(preview.problem.find("\"d\""), std::string::npos);
    EXPECT_EQ(preview.content.bytes, "");
    ASSERT_EQ(preview.content.report.warnings.size(), 1u);
    EXPECT_NE(preview.content.report.warnings[0].find("affine"), std::string::npos);
    for (size_t i = 0; i < formats::formats().size(); ++i)
        EXPECT_EQ(preview.lostByFormat[i], formats::formats()[i].id == "tensorrt" ? 1u : 0u);
    EXPECT_TRUE(preview.lines[3].isChanged());

    session = fourTensors();
    session.isPartial = true;
    EXPECT_NE(previewOf(session).problem.find("cancelled"), std::string::npos);
    EXPECT_EQ(previewOf(session, {.allowPartial = true}).problem, "");
}

std::string pattern(const std::string& changes, size_t context) {
    std::vector<ExportLine> lines;
    for (const char c : changes) {
        ExportLine line;
        line.before = ExportedScale{1};
        line.after = ExportedScale{c == 'x' ? 2.0f : 1.0f};
        lines.push_back(line);
    }
    std::string rows;
    for (const ContextRow& row : withContext(lines, context))
        rows += row.count > 0 ? "(" + std::to_string(row.count) + ")"
                              : std::string(1, changes[row.line]);
    return rows;
}

TEST(WithContext, LeavesOutLongRunsOfEqualLines) {
    EXPECT_EQ(pattern("", 2), "");
    EXPECT_EQ(pattern("......", 2), "(6)");
    EXPECT_EQ(pattern("......x......", 2), "(4)..x..(4)");
    EXPECT_EQ(pattern("x.....x", 2), "x.....x");
    EXPECT_EQ(pattern("x......x", 2), "x..(2)..x");
    EXPECT_EQ(pattern("xx", 2), "xx");
    EXPECT_EQ(pattern("...x", 0), "(3)x");
}

/// What a shell makes of a command: its arguments, a line each.
std::string argumentsOf(const std::string& command) {
    const std::string script = "set -- " + command + "; printf '[%s]' \"$@\"";
    FILE* pipe = popen(("sh -c " + shellCommand(std::array{script})).c_str(), "r");
    std::string output;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe))
        output += static_cast<char>(c);
    EXPECT_EQ(pclose(pipe), 0);
    return output;
}

TEST(ShellCommand, IsReadBackByAShell) {
    EXPECT_EQ(shellCommand(std::array<std::string, 2>{"a", "b c"}), "a 'b c'");
    const std::array<std::string, 8> arguments{"plain/x-1.cache",  "two words", "it's",
                                               "$HOME `ls` \"q\"", "",          "*?[a]",
                                               "new\nline",        "ä~#"};
    std::string expected;
    for (const std::string& argument : arguments)
        expected += "[" + argument + "]";
    EXPECT_EQ(argumentsOf(shellCommand(arguments)), expected);
}

TEST(ExportCommand, GivesTheOptionsThatDiffer) {
    EXPECT_EQ(exportCommand("lenet.clipscope", "out/lenet.cache", {}),
              "clipscope export lenet.clipscope -o out/lenet.cache --format tensorrt");
    EXPECT_EQ(
        exportCommand("my net.clipscope", "-x.csv", {"csv", "TRT-8601-EntropyCalibration2", true}),
        "clipscope export 'my net.clipscope' -o ./-x.csv --format csv --allow-partial");
    EXPECT_EQ(exportCommand("a", "b", {"tensorrt", "TRT-8601-LegacyCalibration", false}),
              "clipscope export a -o b --format tensorrt --header TRT-8601-LegacyCalibration");
}

}  // namespace
}  // namespace clipscope::session
