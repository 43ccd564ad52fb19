// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/input_spec.h"

namespace clipscope::data {

std::string toString(const std::vector<int64_t>& dims) {
    std::string text;
    for (const int64_t extent : dims) {
        if (!text.empty())
            text += 'x';
        text += extent < 0 ? "?" : std::to_string(extent);
    }
    return text.empty() ? "scalar" : text;
}

}  // namespace clipscope::data
