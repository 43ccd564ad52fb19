// SPDX-License-Identifier: Apache-2.0
// Bad input gets a clear error that names the file, the place and what to do; nothing is lost.
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "analysis/base/atomic_file.h"
#include "analysis/data/npy.h"
#include "analysis/data/npz.h"
#include "tests/cli/process.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope {
namespace {

namespace fs = std::filesystem;

const std::string kExamples = CLIPSCOPE_EXAMPLES;
const std::string kLenet = kExamples + "/lenet.onnx";
const std::string kDigits = kExamples + "/digits";

class BadInput : public testing::Test {
protected:
    std::string file(const std::string& name) const { return (m_folder / name).string(); }
    std::string write(const std::string& name, const std::string& bytes) const {
        std::ofstream(m_folder / name, std::ios::binary) << bytes;
        return file(name);
    }
    /// Exit status 2, all parts in the message, and one error line only.
    void expectRefused(const std::vector<std::string>& arguments,
                       const std::vector<std::string>& parts) const {
        const ProcessResult result = clipscope(arguments);
        EXPECT_EQ(result.status, 2) << result.out << result.err;
        EXPECT_NE(result.err.find("clipscope: error: "), std::string::npos) << result.err;
        for (const std::string& part : parts)
            EXPECT_NE(result.err.find(part), std::string::npos)
                << "'" << part << "' is missing from: " << result.err;
    }
    /// A model y = Relu(x) over [N, 3].
    std::string reluModel() const {
        ModelBuilder model;
        model.input("x", {-1, 3});
        model.node("Relu", {"x"}, {"y"});
        model.output("y");
        return model.save(m_folder / "relu.onnx").string();
    }
    std::string npy(const std::string& name, const Shape& shape,
                    const std::vector<float>& values) const {
        data::writeNpy(m_folder / name, Tensor::of<float>(shape, values));
        return file(name);
    }

