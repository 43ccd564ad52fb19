// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/array_rows.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <numeric>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/data/npz.h"
#include "analysis/tensor/memory_budget.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace clipscope::data {
namespace {

namespace fs = std::filesystem;
using Compression = ZipWriter::Compression;

constexpr int64_t kRows = 40;
constexpr int64_t kRowSize = 16384;  // 64 KiB: the array is no small one

/// Element i is i, so that row r begins with r * kRowSize.
Tensor counting(int64_t rows = kRows) {
    Tensor tensor(DType::Float32, {rows, 4, kRowSize / 4});
    std::iota(tensor.mutableValues<float>().begin(), tensor.mutableValues<float>().end(), 0.0f);
    return tensor;
}

void expectRow(const Tensor& row, int64_t index) {
    ASSERT_EQ(row.shape(), (Shape{1, 4, kRowSize / 4}));
    const auto values = row.values<float>();
    for (size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(values[i], static_cast<float>(index * kRowSize + static_cast<int64_t>(i)));
}

/// Opens the array of `counting` as a file of its own or as an entry of an archive.
class ArrayRowsOf : public testing::TestWithParam<const char*> {
protected:
    std::unique_ptr<const ArrayRows> open(const Tensor& tensor) const {
        const std::string kind = GetParam();
        if (kind == "npy") {
            writeNpy(m_folder / "a.npy", tensor);
            return openNpy(m_folder / "a.npy");
        }
        writeNpz(m_folder / "a.npz", {{"first", Tensor::scalar(1.0f)}, {"x", tensor}},
                 kind == "stored" ? Compression::Stored : Compression::Deflated);
        return NpzReader(m_folder / "a.npz").rows("x");
    }

    TemporaryFolder m_folder;
};

TEST_P(ArrayRowsOf, GivesThemInAnyOrder) {
    const auto rows = open(counting());
    EXPECT_EQ(rows->info().type, DType::Float32);
    EXPECT_EQ(rows->info().shape, (Shape{kRows, 4, kRowSize / 4}));
    for (int64_t i = 0; i < kRows; ++i)
        expectRow(rows->row(i), i);
    for (int64_t i = kRows; i-- > 0;)
        expectRow(rows->row(i), i);
    std::mt19937 random(1);
    for (int i = 0; i < 100; ++i) {
        const auto index = static_cast<int64_t>(random() % kRows);
        expectRow(rows->row(index), index);
    }
    const Tensor whole = rows->whole();
    expectRow(whole.rows(7, 8), 7);
    expectRow(rows->row(3), 3);
    EXPECT_ERROR(rows->row(kRows), ErrorCode::Internal, "row 40 of 40");
}

TEST_P(ArrayRowsOf, GivesThemToSeveralThreads) {
    const auto rows = open(counting());
    std::atomic<int64_t> next = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int64_t row = next++; row < 3 * kRows; row = next++)
                expectRow(rows->row(row % kRows), row % kRows);
        });
}

TEST_P(ArrayRowsOf, HoldsNoMoreThanIsAskedFor) {
    const auto rows = open(counting());
    const auto budget = std::make_shared<MemoryBudget>(3 * kRowSize * sizeof(float), "of the test");
    const MemoryBudget::Scope scope(budget);
    for (int64_t i = 0; i < kRows; ++i)
        expectRow(rows->row(i), i);
    EXPECT_ERROR(rows->whole(), ErrorCode::OutOfMemory, "a.np");
}

TEST_P(ArrayRowsOf, TakesScalarsAndEmptyArrays) {
    EXPECT_EQ(open(Tensor::scalar(2.5f))->row(0).values<float>()[0], 2.5f);
    EXPECT_EQ(open(Tensor(DType::Float32, {0, 3}))->info().shape, (Shape{0, 3}));
    EXPECT_EQ(open(Tensor(DType::Float32, {2, 0}))->row(1).shape(), (Shape{1, 0}));
}

INSTANTIATE_TEST_SUITE_P(Kinds, ArrayRowsOf, testing::Values("npy", "stored", "deflated"),
                         [](const auto& kind) { return std::string(kind.param); });

