// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/formats/row_writers.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

TensorRow rowOf(const CacheEntry& entry) {
    TensorRow row;
    row.name = entry.name;
    row.scale = entry.scale;
    row.threshold = entry.threshold;
    row.hex = hexOfScale(entry.scale);
    row.zeroPoint = 0;
    if (std::isnan(entry.scale))
        row.reason = "nan-scale";
    else if (std::isinf(entry.scale))
        row.reason = "infinite-scale";
    else if (entry.scale == 0)
        row.reason = "zero-scale";
    else if (entry.scale < 0)
        row.reason = "negative-scale";
    if (!row.reason.empty())
        return row;
    row.lo = -double{entry.threshold};
    row.hi = double{entry.threshold};
    return row;
}

}  // namespace

std::string nameList(const std::vector<std::string>& names) {
    constexpr size_t kNamed = 5;
    std::string list;
    for (size_t i = 0; i < names.size() && i < kNamed; ++i)
        list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", shown(names[i]));
    if (names.size() > kNamed)
        list += fmt::format(" and {} more", names.size() - kNamed);
    return list;
}

std::string writeTensorRtRows(const ExportRequest& request) {
    std::vector<NamedScale> scales;
    std::vector<std::string> affine;
    for (const TensorRow& row : request.rows) {
        if (!isExported(row))
            continue;
        if (row.isAffine)
            affine.push_back(row.name);
        scales.push_back({row.name, *row.scale});
    }
    if (!affine.empty())
        throw Error(ErrorCode::BadInput,
                    fmt::format("a TensorRT cache holds symmetric ranges only, and {} of the "
                                "tensors have an affine one: {}; give them a symmetric range with "
                                "`clipscope set --threshold`, keep them in float with --float, or "
                                "export to another format",
                                affine.size(), nameList(affine)));
    if (scales.empty())
        throw Error(ErrorCode::BadInput,
                    "there is no tensor with a scale to write into a TensorRT cache; calibrate "
                    "first, or see with `clipscope inspect` why each is left out");
    return writeTensorRtCache(
        request.header.empty() ? defaultHeader(request.cacheAlgorithm) : request.header, scales);
}

RangesFile readTensorRtRows(std::string_view bytes, const std::string& fileName) {
    const TensorRtCache cache = TensorRtCache::parse(bytes, fileName);
    RangesFile file;
    file.header = cache.header();
    file.findings = cache.findings();
    std::unordered_map<std::string, size_t> rowByName;
    for (const CacheEntry& entry : cache.entries()) {
        const auto [found, isNew] = rowByName.emplace(entry.name, file.rows.size());
        if (isNew)
            file.rows.push_back(rowOf(entry));
        else if (file.rows[found->second].hex != hexOfScale(entry.scale))
            file.rows[found->second].reason = "duplicate-conflict";
    }
    return file;
}

}  // namespace clipscope::formats
