// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/graph/onnx_reader.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::graph {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kGiB = uint64_t{1} << 30;

using Entries = std::vector<std::pair<std::string, std::string>>;

/// A model whose weights 'w', 'w2'... of four floats lie where the entries say.
ModelBuilder modelWith(const std::vector<Entries>& weights, int64_t elements = 4) {
    ModelBuilder model;
    model.input("x", {4});
    model.node("Relu", {"x"}, {"y"});
    model.output("y");
    for (size_t i = 0; i < weights.size(); ++i) {
        auto* tensor = model.proto().mutable_graph()->add_initializer();
        tensor->set_name(i == 0 ? "w" : "w" + std::to_string(i + 1));
        tensor->set_data_type(1);
        tensor->add_dims(elements);
        tensor->set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto& [key, value] : weights[i]) {
            auto* entry = tensor->add_external_data();
            entry->set_key(key);
            entry->set_value(value);
        }
    }
    return model;
}

std::string bytesOf(const std::vector<float>& values) {
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

std::vector<float> read(const Graph& graph, const std::string& name) {
    const auto values = graph[graph.find(name)].initializer.values<float>();
    return {values.begin(), values.end()};
}

/// A file of `size` bytes that takes none on the disk, but for those written at `offset`.
void writeSparse(const fs::path& path, uint64_t size, uint64_t offset, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).close();
    ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(size)), 0);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset));
    file << bytes;
}

class ExternalData : public testing::Test {
protected:
    ExternalData() { fs::create_directory(m_folder / "model"); }
    Graph load(const ModelBuilder& model) const {
        return readOnnx(model.save(m_folder / "model" / "m.onnx"));
    }
    void write(const fs::path& name, const std::string& bytes) const {
        std::ofstream(m_folder / name, std::ios::binary) << bytes;
    }
    const TemporaryFolder m_folder;
};

TEST_F(ExternalData, BehindTwoAndBehindFourGiBIsRead) {
    const std::vector<float> values{1.5f, -2, 3, 4};
    for (const uint64_t offset : {2 * kGiB + 4096, 5 * kGiB}) {
        writeSparse(m_folder / "model" / "big.bin", offset + 16, offset, bytesOf(values));
        const Graph graph = load(modelWith(
            {{{"location", "big.bin"}, {"offset", std::to_string(offset)}, {"length", "16"}}}));
        EXPECT_EQ(read(graph, "w"), values);
    }
}

TEST_F(ExternalData, OfOverTwoGiBInOneTensorIsMapped) {
    constexpr int64_t kElements = 3 * (int64_t{1} << 28);  // 3 GiB of zeros, then its last element
    writeSparse(m_folder / "model" / "big.bin", 3 * kGiB, 3 * kGiB - 4, bytesOf({7}));
    const Graph graph = load(modelWith({{{"location", "big.bin"}}}, kElements));
    const Weight& weight = graph[graph.find("w")].initializer;
    ASSERT_EQ(weight.byteSize(), 3 * kGiB);
    EXPECT_EQ(weight.values<float>()[kElements - 1], 7.0f);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    EXPECT_LT(usage.ru_maxrss, 1 << 20) << "KiB: it was copied";
}

TEST_F(ExternalData, OfManyWeightsIsMappedOnce) {
    constexpr int kWeights = 70'000;  // more than Linux lets a process map
    write("model/w.bin", bytesOf({1, 2, 3, 4}));
    const Graph graph = load(modelWith(std::vector<Entries>(kWeights, {{"location", "w.bin"}})));
    EXPECT_EQ(read(graph, "w" + std::to_string(kWeights)), (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(ExternalData, AtAnyOffsetIsRead) {
    write("model/w.bin", "abc" + bytesOf({1, 2, 3, 4, 5}));
    for (const int skipped : {0, 1}) {
        const Graph graph =
            load(modelWith({{{"location", "w.bin"}, {"offset", std::to_string(3 + 4 * skipped)}}}));
        EXPECT_EQ(read(graph, "w")[3], skipped == 0 ? 4.0f : 5.0f);
    }
}

TEST_F(ExternalData, OutsideTheFolderIsRefused) {
    write("outside.bin", bytesOf({1, 2, 3, 4}));
    fs::create_symlink(m_folder / "outside.bin", m_folder / "model" / "link.bin");
    fs::create_directory_symlink(m_folder.path(), m_folder / "model" / "up");
    fs::create_symlink("loop.bin", m_folder / "model" / "loop.bin");
    const auto refused = [&](const std::string& location, const std::string& why) {
        SCOPED_TRACE(location);
        expectError([&] { load(modelWith({{{"location", location}}})); }, {"m.onnx", "'w'", why});
    };
    refused("../outside.bin", "outside the model's folder");
    refused("../model/../outside.bin", "outside the model's folder");
    refused("sub/../../outside.bin", "outside the model's folder");
    refused((m_folder / "outside.bin").string(), "outside the model's folder");
    refused("/etc/passwd", "outside the model's folder");
    refused("link.bin", "symbolic link to");
    refused("up/outside.bin", "symbolic link to");
    refused("loop.bin", "symbolic link");
    refused("", "no file is named");
    refused(std::string("w.bin\0.png", 10), "zero byte");
    refused(".", "directory");
}

TEST_F(ExternalData, ThroughALinkInsideTheFolderIsRead) {
    fs::create_directory(m_folder / "model" / "blobs");
    write("model/blobs/one", bytesOf({1, 2, 3, 4}));
    fs::create_symlink("blobs/one", m_folder / "model" / "w.bin");
    EXPECT_EQ(read(load(modelWith({{{"location", "w.bin"}}})), "w")[1], 2.0f);
    EXPECT_EQ(read(load(modelWith({{{"location", "./blobs/../blobs/one"}}})), "w")[2], 3.0f);
}

TEST_F(ExternalData, ThatIsMissingOrShortIsNamed) {
    write("model/short.bin", bytesOf({1, 2, 3}));
    write("model/empty.bin", "");
    ASSERT_EQ(::mkfifo((m_folder / "model" / "pipe").c_str(), 0600), 0);
    const auto refused = [&](const Entries& entries, const std::vector<std::string>& parts) {
        expectError([&] { load(modelWith({entries})); }, parts);
    };
    refused({{"location", "none.bin"}}, {"'w'", "none.bin", "No such file"});
    refused({{"location", "short.bin"}}, {"'w'", "16 bytes at 0", "'short.bin'", "12"});
    refused({{"location", "short.bin"}, {"offset", "13"}}, {"'w'", "at 13", "12"});
    refused({{"location", "short.bin"}, {"offset", "8"}, {"length", "16"}},
            {"'w'", "16 bytes at 8"});
    refused({{"location", "short.bin"}, {"offset", "18446744073709551615"}, {"length", "16"}},
            {"'w'", "18446744073709551615"});
    refused({{"location", "short.bin"}, {"length", "12"}}, {"'w'", "16 bytes", "12"});
    refused({{"location", "short.bin"}, {"offset", "-4"}}, {"'w'", "'-4'"});
    refused({{"location", "short.bin"}, {"length", "4 bytes"}}, {"'w'", "'4 bytes'"});
    refused({{"location", "empty.bin"}}, {"'w'", "16 bytes"});
    refused({{"location", "pipe"}}, {"'w'", "no regular file"});
    refused({}, {"'w'", "no file is named"});
}

}  // namespace
}  // namespace clipscope::graph
