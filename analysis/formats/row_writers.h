// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "analysis/formats/format_table.h"

namespace clipscope::formats {

/// All fields of all rows, a header line first: RFC 4180 quoting, '\n' line ends, no locale; empty
/// where absent, "inf", "-inf", "nan" where not finite, shapes as 1x3x?x? ('?' dynamic).
std::string writeCsv(const ExportRequest& request);

/// {"clipscope": 1, "command": "export", "tensors": [...]}, a tensor as toJson() gives it.
std::string writeJson(const ExportRequest& request);

/// Rows with a scale as a TensorRT cache. Error(BadInput) for rows with an affine range, naming
/// them, and for what writeTensorRtCache() refuses.
std::string writeTensorRtRows(const ExportRequest& request);

/// A cache as rows; the range of a scale is -T..T. A scale that is not positive and finite, or
/// lines that disagree, are told in the row's reason.
RangesFile readTensorRtRows(std::string_view bytes, const std::string& fileName);

/// "a", "b", "c" and 4 more; as messages name several tensors.
std::string nameList(const std::vector<std::string>& names);

}  // namespace clipscope::formats
