// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npz.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace clipscope::data {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(CLIPSCOPE_TEST_DATA) / "npy";

class NpzOfNumpy : public testing::TestWithParam<const char*> {};

TEST_P(NpzOfNumpy, HasTheValuesThatNumpyWrote) {
    const NpzReader npz(kFolder / GetParam());
    EXPECT_EQ(npz.names().size(), 38u);
    for (const std::string& name : npz.names()) {
        const size_t split = name.find('_');
        if (split == name.npos)
            continue;
        const Tensor tensor = npz.read(name);
        const std::string type = name.substr(split + 1);
        EXPECT_EQ(tensor.shape(), (Shape{2, 3, 4})) << name;
        EXPECT_EQ(elementSize(tensor.type()), static_cast<size_t>(type[1] - '0')) << name;
        const std::vector<double> values = toDoubles(tensor);
        for (size_t i = 0; i < 24; ++i)
            EXPECT_EQ(values[i], static_cast<double>(i) - (type[0] == 'u' ? 0 : 12)) << name;
    }
    EXPECT_EQ(npz.read("scalar").values<double>()[0], 2.5);
    EXPECT_EQ(npz.read("scalar").rank(), 0u);
    EXPECT_EQ(npz.read("empty").shape(), (Shape{0, 3}));
    const auto flags = toInt64s(npz.read("bool"));
    for (int64_t i = 0; i < 24; ++i)
        EXPECT_EQ(flags[static_cast<size_t>(i)], (i - 12) % 3 == 0 ? 1 : 0);
    const Tensor special = npz.read("special/f4");
    const auto values = special.values<float>();
    EXPECT_TRUE(std::isnan(values[0]));
    EXPECT_EQ(values[1], std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::signbit(values[3]));
    EXPECT_EQ(values[4], 1e-40f);
}

INSTANTIATE_TEST_SUITE_P(Files, NpzOfNumpy, testing::Values("stored.npz", "deflated.npz"));

TEST(Npz, ReadsWhatItWrites) {
    const TemporaryFolder folder;
    const Tensor names[] = {Tensor::scalar<int64_t>(-5), Tensor(DType::Float32, {0, 4})};
    for (const auto compression :
         {ZipWriter::Compression::Stored, ZipWriter::Compression::Deflated}) {
        writeNpz(folder / "a.npz", {{"/layer/weights:0", names[0]}, {"größe", names[1]}},
                 compression);
        const NpzReader npz(folder / "a.npz");
        EXPECT_EQ(npz.names(), (std::vector<std::string>{"/layer/weights:0", "größe"}));
        EXPECT_EQ(npz.read("/layer/weights:0").values<int64_t>()[0], -5);
        EXPECT_EQ(npz.read("größe").shape(), (Shape{0, 4}));
    }
    EXPECT_EQ(folder.fileCount(), 1u);
}

TEST(Npz, EqualContentGivesEqualBytes) {
    const TemporaryFolder folder;
    writeNpz(folder / "a.npz", {{"x", Tensor::scalar(1.0f)}}, ZipWriter::Compression::Deflated);
    writeNpz(folder / "b.npz", {{"x", Tensor::scalar(1.0f)}}, ZipWriter::Compression::Deflated);
    EXPECT_EQ(readFile(folder / "a.npz"), readFile(folder / "b.npz"));
}

TEST(Npz, SaysWhatIsWrong) {
    const TemporaryFolder folder;
    EXPECT_ERROR(NpzReader(folder / "absent.npz"), ErrorCode::Io, "absent.npz");
    std::ofstream(folder / "text.npz") << "not a zip";
    EXPECT_ERROR(NpzReader(folder / "text.npz"), ErrorCode::BadInput, "text.npz");
    writeNpz(folder / "a.npz", {{"x", Tensor::scalar(1.0f)}, {"y", Tensor::scalar(2.0f)}});
    EXPECT_ERROR(NpzReader(folder / "a.npz").read("z"), ErrorCode::BadInput,
                 "has no array 'z'; it has x, y");
    EXPECT_ERROR(writeNpz(folder / "absent" / "a.npz", {}), ErrorCode::Io, "No such file");
    EXPECT_ERROR(writeNpz(folder / "b.npz", {{"x", Tensor::scalar(1)}, {"x", Tensor::scalar(2)}}),
                 ErrorCode::Io, "x.npy");
    EXPECT_EQ(folder.fileCount(), 2u);
}

TEST(Npz, NoticesDamage) {
    const TemporaryFolder folder;
    writeNpz(folder / "a.npz", {{"x", Tensor::scalar(1.0f)}});
    std::string bytes = readFile(folder / "a.npz");
    const size_t data = bytes.find("\x93NUMPY") + 128;
    bytes[data] = static_cast<char>(bytes[data] ^ 1);
    std::ofstream(folder / "flipped.npz", std::ios::binary) << bytes;
    EXPECT_ERROR(NpzReader(folder / "flipped.npz").read("x"), ErrorCode::BadInput, "flipped.npz");
    std::ofstream(folder / "cut.npz", std::ios::binary) << bytes.substr(0, bytes.size() / 2);
    EXPECT_ERROR(NpzReader(folder / "cut.npz"), ErrorCode::BadInput, "cut.npz");
}

TEST(Npz, ArraysOutliveTheirFile) {
    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "large.npz";
    Tensor large(DType::Float32, {3, 1 << 17});
    for (size_t i = 0; i < large.values<float>().size(); ++i)
        large.mutableValues<float>()[i] = static_cast<float>(i) - 0.5f;
    for (const auto compression :
         {ZipWriter::Compression::Stored, ZipWriter::Compression::Deflated}) {
        writeNpz(path, {{"large", large}, {"small", Tensor::scalar(1.0f)}}, compression);
        Tensor got = NpzReader(path).read("large");
        std::filesystem::remove(path);
        EXPECT_EQ(got.shape(), large.shape());
        EXPECT_TRUE(std::ranges::equal(got.values<float>(), large.values<float>()));
    }
}

}  // namespace
}  // namespace clipscope::data
