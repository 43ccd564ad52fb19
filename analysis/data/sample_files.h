// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/data/input_spec.h"
#include "analysis/data/npy.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// What a path given as samples turned out to be, told by content.
enum class SampleFileKind { Image, Npy, Npz };

/// The files that a given path stands for, all of one kind; internal to samples.cpp.
struct SampleFiles {
    SampleFileKind kind = SampleFileKind::Image;
    std::vector<std::filesystem::path> paths;
    bool isFolder = false;
};

/// A folder lists its images, else its .npy files, in byte order of their names; a file is itself.
/// Throws Error(Io) for what cannot be opened, BadInput for what is no sample.
SampleFiles listSampleFiles(const std::filesystem::path& path);

/// How an array feeds an input: `count` samples, each a row (batch of 1) or an item as it is.
struct ArraySamples {
    int64_t count = 0;
    bool itemsAsTheyAre = false;  ///< the array has one rank more than the input
};

/// Throws Error(BadInput) naming `what`, the input and both shapes or types when they do not fit.
ArraySamples matchArray(const NpyInfo& array, const InputSpec& input, const std::string& what);

/// The sample that a row of an array is (an array of one, as ArrayRows reads it) which matchArray
/// accepted, in the input's type.
Tensor sampleOf(const Tensor& row, const ArraySamples& samples, const InputSpec& input,
                const std::string& what);

}  // namespace clipscope::data
