// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/nearest_names.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace clipscope::formats {
namespace {

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

size_t lengthGap(std::string_view a, std::string_view b) {
    return a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
}

/// Levenshtein's distance, or some number above `limit` once it is known to pass that.
size_t distance(std::string_view a, std::string_view b, size_t limit) {
    if (lengthGap(a, b) > limit)
        return limit + 1;
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < a.size(); ++i) {
        size_t diagonal = row[0];
        size_t least = row[0] = i + 1;
        for (size_t j = 0; j < b.size(); ++j) {
            const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
            least = std::min(least, row[j + 1]);
        }
        if (least > limit)
            return limit + 1;
    }
    return row.back();
}

}  // namespace

std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string> names,
                                      size_t most) {
    const std::string key = lowered(wanted);
    if (key.empty())
        return {};
    // Less than the whole word, or every short name would be near.
    const size_t limit = std::min(std::max<size_t>(2, key.size() / 3), key.size() - 1);
    std::vector<std::tuple<int, size_t, size_t>> found;  // rank, closeness, index
    for (size_t i = 0; i < names.size(); ++i) {
        const std::string name = lowered(names[i]);
        // A short name inside a long wrong one is an accident, not a hint.
        const bool holds = name.find(key) != std::string::npos ||
                           (name.size() >= 3 && key.find(name) != std::string::npos);
        const size_t far = holds ? lengthGap(name, key) : distance(key, name, limit);
        if (holds || far <= limit)
            found.emplace_back(holds ? 0 : 1, far, i);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> nearest;
    for (size_t k = 0; k < found.size() && k < most; ++k)
        nearest.push_back(names[std::get<2>(found[k])]);
    return nearest;
}

}  // namespace clipscope::formats
