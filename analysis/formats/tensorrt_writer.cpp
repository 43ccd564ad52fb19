// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/formats/tensorrt_checks.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {

std::optional<std::string> whyNotInCache(std::string_view name) {
    if (name.empty())
        return "it is empty";
    if (name.find_first_of("\r\n") != std::string_view::npos)
        return "it holds a line break";
    if (name.find('\0') != std::string_view::npos)
        return "it holds a NUL";
    if (trimmed(name) != name)
        return "it starts or ends with a blank";
    return std::nullopt;
}

void checkCacheName(std::string_view name) {
    const std::optional<std::string> reason = whyNotInCache(name);
    if (reason)
        throw Error(ErrorCode::BadInput,
                    fmt::format("a TensorRT cache cannot hold the tensor name \"{}\": {}; rename "
                                "the tensor in the model, or keep it in float",
                                shown(name), *reason));
}

void checkCacheScale(std::string_view name, float scale) {
    if (std::isfinite(scale) && scale > 0)
        return;
    throw Error(ErrorCode::BadInput,
                fmt::format("tensor \"{}\": {} cannot be its scale in a TensorRT cache; give one "
                            "that is positive and finite, or leave the tensor out",
                            shown(name), shortestText(scale)));
}

std::string writeTensorRtCache(std::string_view header, std::span<const NamedScale> scales) {
    checkHeader(header);
    std::string bytes = std::string(header) + "\n";
    std::unordered_set<std::string_view> seen;
    for (const NamedScale& row : scales) {
        checkCacheName(row.name);
        checkCacheScale(row.name, row.scale);
        if (!seen.insert(row.name).second)
            throw Error(ErrorCode::BadInput,
                        fmt::format("tensor \"{}\" is to be written twice into one TensorRT cache; "
                                    "give each name once",
                                    shown(row.name)));
        bytes += row.name + ": " + hexOfScale(row.scale) + "\n";
    }
    return bytes;
}

}  // namespace clipscope::formats
