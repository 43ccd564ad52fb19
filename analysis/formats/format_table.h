// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/formats/finding.h"
#include "analysis/formats/tensor_row.h"

namespace clipscope::formats {

/// What is to be written.
struct ExportRequest {
    std::vector<TensorRow> rows;  ///< in the order of the listing; each format takes what it holds
    /// First line of a TensorRT cache; empty: defaultHeader(cacheAlgorithm).
    std::string header;
    std::string cacheAlgorithm;  ///< of the method, for the default header
};

/// What a range file says: name, scale and what follows from it; no statistics.
struct RangesFile {
    std::vector<TensorRow> rows;  ///< in file order; of a repeated name the first line
    std::string header;           ///< kept by an export to the same format; may be empty
    std::vector<Finding> findings;
};

/// One row of the table of formats. Adding a format touches its file, its row and its test.
struct Format {
    std::string_view id;                           ///< as given to --format
    std::string_view label;                        ///< for a list a person chooses from
    std::span<const std::string_view> extensions;  ///< with the dot; the first is the usual one
    bool canRead = false;
    bool canWrite = false;
    /// The bytes of the file; Error(BadInput) naming the tensors that cannot be written.
    std::string (*writes)(const ExportRequest&) = nullptr;
    RangesFile (*reads)(std::string_view bytes, const std::string& fileName) = nullptr;
    bool onlyScales = false;    ///< takes only the rows that have a scale and belong in a cache
    bool holdsAffine = false;   ///< a zero point other than 0
    std::string_view lossNote;  ///< one sentence: what the format cannot hold by its nature
};

/// The formats there are, in the order in which they are listed.
std::span<const Format> formats();

/// Throws Error(Usage) that lists the known ones for an unknown id, Error(Unsupported) for one that
/// is still to come.
const Format& findFormat(std::string_view id);

/// By content, not by name. Throws Error(BadInput) that says what the bytes look like where no
/// format of the table reads them.
const Format& detectFormat(std::string_view bytes, const std::string& fileName = "the file");

/// Error(Usage) where the format is only written.
RangesFile readFormat(const Format& format, std::string_view bytes, const std::string& fileName);

/// The bytes of the file. What the format leaves out, losses() tells; what it cannot express at all
/// is an Error(BadInput) naming the tensors.
std::string writeFormat(const Format& format, const ExportRequest& request);

/// Sentences on what of these rows the format cannot hold: tensors left out, affine ranges, names.
/// Empty where nothing is lost.
std::vector<std::string> losses(const Format& format, std::span<const TensorRow> rows);

/// Whether the row goes into a file of scales: it belongs there, has a scale, is not kept in float.
bool isExported(const TensorRow& row);

}  // namespace clipscope::formats