    TemporaryFolder m_folder;
};

TEST_F(BadInput, ShapesThatNoMemoryHoldsAreRefusedBeforeTheyAreAllocated) {
    const auto declaring = [&](const std::vector<int64_t>& shape) {
        ModelBuilder model;
        model.input("x", shape);
        model.node("Relu", {"x"}, {"y"});
        model.output("y");
        return model.save(m_folder / "declares.onnx").string();
    };
    const auto calibrate = [&](const std::string& model, const std::string& data) {
        return std::vector<std::string>{"calibrate", model,       "--data",
                                        data,        "--session", file("s.clipscope")};
    };
    expectRefused(calibrate(declaring({1, 1, 200'000, 200'000}), kDigits), {"200000x200000"});
    expectRefused(calibrate(declaring({int64_t{1} << 40, 1, 28, 28}), kDigits), {"1099511627776"});
    expectRefused(calibrate(declaring({1'000'000'000, 1, 28, 28}), kDigits),
                  {"fixed to 1000000000", "over the limit"});

    ModelBuilder model;
    model.input("x", {-1, 3}).ints("shape", {2}, {1'000'000, 3'000'000});
    model.node("Sum", {"x", "x"}, {"sum"});
    model.node("Tile", {"sum", "shape"}, {"y"});
    model.output("y");
    expectRefused(
        calibrate(model.save(m_folder / "tile.onnx").string(), npy("x.npy", {1, 3}, {1, 2, 3})),
        {"Tile node 'y'", "float32 1000000x9000000", "CLIPSCOPE_MEMORY_GIB"});
}

TEST_F(BadInput, WhatIsNoModel) {
    const std::string text = write("text.onnx", "once upon a time there was a text\n");
    expectRefused({"calibrate", text, "--data", kDigits}, {text, "byte"});
    const std::string empty = write("empty.onnx", "");
    expectRefused({"calibrate", empty, "--data", kDigits}, {empty, "is empty"});
    const std::string cut = write("cut.onnx", readFile(kLenet).substr(0, 500000));
    expectRefused({"calibrate", cut, "--data", kDigits}, {cut, "truncated"});
    expectRefused({"calibrate", file("none.onnx"), "--data", kDigits},
                  {"none.onnx", "No such file or directory"});
}

TEST_F(BadInput, AnUnsupportedOperatorIsNamedWithNodeAndOpset) {
    ModelBuilder model(19);
    model.input("x", {-1, 3});
    model.node("NoSuchOperator", {"x"}, {"broken"});
    model.node("OtherOne", {"broken"}, {"y"});
    model.output("y");
    expectRefused({"calibrate", model.save(m_folder / "m.onnx").string(), "--data", kDigits},
                  {"NoSuchOperator node 'broken'", "opset 19", "OtherOne"});
}

TEST_F(BadInput, AnUnsupportedElementTypeIsNamed) {
    ModelBuilder model;
    model.input("x", {-1, 3});
    auto* tensor = model.proto().mutable_graph()->add_initializer();
    tensor->set_name("words");
    tensor->set_data_type(8);
    tensor->add_dims(1);
    tensor->add_string_data("hello");
    model.node("Relu", {"x"}, {"y"});
    model.output("y");
    expectRefused({"inspect", model.save(m_folder / "m.onnx").string()}, {"'words'", "string"});
}

TEST_F(BadInput, AnInputWithoutData) {
    expectRefused({"calibrate", reluModel()}, {"--data"});
    ModelBuilder two;
    two.input("a", {-1, 3}).input("b", {-1, 3});
    two.node("Add", {"a", "b"}, {"y"});
    two.output("y");
    const std::string path = two.save(m_folder / "two.onnx").string();
    const std::string samples = npy("a.npy", {2, 3}, {1, 2, 3, 4, 5, 6});
    expectRefused({"calibrate", path, "--input", "a=" + samples}, {"'b'"});
    data::writeNpz(m_folder / "a.npz",
                   {{"a", Tensor::of<float>({2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6})}});
    expectRefused({"calibrate", path, "--data", file("a.npz")}, {"a.npz", "b"});
}

TEST_F(BadInput, ASampleOfTheWrongShapeOrType) {
    const std::string wrong = npy("wrong.npy", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
    expectRefused({"calibrate", reluModel(), "--data", wrong}, {"wrong.npy", "'x'", "2x4", "?x3"});
}

TEST_F(BadInput, AShapeThatDoesNotFitNamesTheNodeAndTheShapes) {
    ModelBuilder model;
    model.input("x", {-1, 3}).floats("w", {4, 2}, std::vector<float>(8, 1.0f));
    model.node("MatMul", {"x", "w"}, {"product"});
    model.output("product");
    const std::string samples = npy("x.npy", {1, 3}, {1, 2, 3});
    expectRefused({"calibrate", model.save(m_folder / "m.onnx").string(), "--data", samples},
                  {"MatMul node 'product'", "1x3", "4x2"});
}

TEST_F(BadInput, AnUnreadableImageIsSkippedCountedAndNamed) {
    fs::create_directory(m_folder / "images");
    size_t copied = 0;
    for (const auto& entry : fs::directory_iterator(kDigits))
        if (entry.path().extension() == ".png" && copied < 5) {
            fs::copy_file(entry.path(), m_folder / "images" / entry.path().filename());
            ++copied;
        }
    write("images/broken.png", "\x89PNG\r\n\x1a\nand then nothing of the kind");
    const ProcessResult result = clipscope({"calibrate", kLenet, "--data", file("images"),
                                            "--preprocess", kExamples + "/lenet.preprocess.json",
                                            "--session", file("s.clipscope"), "--json"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.err.find("skipped images/broken.png#0"), std::string::npos) << result.err;
    const auto json = nlohmann::json::parse(result.out, nullptr, false);
    EXPECT_EQ(json.at("samples"), 5);
    ASSERT_EQ(json.at("skipped").size(), 1u);
    EXPECT_EQ(json.at("skipped")[0].at("id"), "images/broken.png#0");

    fs::create_directory(m_folder / "bad");
    fs::copy_file(m_folder / "images" / "broken.png", m_folder / "bad" / "broken.png");
    expectRefused({"calibrate", kLenet, "--data", file("bad")}, {"not one", "broken.png"});
    fs::create_directory(m_folder / "nothing");
    expectRefused({"calibrate", kLenet, "--data", file("nothing")}, {"nothing"});
}

TEST_F(BadInput, NanAndInfinityInTheSamplesAreCountedAndLeftOut) {
    const std::string samples = npy("x.npy", {2, 3}, {1, NAN, -3, INFINITY, 5, -INFINITY});
    const ProcessResult result = clipscope({"calibrate", reluModel(), "--data", samples, "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.err.find("'x' has 1 NaN and 2 infinite values"), std::string::npos)
        << result.err;
    const auto json = nlohmann::json::parse(result.out, nullptr, false);
    EXPECT_EQ(json.at("tensors")[0].at("nan"), 1);
    EXPECT_EQ(json.at("tensors")[0].at("inf"), 2);
    EXPECT_EQ(json.at("tensors")[0].at("amax"), 5.0);
}

TEST_F(BadInput, NoSpaceLeftKeepsWhatWasThere) {
    write("s.clipscope", "the old session");
    write("c.cache", "the old cache");
    const auto limit = [] {
        const rlimit small{2048, 2048};
        ::setrlimit(RLIMIT_FSIZE, &small);
    };
    Process process({"calibrate", kLenet, "--data", kDigits, "--limit", "5", "--session",
                     file("s.clipscope"), "-o", file("c.cache")},
                    limit);
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("s.clipscope"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("File too large"), std::string::npos) << result.err;
    EXPECT_EQ(readFile(m_folder / "s.clipscope"), "the old session");
    EXPECT_EQ(readFile(m_folder / "c.cache"), "the old cache");
    EXPECT_EQ(m_folder.fileCount(), 2u);
}

TEST_F(BadInput, AnOutputThatCannotBePrintedIsAnError) {
    const auto toFullDisk = [] {
        const int full = ::open("/dev/full", O_WRONLY);
        ::dup2(full, STDOUT_FILENO);
    };
    Process process({"--version"}, toFullDisk);
    const ProcessResult version = process.wait();
    EXPECT_EQ(version.status, 2) << version.err;
    Process listing({"inspect", kLenet}, toFullDisk);
    const ProcessResult result = listing.wait();
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("No space left on device"), std::string::npos) << result.err;
}

TEST_F(BadInput, AnOutputFolderThatIsNotThereIsToldBeforeTheRun) {
    expectRefused({"calibrate", kLenet, "--data", kDigits, "-o", file("no/such/folder/x.cache")},
                  {"no/such/folder"});
    fs::create_directory(m_folder / "folder");
    const ProcessResult result =
        clipscope({"calibrate", kLenet, "--data", kDigits, "--limit", "2", "-o", file("folder")});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find("Is a directory"), std::string::npos) << result.err;
}

TEST_F(BadInput, AFolderThatCannotBeWritten) {
    fs::permissions(m_folder.path(), fs::perms(0755));
    fs::create_directory(m_folder / "locked");
    fs::permissions(m_folder / "locked", fs::perms(0555));
    const auto asNobody = [] {
        if (::getuid() == 0)
            ::setuid(65534);
    };
    Process process(
        {"calibrate", kLenet, "--data", kDigits, "--limit", "2", "-o", file("locked/x.cache")},
        asNobody);
    const ProcessResult result = process.wait();
    if (result.status == 127)
        GTEST_SKIP() << "an ordinary user cannot read the folder of the build";
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("locked/x.cache': Permission denied"), std::string::npos)
        << result.err;
}

TEST_F(BadInput, AnUnknownTensorSuggestsTheNearest) {
    ASSERT_EQ(clipscope({"calibrate", kLenet, "--data", kDigits, "--limit", "3", "--session",
                         file("s.clipscope")})
                  .status,
              0);
    const std::string before = readFile(m_folder / "s.clipscope");
    expectRefused({"set", file("s.clipscope"), "conv", "--threshold", "1"},
                  {"'conv'", "conv1", "conv2"});
    expectRefused({"set", file("s.clipscope"), "ip3", "--threshold", "1"}, {"ip1", "ip2"});
    expectRefused({"set", file("s.clipscope"), "ip2", "--threshold", "-4"}, {"positive"});
    expectRefused({"set", file("s.clipscope"), "ip2", "--threshold", "4x"}, {"'4x'"});
    expectRefused({"set", file("s.clipscope"), "ip2", "--scale", "00000000"}, {"scale"});
    expectRefused({"set", file("s.clipscope"), "ip2", "--range=3,1"}, {"LO < HI"});
    expectRefused({"set", file("s.clipscope"), "nowhere", "--float"}, {"'nowhere'", "inspect"});
    expectRefused({"curve", file("s.clipscope"), "ip2", "--kind", "mse", "--method", "entropy"},
                  {"--kind kl"});
    EXPECT_EQ(clipscope({"curve", file("s.clipscope"), "ip2", "--at", "-1"}).status, 2);
    EXPECT_EQ(readFile(m_folder / "s.clipscope"), before);
}

TEST_F(BadInput, AnOutputThatWouldReplaceItsInput) {
    fs::copy_file(kLenet, m_folder / "m.onnx");
    fs::create_symlink("m.onnx", m_folder / "link.onnx");
    const std::string bytes = readFile(kLenet);
    const std::vector<std::string> calibrate{"calibrate", file("m.onnx"), "--data",
                                             kDigits,     "--limit",      "2"};
    auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), calibrate.begin(), calibrate.end());
        return more;
    };
    expectRefused(with({"-o", file("m.onnx")}), {"would replace"});
    expectRefused(with({"--session", file("link.onnx")}), {"would replace"});
    expectRefused(with({"--session", file("a"), "-o", file("./a")}), {"would replace"});
    expectRefused({"run", file("m.onnx"), "--data", kDigits, "-o", file("m.onnx")},
                  {"would replace"});
    EXPECT_EQ(readFile(m_folder / "m.onnx"), bytes);
    ASSERT_EQ(clipscope(with({"--session", file("s.clipscope")})).status, 0);
    expectRefused({"export", file("s.clipscope"), "-o", file("s.clipscope")}, {"would replace"});
}

TEST_F(BadInput, WrongUsageIsStatusTwo) {
    EXPECT_EQ(clipscope({}).status, 2);
    EXPECT_EQ(clipscope({"frobnicate"}).status, 2);
    EXPECT_EQ(clipscope({"calibrate"}).status, 2);
    expectRefused({"calibrate", kLenet, "--data", kDigits, "--method", "magic"},
                  {"magic", "entropy", "percentile"});
    expectRefused({"calibrate", kLenet, "--data", kDigits, "--method", "legacy"}, {"legacy"});
    expectRefused({"calibrate", kLenet, "--data", kDigits, "--param", "bins=7x"}, {"bins"});
    expectRefused({"calibrate", kLenet, "--data", kDigits, "--param", "quantile=1"},
                  {"quantile", "levels"});
    expectRefused({"calibrate", kLenet, "--data", kDigits, "--format", "onnx"}, {"tensorrt"});
    for (const char* shard : {"0/3", "4/3", "x", "1/", "1/3x"})
        expectRefused({"calibrate", kLenet, "--data", kDigits, "--shard", shard}, {"I/N", shard});
    expectRefused({"calibrate", kLenet, "--data", kDigits, "--preprocess", "nonsense"},
                  {"nonsense", "imagenet-torch"});
}

TEST_F(BadInput, ADamagedOrNewerSession) {
    ASSERT_EQ(clipscope({"calibrate", kLenet, "--data", kDigits, "--limit", "3", "--session",
                         file("s.clipscope")})
                  .status,
              0);
    const std::string bytes = readFile(m_folder / "s.clipscope");
    const std::string cut = write("cut.clipscope", bytes.substr(0, bytes.size() / 2));
    expectRefused({"inspect", cut}, {"cut.clipscope", "zip"});
    expectRefused({"inspect", CLIPSCOPE_TEST_DATA "/examples/lenet_outputs.npz"},
                  {"lenet_outputs.npz", "samples"});
    expectRefused({"thresholds", CLIPSCOPE_TEST_DATA "/examples/lenet_outputs.npz"},
                  {"lenet_outputs.npz", "no manifest.json"});
    expectRefused({"thresholds", cut}, {"cut.clipscope"});
    expectRefused({"thresholds", kLenet}, {"lenet.onnx", "no session"});
}

TEST_F(BadInput, CancellingKeepsWhatWasCollectedAndExportsNothing) {
    // A sparse file of zeros: hours of samples that take no room.
    const std::string header = data::npyBytes(Tensor(DType::Float32, {0, 1, 28, 28}));
    const std::string count = "40000000";
    std::string long_header = header;
    const size_t at = long_header.find("(0, 1");
    long_header.replace(at, 2 + count.size() - 1, "(" + count);
    // The header pads with blanks: put the rest of the shape behind the longer number.
    const std::string shape = "(" + count + ", 1, 28, 28), }";
    long_header = header;
    long_header.replace(at, shape.size(), shape);
    std::ofstream(m_folder / "long.npy", std::ios::binary) << long_header;
    fs::resize_file(m_folder / "long.npy", header.size() + 40000000ull * 28 * 28 * 4);

    Process process({"calibrate", kLenet, "--data", file("long.npy"), "--session",
                     file("s.clipscope"), "-o", file("c.cache"), "--limit", "2000000"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    process.interrupt();
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 3) << result.err;
    EXPECT_NE(result.err.find("cancelled after"), std::string::npos) << result.err;
    EXPECT_FALSE(fs::exists(m_folder / "c.cache"));
    const ProcessResult listing = clipscope({"inspect", file("s.clipscope"), "--json"});
    ASSERT_EQ(listing.status, 0) << listing.err;
    const auto json = nlohmann::json::parse(listing.out, nullptr, false);
    EXPECT_TRUE(json.at("partial").get<bool>());
    EXPECT_GT(json.at("samples").get<int>(), 0);
    for (const auto& tensor : json.at("tensors"))
        EXPECT_GT(tensor.at("count").get<int64_t>(), 0);
    expectRefused({"export", file("s.clipscope"), "-o", file("c.cache")}, {"--allow-partial"});
    EXPECT_FALSE(fs::exists(m_folder / "c.cache"));
    EXPECT_EQ(
        clipscope({"export", file("s.clipscope"), "-o", file("c.cache"), "--allow-partial"}).status,
        0);
}

}  // namespace
}  // namespace clipscope
