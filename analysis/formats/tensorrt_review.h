// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/formats/finding_list.h"
#include "analysis/formats/tensorrt_line.h"

namespace clipscope::formats {

/// What is odd in one line that is not blank; `number` from 1.
void reviewLine(const CacheLine& line, size_t number, FindingList& findings);

/// What is odd in a cache. `lines` are all of it, the header first where `hasHeader`; `hasMark`: a
/// byte order mark comes before them.
std::vector<Finding> reviewCache(const std::vector<CacheLine>& lines, bool hasHeader, bool hasMark);

}  // namespace clipscope::formats
