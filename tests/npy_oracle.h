// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <zip.h>

/// Reads the arrays of tests/data without the code under test: C-ordered .npy, and .npz through
/// libzip (link PkgConfig::ZIP). Any fault throws std::runtime_error, which fails the test.
namespace clipscope::oracle {

struct Array {
    std::string dtype;  ///< such as "<f4"
    std::vector<size_t> shape;
    std::string bytes;

    /// The elements as they are stored; T must be as long as an element.
    template <typename T>
    std::vector<T> values() const {
        if (sizeof(T) != static_cast<size_t>(dtype.back() - '0'))
            throw std::runtime_error("oracle array has elements of type " + dtype);
        std::vector<T> result(bytes.size() / sizeof(T));
        std::memcpy(result.data(), bytes.data(), bytes.size());
        return result;
    }
};

inline Array parseNpy(const std::string& file) {
    if (file.size() < 10 || file.compare(0, 6, "\x93NUMPY") != 0)
        throw std::runtime_error("not an .npy file");
    const bool isLong = file[6] > 1;
    const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(file[i])); };
    const size_t length =
        byte(8) + (byte(9) << 8) + (isLong ? (byte(10) << 16) + (byte(11) << 24) : 0);
    const size_t start = isLong ? 12 : 10;
    const std::string header = file.substr(start, length);
    if (header.find("'fortran_order': False") == std::string::npos)
        throw std::runtime_error("oracle array is not C-ordered");
    Array array;
    const size_t descr = header.find('\'', header.find("'descr':") + 8) + 1;
    array.dtype = header.substr(descr, header.find('\'', descr) - descr);
    std::istringstream shape(header.substr(header.find('(') + 1));
    for (size_t extent = 0; shape >> extent; shape.ignore(1))
        array.shape.push_back(extent);
    array.bytes = file.substr(start + length);
    return array;
}

inline std::string readFile(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::runtime_error("cannot open " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline Array loadNpy(const std::string& path) {
    return parseNpy(readFile(path));
}

/// The array `name` of an .npz.
inline Array loadNpz(const std::string& path, const std::string& name) {
    int code = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
    if (!archive)
        throw std::runtime_error("cannot open " + path);
    std::string bytes;
    zip_stat_t stat;
    zip_file_t* file = zip_fopen(archive, (name + ".npy").c_str(), 0);
    bool good = file && zip_stat(archive, (name + ".npy").c_str(), 0, &stat) == 0;
    if (good) {
        bytes.resize(stat.size);
        good = zip_fread(file, bytes.data(), stat.size) == static_cast<zip_int64_t>(stat.size);
    }
    if (file)
        zip_fclose(file);
    zip_discard(archive);
    if (!good)
        throw std::runtime_error("no array " + name + " in " + path);
    return parseNpy(bytes);
}

/// tests/data/histograms, whose README lists the files.
inline std::string histogramData(const std::string& file) {
    return std::string(CLIPSCOPE_TEST_DATA) + "/histograms/" + file;
}

inline std::vector<float> samples(const std::string& name) {
    return loadNpz(histogramData("samples.npz"), name).values<float>();
}

inline std::vector<uint64_t> exactBins(const std::string& name) {
    return loadNpz(histogramData("hist.npz"), name).values<uint64_t>();
}

inline nlohmann::json histogramJson(const std::string& file) {
    return nlohmann::json::parse(readFile(histogramData(file)));
}

/// The cases that have samples.
inline std::vector<std::string> sampleNames() {
    return {"relu_half_gaussian", "gaussian",      "leaky_relu",      "gelu",     "image_u8",
            "student_t",          "outlier_spike", "almost_constant", "constant", "wide_range",
            "sparse95",           "tiny_amax",     "shifted_positive"};
}

}  // namespace clipscope::oracle
