// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/error.h"
#include "analysis/data/sample_files.h"

namespace clipscope::data {

/// A sample that is read once because it stands for many.
struct KeptSample {
    std::mutex mutex;
    std::optional<Tensor> tensor;
};

/// Consecutive samples of one input out of one file; internal to samples.cpp.
struct SamplePiece {
    std::string source;  ///< the id without "#index"
    std::filesystem::path path;
    int64_t count = 1;
    bool isImage = false;
    bool isListed = false;  ///< a .npy of a folder, opened for each of its samples
    bool repeats = false;   ///< its single sample stands for `count`
    std::string array;      ///< its name in an .npz
    NpyInfo info;           ///< of the array
    ArraySamples layout;
    std::optional<Error> damage;       ///< why it cannot be read, found while looking
    std::shared_ptr<KeptSample> kept;  ///< where it stands for others, once it has been read

    SamplePiece() = default;
    SamplePiece(std::string from, std::filesystem::path file)
        : source(std::move(from)), path(std::move(file)) {}

    /// Throws as matchArray.
    void setArray(NpyInfo given, const InputSpec& input, const std::string& what);
};

/// A file of a folder of arrays, of which only the header is read. Throws as matchArray.
SamplePiece listedPiece(std::string source, const std::filesystem::path& path,
                        const InputSpec& input);

/// All samples of one input.
struct SampleColumn {
    std::vector<SamplePiece> pieces;
    std::vector<int64_t> starts;  ///< first sample of each piece
    int64_t count = 0;

    void add(SamplePiece piece);

    /// The piece of a sample and the index within it.
    std::pair<const SamplePiece*, int64_t> at(int64_t sample) const;
};

}  // namespace clipscope::data
