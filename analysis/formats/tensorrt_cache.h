// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/formats/finding.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/tensorrt_header.h"
#include "analysis/formats/tensorrt_line.h"

namespace clipscope::formats {

/// One readable line of a cache.
struct CacheEntry {
    std::string name;   ///< as written: blanks around it and bytes that are not UTF-8 are kept
    size_t line = 0;    ///< from 1
    std::string value;  ///< as written, without the blanks around it
    ScaleDialect dialect = ScaleDialect::Hex8;
    float scale = 0;      ///< as written: may be zero, negative, infinite or NaN
    float threshold = 0;  ///< float32(127 scale)
};

/// A TensorRT calibration cache (TensorRT 10 and before) as a document: what it does not understand
/// it keeps. Unedited, it is written back byte for byte; an edit changes its own line only.
///
/// Line 1 is the header, each other line `<name>: <scale>`, split at the last ": " (tab too), or,
/// in files written without the blank, at the last ':' before something that is a value.
class TensorRtCache {
public:
    /// Reads the bytes; `fileName` is for messages. What is odd in it becomes a finding. Throws
    /// Error(BadInput), naming what it looks like, for what is no cache at all: nothing, UTF-16,
    /// JSON, a table of another tool, an engine, a binary file.
    static TensorRtCache parse(std::string_view bytes, const std::string& fileName);

    std::string toBytes() const;
    const std::string& fileName() const { return m_fileName; }

    /// The readable lines in file order, those with an empty or repeated name among them.
    std::vector<CacheEntry> entries() const;
    /// The first readable line of that name.
    std::optional<CacheEntry> find(const std::string& name) const;
    /// Whether a line has that name, readable or not.
    bool contains(const std::string& name) const { return m_byName.contains(name); }

    /// Line 1 without byte order mark, line end and blanks around it; empty where the file has
    /// none.
    std::string header() const;
    /// Replaces it, or puts it before the first line; checkHeader() says what is allowed.
    void setHeader(std::string_view header);

    /// Writes the scale over the value of the line of that name, in the line's own dialect; a value
    /// that could not be read becomes eight digits. Where several lines agree on a name all of them
    /// change. Throws Error(BadInput) for a scale that is not positive and finite, for a name that
    /// is not there, and where lines of that name disagree: which one holds is not ours to choose.
    void setScale(const std::string& name, float scale);

    /// Adds a line after the last one, spelled as that is. Error(BadInput) for a name that is
    /// already there or that a cache cannot hold, and for a scale as in setScale().
    void append(const std::string& name, float scale);

    /// Removes every line of that name, readable or not; Error(BadInput) where there is none.
    void remove(const std::string& name);

    /// What is odd in the file as it stands now, by line; what concerns the whole of it comes last.
    /// At most 100 of a kind, then one that counts the others.
    std::vector<Finding> findings() const;

private:
    CacheEntry entryOf(size_t index) const;
    void indexNames();
    std::vector<size_t> linesOf(const std::string& name) const;

    std::string m_fileName;
    std::string m_mark;              ///< the UTF-8 byte order mark, or nothing
    bool m_hasHeader = true;         ///< m_lines[0] is the header
    bool m_spaced = true;            ///< it puts a blank after the colon (readCacheLine())
    std::vector<CacheLine> m_lines;  ///< the header among them; never empty
    std::unordered_map<std::string, std::vector<size_t>> m_byName;
};

/// A name and the scale to be written for it.
struct NamedScale {
    std::string name;
    float scale = 0;
};

/// A cache as TensorRT writes it: the header, then a line each in the order given. Throws
/// Error(BadInput) for what setScale(), append() and setHeader() refuse, naming the tensor.
std::string writeTensorRtCache(std::string_view header, std::span<const NamedScale> scales);

/// Why a line of a cache cannot hold the name ("it is empty", "it holds a line break"...); nothing
/// where it can.
std::optional<std::string> whyNotInCache(std::string_view name);

}  // namespace clipscope::formats
