// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/sample_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/data/convert.h"
#include "analysis/data/image.h"

namespace clipscope::data {
namespace {

namespace fs = std::filesystem;

std::string lowerExtension(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return extension;
}

SampleFiles listFolder(const fs::path& folder) {
    SampleFiles images{SampleFileKind::Image, {}, true};
    SampleFiles arrays{SampleFileKind::Npy, {}, true};
    try {
        for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
            const std::string extension = lowerExtension(entry.path());
            if (extension == ".png" || extension == ".jpg" || extension == ".jpeg")
                images.paths.push_back(entry.path());
            else if (extension == ".npy")
                arrays.paths.push_back(entry.path());
        }
    } catch (const fs::filesystem_error& error) {
        throw Error(ErrorCode::Io,
                    fmt::format("cannot read '{}': {}", folder.string(), error.code().message()));
    }
    SampleFiles& files = images.paths.empty() ? arrays : images;
    if (files.paths.empty())
        throw Error(
            ErrorCode::BadInput,
            fmt::format("folder '{}' holds no .png, .jpg, .jpeg or .npy file", folder.string()));
    std::sort(files.paths.begin(), files.paths.end(),
              [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
    return std::move(files);
}

std::string misfit(const NpyInfo& array, const InputSpec& input, const std::string& what) {
    return fmt::format("'{}' is {} {}, which does not fit input '{}' of {} {}", what,
                       name(array.type), array.shape.toString(), input.name, name(input.type),
                       toString(input.dims));
}

bool fits(const Shape& shape, size_t shapeFrom, const InputSpec& input, size_t inputFrom) {
    for (size_t axis = inputFrom; axis < input.dims.size(); ++axis) {
        const int64_t extent = shape[axis - inputFrom + shapeFrom];
        if (input.dims[axis] >= 0 && extent != input.dims[axis])
            return false;
    }
    return true;
}

}  // namespace

SampleFiles listSampleFiles(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored))
        return listFolder(path);
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot read '{}': {}", path.string(), std::strerror(errno)));
    std::array<char, 8> start{};
    file.read(start.data(), start.size());
    const std::string_view magic(start.data(), static_cast<size_t>(file.gcount()));
    if (magic.starts_with("\x93NUMPY"))
        return {SampleFileKind::Npy, {path}, false};
    if (magic.starts_with("PK"))
        return {SampleFileKind::Npz, {path}, false};
    if (looksLikeImage(std::as_bytes(std::span(magic))))
        return {SampleFileKind::Image, {path}, false};
    throw Error(ErrorCode::BadInput,
                fmt::format("'{}' holds no samples: it is neither a PNG or JPEG image nor .npy "
                            "nor .npz",
                            path.string()));
}

ArraySamples matchArray(const NpyInfo& array, const InputSpec& input, const std::string& what) {
    const size_t rank = input.dims.size();
    const size_t arrayRank = array.shape.rank();
    ArraySamples samples;
    if (arrayRank == rank) {
        // A scalar input has no batch axis: the array is its one sample.
        samples.count = rank == 0 ? 1 : array.shape[0];
        samples.itemsAsTheyAre = false;
    } else if (arrayRank == rank + 1) {
        samples.count = array.shape[0];
        samples.itemsAsTheyAre = true;
    } else {
        throw Error(ErrorCode::BadInput,
                    fmt::format("{}; its rank must be {} (first axis the batch) or {} (first axis "
                                "counts samples)",
                                misfit(array, input, what), rank, rank + 1));
    }
    const bool fitting =
        samples.itemsAsTheyAre ? fits(array.shape, 1, input, 0) : fits(array.shape, 1, input, 1);
    if (!fitting)
        throw Error(ErrorCode::BadInput, misfit(array, input, what));
    if (!canConvert(array.type, input.type))
        throw Error(ErrorCode::BadInput,
                    fmt::format("{}; convert its type first", misfit(array, input, what)));
    return samples;
}

Tensor sampleOf(const Tensor& row, const ArraySamples& samples, const InputSpec& input,
                const std::string& what) {
    Tensor sample = row;
    if (samples.itemsAsTheyAre) {
        const auto& extents = row.shape().extents();
        sample = row.reshaped(Shape(std::vector<int64_t>(extents.begin() + 1, extents.end())));
    }
    try {
        return converted(sample, input.type);
    } catch (const Error& error) {
        throw error.within(fmt::format("'{}' for input '{}'", what, input.name));
    }
}

}  // namespace clipscope::data