/// The header of a .npy, 128 bytes as numpy writes it.
std::string headerOf(const std::string& type, bool isFortran, const std::string& shape) {
    std::string text = "{'descr': '" + type +
                       "', 'fortran_order': " + (isFortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
    text.resize(117, ' ');
    return std::string("\x93NUMPY\1\0\x76\0", 10) + text + "\n";
}

template <typename T>
std::string bytesOf(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// Element (r, c) of 600 x 1000 is 1000 r + c.
template <typename T>
std::vector<T> columnsFirst() {
    std::vector<T> values;
    for (int c = 0; c < 1000; ++c) {
        for (int r = 0; r < 600; ++r)
            values.push_back(static_cast<T>(1000 * r + c));
    }
    return values;
}

TEST(ArrayRows, ReordersAndSwaps) {
    const TemporaryFolder folder;
    std::ofstream(folder / "f.npy", std::ios::binary)
        << headerOf("<i4", true, "(600, 1000)") << bytesOf(columnsFirst<int32_t>());
    std::vector<uint32_t> swapped(600 * 1000);
    for (uint32_t i = 0; i < swapped.size(); ++i)
        swapped[i] = __builtin_bswap32(i);
    std::ofstream(folder / "s.npy", std::ios::binary)
        << headerOf(">i4", false, "(600, 1000)") << bytesOf(swapped);
    for (const char* file : {"f.npy", "s.npy"}) {
        ZipWriter zip(folder / "a.npz");
        zip.add("x.npy", readFile(folder / file), Compression::Deflated);
        zip.commit();
        for (const auto& rows : {openNpy(folder / file), NpzReader(folder / "a.npz").rows("x")}) {
            for (const int64_t r : {0, 599, 17}) {
                const Tensor row = rows->row(r);
                ASSERT_EQ(row.shape(), (Shape{1, 1000}));
                for (int32_t c = 0; c < 1000; ++c)
                    ASSERT_EQ(row.values<int32_t>()[static_cast<size_t>(c)], 1000 * r + c) << file;
            }
        }
    }
}

TEST(ArrayRows, AreBoolsWhateverTheByte) {
    const TemporaryFolder folder;
    std::string bytes(3 << 20, '\2');
    bytes[1] = '\0';
    ZipWriter zip(folder / "a.npz");
    zip.add("x.npy", headerOf("|b1", false, "(3, 1048576)") + bytes, Compression::Stored);
    zip.commit();
    const Tensor row = NpzReader(folder / "a.npz").rows("x")->row(0);
    EXPECT_EQ(static_cast<int>(row.bytes()[0]), 1);
    EXPECT_EQ(static_cast<int>(row.bytes()[1]), 0);
}

// 64 GiB promised, 64 GiB there (a sparse file): reading all of it would take all memory.
TEST(ArrayRows, ReadsWhatMemoryCouldNotHold) {
    const TemporaryFolder folder;
    const fs::path path = folder / "large.npy";
    const std::string header = headerOf("<f4", false, "(16777216, 1024)");
    std::ofstream(path, std::ios::binary) << header;
    std::error_code refused;
    fs::resize_file(path, header.size() + (uintmax_t{1} << 36), refused);
    if (refused)
        GTEST_SKIP() << "this file system has no sparse files: " << refused.message();
    const auto rows = openNpy(path);
    EXPECT_EQ(rows->info().shape, (Shape{16777216, 1024}));
    EXPECT_EQ(rows->row(16777215).values<float>()[1023], 0.0f);
}

TEST(ArrayRows, NeedsAllOfTheArray) {
    const TemporaryFolder folder;
    const std::string whole = npyBytes(counting());
    const std::string cut = whole.substr(0, whole.size() - 1);
    std::ofstream(folder / "a.npy", std::ios::binary) << cut;
    EXPECT_ERROR(openNpy(folder / "a.npy"), ErrorCode::BadInput,
                 "a.npy' is not a valid .npy array: it is truncated: float32 40x4x4096 takes "
                 "2621440 bytes, 2621439 are there");
    for (const auto compression : {Compression::Stored, Compression::Deflated}) {
        ZipWriter zip(folder / "a.npz");
        zip.add("x.npy", cut, compression);
        zip.add("huge.npy", headerOf("<f8", false, "(1000000, 1000000)"), compression);
        zip.add("none.npy", "", compression);
        zip.add("start.npy", "\x93NUMPY\1", compression);
        zip.add("header.npy", std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14), compression);
        zip.commit();
        const NpzReader npz(folder / "a.npz");
        EXPECT_ERROR(npz.rows("x"), ErrorCode::BadInput, "a.npz: x' is not a valid .npy");
        EXPECT_ERROR(npz.rows("huge"), ErrorCode::BadInput,
                     "a.npz: huge' is not a valid .npy array: it is truncated: float64 "
                     "1000000x1000000 takes 8000000000000 bytes, 0 are there");
        EXPECT_ERROR(npz.rows("none"), ErrorCode::BadInput, "NUMPY");
        EXPECT_ERROR(npz.rows("start"), ErrorCode::BadInput, "truncated");
        EXPECT_ERROR(npz.rows("header"), ErrorCode::BadInput, "truncated inside its header");
    }
}

TEST(ArrayRows, NoticesAFileThatBecomesShorter) {
    const TemporaryFolder folder;
    writeNpy(folder / "a.npy", counting());
    writeNpz(folder / "a.npz", {{"x", counting()}});
    writeNpz(folder / "d.npz", {{"x", counting()}}, Compression::Deflated);
    const auto file = openNpy(folder / "a.npy");
    const auto stored = NpzReader(folder / "a.npz").rows("x");
    const auto deflated = NpzReader(folder / "d.npz").rows("x");
    expectRow(file->row(0), 0);
    expectRow(stored->row(0), 0);
    expectRow(deflated->row(0), 0);
    for (const char* name : {"a.npy", "a.npz", "d.npz"})
        fs::resize_file(folder / name, fs::file_size(folder / name) / 2);
    EXPECT_ERROR(file->row(kRows - 1), ErrorCode::BadInput, "a.npy' has changed meanwhile");
    EXPECT_ERROR(stored->row(kRows - 1), ErrorCode::BadInput, "a.npz': cannot read 'x.npy'");
    EXPECT_ERROR(deflated->row(kRows - 1), ErrorCode::BadInput, "d.npz': cannot read 'x.npy'");
    expectRow(file->row(1), 1);
    expectRow(stored->row(1), 1);
}

/// The bytes of an archive of `counting`, one of them changed.
std::string damaged(Compression compression, size_t at) {
    const TemporaryFolder folder;
    writeNpz(folder / "a.npz", {{"x", counting()}}, compression);
    std::string bytes = readFile(folder / "a.npz");
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    return bytes;
}

TEST(ArrayRows, VerifyTheChecksumWhereAllHasBeenRead) {
    const TemporaryFolder folder;
    std::ofstream(folder / "a.npz", std::ios::binary) << damaged(Compression::Stored, 1 << 20);
    const auto rows = NpzReader(folder / "a.npz").rows("x");
    (void)rows->row(1);  // a thread that is a little early
    for (int64_t i = 0; i < kRows - 1; ++i)
        EXPECT_NO_THROW(rows->row(i));
    EXPECT_ERROR(rows->row(kRows - 1), ErrorCode::BadInput, "a.npz': cannot read 'x.npy': CRC");
    EXPECT_ERROR(NpzReader(folder / "a.npz").read("x"), ErrorCode::BadInput, "CRC");

    const size_t half = damaged(Compression::Deflated, 0).size() / 2;
    std::ofstream(folder / "d.npz", std::ios::binary) << damaged(Compression::Deflated, half);
    const auto inflated = NpzReader(folder / "d.npz").rows("x");
    const auto readAll = [&] {
        for (int64_t i = 0; i < kRows; ++i)
            (void)inflated->row(i);
        return true;
    };
    EXPECT_ERROR(readAll(), ErrorCode::BadInput, "d.npz': cannot read 'x.npy'");
}

TEST(ArrayRows, RefuseEncryptedArrays) {
    const TemporaryFolder folder;
    writeNpz(folder / "a.npz", {{"x", counting()}});
    std::string bytes = readFile(folder / "a.npz");
    bytes[6] = static_cast<char>(bytes[6] | 1);  // the flags of the local header
    const size_t directory = bytes.rfind("PK\1\2");
    ASSERT_NE(directory, bytes.npos);
    bytes[directory + 8] = static_cast<char>(bytes[directory + 8] | 1);
    std::ofstream(folder / "e.npz", std::ios::binary) << bytes;
    EXPECT_ERROR(NpzReader(folder / "e.npz").rows("x"), ErrorCode::Unsupported, "x.npy");
}

template <typename T>
void put(std::string& bytes, T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// What local and central headers share: version 4.5, no flags, stored, a time, a CRC, and sizes
/// that stand in the extra field of zip64.
void putEntry(std::string& bytes, uint16_t nameSize, uint16_t extraSize) {
    put<uint16_t>(bytes, 45);
    put<uint16_t>(bytes, 0);
    put<uint16_t>(bytes, 0);
    put<uint32_t>(bytes, 0x00210000);
    put<uint32_t>(bytes, 0x12345678);
    put<uint32_t>(bytes, 0xffffffff);
    put<uint32_t>(bytes, 0xffffffff);
    put(bytes, nameSize);
    put(bytes, extraSize);
}

// APPNOTE.TXT 4.3: an entry over 4 GiB, most of it a hole of the file system.
TEST(ArrayRows, ReadsEntriesOverFourGibibytes) {
    const TemporaryFolder folder;
    const std::string npy = headerOf("<f4", false, "(5000, 1024, 256)");
    const uint64_t size = npy.size() + uint64_t{5000} * 1024 * 256 * 4;
    std::string start = "PK\3\4";
    putEntry(start, 5, 20);
    start += "x.npy";
    for (const uint16_t half : {1, 16})
        put(start, half);
    put(start, size);
    put(start, size);
    const uint64_t directoryAt = start.size() + size;

    std::string directory("PK\1\2\x2d\0", 6);
    putEntry(directory, 5, 20);
    directory.append(14, '\0');  // no comment, disk 0, no attributes, at 0
    directory += "x.npy";
    for (const uint16_t half : {1, 16})
        put(directory, half);
    put(directory, size);
    put(directory, size);
    const uint64_t directorySize = directory.size();
    const uint64_t endAt = directoryAt + directorySize;
    directory += "PK\6\6";
    put<uint64_t>(directory, 44);
    put<uint32_t>(directory, 0x002d002d);  // made and needed: 4.5
    for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{1}, directorySize, directoryAt})
        put(directory, value);
    directory += "PK\6\7";
    put<uint32_t>(directory, 0);
    put(directory, endAt);
    put<uint32_t>(directory, 1);
    directory += "PK\5\6";
    for (const uint16_t half : {0, 0, 0xffff, 0xffff})
        put(directory, half);
    put<uint32_t>(directory, 0xffffffff);
    put<uint32_t>(directory, 0xffffffff);
    put<uint16_t>(directory, 0);

    const fs::path path = folder / "large.npz";
    std::ofstream(path, std::ios::binary) << start << npy;
    std::error_code refused;
    fs::resize_file(path, directoryAt - 4, refused);
    if (refused)
        GTEST_SKIP() << "this file system has no sparse files: " << refused.message();
    std::string last;
    put(last, 7.5f);
    std::ofstream(path, std::ios::binary | std::ios::app) << last << directory;

    const auto rows = NpzReader(path).rows("x");
    EXPECT_EQ(rows->row(0).values<float>()[0], 0.0f);
    EXPECT_EQ(rows->row(4999).values<float>().back(), 7.5f);
    EXPECT_EQ(rows->row(2500).values<float>().back(), 0.0f);
}

}  // namespace
}  // namespace clipscope::data
