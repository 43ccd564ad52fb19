// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/session_file.h"

#include <cmath>
#include <fstream>
#include <regex>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/data/npy.h"
#include "analysis/data/zip_archive.h"
#include "tests/analysis/session/sessions.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

/// The file again, with one entry replaced (or left out where `content` is empty).
void rewrite(const std::filesystem::path& from, const std::filesystem::path& to,
             const std::string& entry, const std::string& content) {
    const data::ZipReader reader(from);
    data::ZipWriter writer(to);
    for (const std::string& name : reader.names()) {
        const std::string bytes = name == entry ? content : reader.read(name);
        if (!bytes.empty())
            writer.add(name, bytes, data::ZipWriter::Compression::Stored);
    }
    writer.commit();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

class SessionFile : public testing::Test {
protected:
    SessionFile() : m_session(smallSession()) {
        m_session.tensors[0].statistics.exactAbs = histogram::EqualBins{
            0, m_session.tensors[0].statistics.histogram.amax(), {1, 2, 3, 19994}};
        computeThresholds(m_session, threshold::findMethod("percentile"), {{"p", "99.5"}}, true);
        m_session.tensors[3].current = affineSetting(-1, 2, "manual");
        m_session.header = "TRT-7000-EntropyCalibration2";
        m_session.isPartial = true;
        saveSession(m_session, m_path());
    }
    std::filesystem::path m_path() const { return m_folder / "s.clipscope"; }
    std::string entry(const std::string& name) const {
        return data::ZipReader(m_path()).read(name);
    }

    TemporaryFolder m_folder;
    Session m_session;
};

TEST_F(SessionFile, KeepsEverything) {
    const Session read = loadSession(m_path());
    EXPECT_EQ(read.modelSha256, m_session.modelSha256);
    EXPECT_EQ(read.recipe, m_session.recipe);
    EXPECT_EQ(read.method, "percentile");
    EXPECT_EQ(read.parameters, m_session.parameters);
    EXPECT_EQ(read.header, m_session.header);
    EXPECT_TRUE(read.isPartial);
    EXPECT_EQ(read.samples, m_session.samples);
    EXPECT_EQ(read.notes, m_session.notes);
    ASSERT_EQ(read.skipped.size(), 1u);
    EXPECT_EQ(read.skipped[0].reason, "it is broken");
    ASSERT_EQ(read.tensors.size(), m_session.tensors.size());
    for (size_t i = 0; i < read.tensors.size(); ++i) {
        const TensorEntry& a = read.tensors[i];
        const TensorEntry& b = m_session.tensors[i];
        EXPECT_EQ(a.name, b.name);
        EXPECT_EQ(a.shape, b.shape);
        EXPECT_EQ(a.type, b.type);
        EXPECT_EQ(a.coverage, b.coverage);
        EXPECT_EQ(a.group, b.group);
        EXPECT_TRUE(a.original == b.original) << b.name;
        EXPECT_TRUE(a.current == b.current) << b.name;
        EXPECT_TRUE(a.statistics.histogram == b.statistics.histogram) << b.name;
        EXPECT_EQ(a.statistics.sampleAmax, b.statistics.sampleAmax);
        EXPECT_EQ(a.statistics.channels, b.statistics.channels);
    }
    EXPECT_EQ(read.tensors[0].statistics.exactAbs->counts, (std::vector<uint64_t>{1, 2, 3, 19994}));
    EXPECT_FALSE(read.tensors[1].statistics.exactAbs);
    ASSERT_EQ(read.groups.size(), 1u);
    EXPECT_EQ(read.groups[0].sources, (std::vector<size_t>{0, 1}));
    EXPECT_TRUE(isSessionFile(m_path()));
}

TEST_F(SessionFile, OnDemandHoldsTheSameWithoutHoldingBins) {
    const Session read = loadSession(m_path(), Loading::OnDemand);
    for (size_t i = 0; i < read.tensors.size(); ++i) {
        const histogram::Histogram& is = read.tensors[i].statistics.histogram;
        const histogram::Histogram& expected = m_session.tensors[i].statistics.histogram;
        EXPECT_EQ(is.byteSize(), 0u);
        EXPECT_EQ(is.count(), expected.count());
        EXPECT_EQ(is.amax(), expected.amax());
        EXPECT_EQ(is.topOctave(), expected.topOctave());
        EXPECT_TRUE(is == expected) << read.tensors[i].name;
        EXPECT_TRUE(expected == is) << read.tensors[i].name;
    }
}

TEST_F(SessionFile, OnDemandCanBeSavedOverItsOwnFile) {
    const std::string before = readFile(m_path());
    const Session read = loadSession(m_path(), Loading::OnDemand);
    saveSession(read, m_path());
    EXPECT_EQ(readFile(m_path()), before);
    saveSession(read, m_path());
    EXPECT_EQ(readFile(m_path()), before) << "the replaced file is still read";
}

TEST_F(SessionFile, OnDemandTakesTheBinsInBeforeTheyChange) {
    Session read = loadSession(m_path(), Loading::OnDemand);
    histogram::Histogram& changed = read.tensors[0].statistics.histogram;
    histogram::Histogram expected = m_session.tensors[0].statistics.histogram;
    changed.add(1000.0f, 3);
    expected.add(1000.0f, 3);
    EXPECT_TRUE(changed == expected);
    changed.merge(read.tensors[1].statistics.histogram);
    expected.merge(m_session.tensors[1].statistics.histogram);
    EXPECT_TRUE(changed == expected);
}

TEST_F(SessionFile, OnDemandNamesDamageWhereItIsRead) {
    const auto bad = m_folder / "bad.clipscope";
    rewrite(m_path(), bad, "histograms/000001.npy", entry("histograms/000000.npy"));
    const Session read = loadSession(bad, Loading::OnDemand);
    EXPECT_FALSE(read.tensors[0].statistics.histogram.bins().empty());
    expectError([&] { read.tensors[1].statistics.histogram.bins(); },
                {"bad.clipscope", "tensor 'b'"});
}

TEST_F(SessionFile, ReadsFilesThatDoNotTellHowManyValuesAreFinite) {
    const std::string old =
        std::regex_replace(entry("tensors.json"), std::regex("\"finite\": [0-9]+,"), "");
    ASSERT_EQ(old.find("finite"), std::string::npos);
    const auto file = m_folder / "old.clipscope";
    rewrite(m_path(), file, "tensors.json", old);
    for (const Loading loading : {Loading::AtOnce, Loading::OnDemand})
        EXPECT_TRUE(loadSession(file, loading).tensors[0].statistics.histogram ==
                    m_session.tensors[0].statistics.histogram);
}

TEST_F(SessionFile, EqualSessionsGiveEqualBytes) {
    saveSession(loadSession(m_path()), m_folder / "again.clipscope");
    EXPECT_EQ(readFile(m_folder / "again.clipscope"), readFile(m_path()));
}

TEST_F(SessionFile, ANewerVersionSaysSo) {
    rewrite(
        m_path(), m_folder / "new.clipscope", "manifest.json",
        replaced(entry("manifest.json"), "\"clipscope_session\": 1", "\"clipscope_session\": 99"));
    expectError([&] { loadSession(m_folder / "new.clipscope"); },
                {"new.clipscope", "newer Clipscope", "99", "update"});
}

TEST_F(SessionFile, DamageIsNamed) {
    const auto bad = m_folder / "bad.clipscope";
    rewrite(m_path(), bad, "tensors.json", "");
    expectError([&] { loadSession(bad); }, {"bad.clipscope", "tensors.json"});
    rewrite(m_path(), bad, "tensors.json", "{\"tensors\": [");
    expectError([&] { loadSession(bad); }, {"tensors.json is damaged"});
    rewrite(m_path(), bad, "tensors.json",
            replaced(entry("tensors.json"), "\"members\": [\n    0", "\"members\": [\n    77"));
    expectError([&] { loadSession(bad); }, {"no tensor 77"});
    rewrite(m_path(), bad, "histograms/000000.npy",
            data::npyBytes(Tensor::of<float>({2}, std::vector<float>{1, 2})));
    expectError([&] { loadSession(bad); }, {"histograms/000000.npy", "float32 2"});
    rewrite(m_path(), bad, "histograms/000000.npy", "nonsense");
    expectError([&] { loadSession(bad); }, {"histograms/000000.npy"});
    const auto exact = data::npyBytes(Tensor::of<uint64_t>({2}, std::vector<uint64_t>{1, 2}));
    rewrite(m_path(), bad, "exact/000000.npy", exact);
    expectError([&] { loadSession(bad); }, {"tensor 'a'", "3 values", "20000"});
    for (const std::vector<double>& row : {std::vector<double>{2, 1}, {-1, 1}, {0, NAN}}) {
        rewrite(m_path(), bad, "amax/000001.npy", data::npyBytes(Tensor::of<double>({1, 2}, row)));
        expectError([&] { loadSession(bad); }, {"tensor 'b'", "2 samples"});
    }
    std::ofstream(bad) << "no zip at all";
    expectError([&] { loadSession(bad); }, {"bad.clipscope"});
    EXPECT_FALSE(isSessionFile(bad));
}

}  // namespace
}  // namespace clipscope::session
