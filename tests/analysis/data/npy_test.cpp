// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npy.h"

#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace clipscope::data {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(CLIPSCOPE_TEST_DATA) / "npy";

std::string npy(const std::string& dictionary, const std::string& data, char version = 1) {
    std::string bytes("\x93NUMPY", 6);
    bytes += version;
    bytes += '\0';
    bytes += static_cast<char>(dictionary.size());
    bytes += std::string(version == 1 ? 1 : 3, '\0');
    return bytes + dictionary + data;
}

Tensor parse(const std::string& bytes) {
    return parseNpy(std::as_bytes(std::span(bytes)), "memory.npy");
}

TEST(Npy, ReadsHandWrittenBytes) {
    const Tensor big = parse(npy("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }",
                                 std::string("\x01\x02\xff\xfe", 4)));
    EXPECT_EQ(big.shape(), Shape{2});
    EXPECT_EQ(big.values<int16_t>()[0], 0x0102);
    EXPECT_EQ(big.values<int16_t>()[1], -2);

    // Columns first: (0,0) (1,0) (0,1) (1,1) (0,2) (1,2); keys in another order, Python 2's "L".
    const Tensor fortran =
        parse(npy(R"({"shape": (2L, 3L), "fortran_order": True, "descr": "|u1"})",
                  "\x01\x02\x03\x04\x05\x06"));
    EXPECT_EQ(toInt64s(fortran), (std::vector<int64_t>{1, 3, 5, 2, 4, 6}));

    const Tensor boolean = parse(
        npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", std::string("\0\1\2", 3)));
    EXPECT_EQ(boolean.type(), DType::Bool);
    EXPECT_EQ(toInt64s(boolean), (std::vector<int64_t>{0, 1, 1}));
}

TEST(Npy, WritesTheBytesThatNumpyWrites) {
    const std::vector<int16_t> base = [] {
        std::vector<int16_t> values;
        for (int16_t i = -12; i < 12; ++i)
            values.push_back(i);
        return values;
    }();
    const Tensor tensor = Tensor::of<int16_t>({2, 3, 4}, base);
    // numpy's version 2 file, but for the version and the two bytes that its length has more.
    const std::string numpy = readFile(kFolder / "version2.npy");
    const std::string ours = npyBytes(tensor);
    EXPECT_EQ(ours.substr(10, 60), numpy.substr(12, 60));
    EXPECT_EQ(ours.substr(128), numpy.substr(128));
    EXPECT_EQ(ours.size(), numpy.size());
    EXPECT_EQ(ours[8], 118);
    EXPECT_NE(npyBytes(Tensor::scalar(1.0f)).find("'shape': ()"), std::string::npos);
    EXPECT_NE(npyBytes(Tensor(DType::UInt8, {7})).find("'shape': (7,)"), std::string::npos);
}

TEST(Npy, ReadsVersionsTwoAndThree) {
    for (const char* file : {"version2.npy", "version3.npy"}) {
        const std::vector<int64_t> values = toInt64s(readNpy(kFolder / file));
        ASSERT_EQ(values.size(), 24u);
        for (int64_t i = 0; i < 24; ++i)
            EXPECT_EQ(values[static_cast<size_t>(i)], i - 12);
        EXPECT_EQ(readNpyInfo(kFolder / file).type, DType::Int16);
        EXPECT_EQ(readNpyInfo(kFolder / file).shape, (Shape{2, 3, 4}));
    }
}

TEST(Npy, WidensBFloat16) {
    Tensor tensor(DType::BFloat16, {2});
    reinterpret_cast<uint16_t*>(tensor.mutableBytes())[0] = 0x3f80;
    reinterpret_cast<uint16_t*>(tensor.mutableBytes())[1] = 0xc000;
    EXPECT_EQ(toDoubles(parse(npyBytes(tensor))), (std::vector<double>{1, -2}));
}

TEST(Npy, RefusesEveryTruncation) {
    const std::string whole = npyBytes(Tensor::scalar(1.0));
    for (size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW(parse(whole.substr(0, size)), Error) << size;
    EXPECT_NO_THROW(parse(whole + "more"));
    EXPECT_ERROR(parse(whole.substr(0, whole.size() - 3)), ErrorCode::BadInput,
                 "'memory.npy' is not a valid .npy array: it is truncated: float64 scalar takes 8 "
                 "bytes, 5 are there");
}

TEST(Npy, SaysWhatIsWrong) {
    EXPECT_ERROR(readNpy(kFolder / "pickled.npy"), ErrorCode::BadInput, "never loaded");
    EXPECT_ERROR(readNpy(kFolder / "structured.npy"), ErrorCode::Unsupported, "structured");
    EXPECT_ERROR(readNpy(kFolder / "complex.npy"), ErrorCode::Unsupported, "'<c8'");
    EXPECT_ERROR(readNpy(kFolder / "absent.npy"), ErrorCode::Io, "absent.npy");
    EXPECT_ERROR(readNpy(kFolder), ErrorCode::Io, "npy");
    const std::string wide =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }";
    EXPECT_ERROR(parse(npy(wide, "")), ErrorCode::BadInput, "impossibly large");
    EXPECT_ERROR(parse(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "")),
                 ErrorCode::BadInput, "tuple of sizes");
    EXPECT_ERROR(parse(npy("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }", "1234")),
                 ErrorCode::BadInput, "neither True nor False");
    EXPECT_ERROR(parse(npy("{'descr': '<f4', 'shape': (1,), }", "1234")), ErrorCode::BadInput,
                 "must give");
    EXPECT_ERROR(parse(npy("{'descr': '<f4', 'colour': (1,), }", "1234")), ErrorCode::BadInput,
                 "'colour'");
    EXPECT_ERROR(parse(npy("{}", "", 4)), ErrorCode::Unsupported, "version 4");
    EXPECT_ERROR(parse("PK\3\4 not an array"), ErrorCode::BadInput, "NUMPY");
}

}  // namespace
}  // namespace clipscope::data
