// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "analysis/data/image.h"
#include "analysis/data/npz.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

inline const std::filesystem::path kPreprocess =
    std::filesystem::path(CLIPSCOPE_TEST_DATA) / "preprocess";

/// The images that the oracles treat.
inline constexpr const char* kOracleImages[] = {
    "astronaut_96x128.png", "cat_150x226_420.jpg", "coffee_75x113_444.jpg", "camera_gray_64x80.png",
    "noise_rgba_47x33.png", "gradient_37x50.png",  "exif_orient6_37x50.jpg"};

/// Oracle results: expected.npz "IMAGE/OPERATION", peers.npz; see tests/data/preprocess/README.md.
inline Tensor expected(const std::string& name) {
    static const NpzReader npz(kPreprocess / "expected.npz");
    return npz.read(name);
}
inline Tensor peer(const std::string& name) {
    static const NpzReader npz(kPreprocess / "peers.npz");
    return npz.read(name);
}

/// Height x width x 3, gray repeated.
inline Tensor asRgb(const Image& image) {
    Tensor tensor(DType::UInt8, {image.height, image.width, 3});
    uint8_t* out = tensor.mutableValues<uint8_t>().data();
    for (int64_t i = 0; i < image.width * image.height; ++i) {
        for (int64_t c = 0; c < 3; ++c)
            *out++ = image.data[static_cast<size_t>(i * image.channels + c % image.channels)];
    }
    return tensor;
}

/// max |a - b|; infinity where the shapes differ or one is NaN.
inline double largestDifference(const Tensor& a, const Tensor& b) {
    if (a.shape() != b.shape()) {
        ADD_FAILURE() << a.toString() << " against " << b.toString();
        return INFINITY;
    }
    const std::vector<double> x = toDoubles(a);
    const std::vector<double> y = toDoubles(b);
    double largest = 0;
    for (size_t i = 0; i < x.size(); ++i) {
        const double difference = std::abs(x[i] - y[i]);
        largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
    }
    return largest;
}

}  // namespace clipscope::data
