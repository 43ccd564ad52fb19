// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/format_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/formats/nearest_names.h"
#include "analysis/formats/row_writers.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

constexpr std::array<std::string_view, 4> kCacheExtensions = {".cache", ".calib", ".bin", ".txt"};
constexpr std::array<std::string_view, 1> kCsvExtensions = {".csv"};
constexpr std::array<std::string_view, 1> kJsonExtensions = {".json"};

constexpr std::array kFormats = {
    Format{.id = "tensorrt",
           .label = "TensorRT calibration cache",
           .extensions = kCacheExtensions,
           .canRead = true,
           .canWrite = true,
           .writes = writeTensorRtRows,
           .reads = readTensorRtRows,
           .onlyScales = true,
           .lossNote = "A TensorRT cache holds one symmetric scale for each tensor, nothing else."},
    Format{.id = "csv",
           .label = "Table (CSV)",
           .extensions = kCsvExtensions,
           .canWrite = true,
           .writes = writeCsv,
           .holdsAffine = true},
    Format{.id = "json",
           .label = "JSON",
           .extensions = kJsonExtensions,
           .canWrite = true,
           .writes = writeJson,
           .holdsAffine = true,
           .lossNote = "JSON has no infinities and only UTF-8 names."},
};

/// Of the command line's list, still to be written.
constexpr std::array<std::string_view, 18> kPlanned = {
    "qdq-onnx",      "ort-json",       "ort-cache",     "ort-flatbuffers", "ort-tensors-data",
    "ort-overrides", "aimet-0.6.1",    "aimet-1.0.0",   "aimet-2.0.0",     "ranges",
    "snippet-cpp",   "snippet-python", "sophgo",        "nvdla",           "ppq",
    "ncnn",          "rknn",           "model-explorer"};

std::vector<std::string> knownIds() {
    std::vector<std::string> ids;
    for (const Format& format : kFormats)
        ids.emplace_back(format.id);
    return ids;
}

template <typename Predicate>
std::vector<std::string> namesWhere(std::span<const TensorRow> rows, Predicate holds) {
    std::vector<std::string> names;
    for (const TensorRow& row : rows) {
        if (holds(row))
            names.push_back(row.name);
    }
    return names;
}

/// "1 tensor is" or "3 tensors are", with the rest of the sentence and the names.
void say(std::vector<std::string>& sentences, const std::vector<std::string>& names,
         std::string_view rest) {
    if (!names.empty())
        sentences.push_back(fmt::format("{} {}: {}.",
                                        names.size() == 1
                                            ? std::string("1 tensor is")
                                            : fmt::format("{} tensors are", names.size()),
                                        rest, nameList(names)));
}

}  // namespace

std::span<const Format> formats() {
    return kFormats;
}

const Format& findFormat(std::string_view id) {
    for (const Format& format : kFormats) {
        if (format.id == id)
            return format;
    }
    const std::vector<std::string> ids = knownIds();
    if (std::find(kPlanned.begin(), kPlanned.end(), id) != kPlanned.end())
        throw Error(ErrorCode::Unsupported,
                    fmt::format("the format {} is planned, but this version does not have it yet; "
                                "available: {}",
                                id, fmt::join(ids, ", ")));
    const std::vector<std::string> near = nearestNames(id, ids, 1);
    throw Error(
        ErrorCode::Usage,
        fmt::format("there is no format \"{}\"{}; available: {}", shown(id),
                    near.empty() ? "" : " (did you mean " + near[0] + "?)", fmt::join(ids, ", ")));
}

const Format& detectFormat(std::string_view bytes, const std::string& fileName) {
    // One format is read so far, and its reader says what else the bytes look like.
    TensorRtCache::parse(bytes, fileName);
    return findFormat("tensorrt");
}

RangesFile readFormat(const Format& format, std::string_view bytes, const std::string& fileName) {
    if (!format.canRead)
        throw Error(ErrorCode::Usage,
                    fmt::format("{}: the format {} is written, not read", fileName, format.id));
    return format.reads(bytes, fileName);
}

std::string writeFormat(const Format& format, const ExportRequest& request) {
    if (!format.canWrite)
        throw Error(ErrorCode::Usage, fmt::format("the format {} is read, not written", format.id));
    return format.writes(request);
}

bool isExported(const TensorRow& row) {
    return row.inCache && !row.isFloat && row.scale.has_value();
}

std::vector<std::string> losses(const Format& format, std::span<const TensorRow> rows) {
    std::vector<std::string> sentences;
    if (format.id == "json")
        say(sentences, namesWhere(rows, [](const TensorRow& row) { return !isUtf8(row.name); }),
            "named in bytes that are not UTF-8, written with replacement characters");
    if (!format.onlyScales)
        return sentences;
    say(sentences, namesWhere(rows, [](const TensorRow& row) { return row.isFloat; }),
        "left out, set to stay in float");
    say(sentences,
        namesWhere(rows,
                   [](const TensorRow& row) { return !row.isFloat && !row.inCache && row.scale; }),
        "left out despite having a scale, since the coverage excludes it");
    say(sentences,
        namesWhere(rows,
                   [](const TensorRow& row) { return !row.isFloat && row.inCache && !row.scale; }),
        "left out, without a scale");
    if (!format.holdsAffine)
        say(sentences,
            namesWhere(rows, [](const TensorRow& row) { return isExported(row) && row.isAffine; }),
            "affine, which the format cannot express");
    if (format.id == "tensorrt")
        say(sentences,
            namesWhere(rows,
                       [](const TensorRow& row) {
                           return isExported(row) && whyNotInCache(row.name).has_value();
                       }),
            "named in a way that no line of a cache can hold");
    return sentences;
}

}  // namespace clipscope::formats
