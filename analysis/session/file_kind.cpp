// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/file_kind.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"
#include "analysis/data/image.h"
#include "analysis/data/sample_files.h"
#include "analysis/data/zip_archive.h"
#include "analysis/formats/format_table.h"
#include "analysis/graph/onnx_reader.h"

namespace clipscope::session {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

bool endsWith(const fs::path& path, std::string_view ending) {
    std::string name = path.filename().string();
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return name.ends_with(ending);
}

/// A protobuf number; advances `bytes` past it.
std::optional<uint64_t> varint(std::string_view& bytes) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    return {};
}

/// Whether the fields of the message lead to the graph of a ModelProto: its numbers (public ONNX IR
/// specification) are ir_version 1, producer_name 2, producer_version 3, domain 4, model_version 5,
/// doc_string 6, graph 7, opset_import 8, metadata_props 14, training_info 20, functions 25,
/// configuration 26. A graph that the file cuts short counts: the reader says so.
bool leadsToGraph(std::string_view bytes) {
    constexpr uint64_t kGraph = 7;
    constexpr std::array<uint64_t, 2> kNumbers = {1, 5};
    constexpr std::array<uint64_t, 9> kBlocks = {2, 3, 4, 6, 8, 14, 20, 25, 26};
    while (!bytes.empty()) {
        const std::optional<uint64_t> tag = varint(bytes);
        const std::optional<uint64_t> value = tag ? varint(bytes) : std::nullopt;
        if (!value)
            return false;
        const uint64_t number = *tag >> 3;
        const uint64_t wireType = *tag & 7;
        if (wireType == 2 && number == kGraph)
            return true;
        if (wireType == 0 && std::ranges::find(kNumbers, number) != kNumbers.end())
            continue;
        if (wireType != 2 || std::ranges::find(kBlocks, number) == kBlocks.end() ||
            *value > bytes.size())
            return false;
        bytes.remove_prefix(*value);
    }
    return false;
}

FileKind kindOfZip(const fs::path& path) {
    if (endsWith(path, ".clipscope"))
        return FileKind::Session;
    if (endsWith(path, ".npz"))
        return FileKind::Samples;
    const data::ZipReader zip(path);
    if (zip.contains("manifest.json"))
        return FileKind::Session;
    const auto& names = zip.names();
    if (std::ranges::any_of(names, [](const std::string& name) { return name.ends_with(".npy"); }))
        return FileKind::Samples;
    throw Error(ErrorCode::BadInput,
                fmt::format("'{}' is a zip, but neither a session nor an .npz; unpack it and give "
                            "the folder",
                            path.string()));
}

/// A recipe says its version as a number; range files in JSON say it as text or not at all.
bool isRecipe(const fs::path& path, std::string_view bytes) {
    const size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || bytes[first] != '{')
        return false;
    if (endsWith(path, ".preprocess.json"))
        return true;
    const auto json = nlohmann::json::parse(bytes, nullptr, false);
    return json.is_object() && json.contains("version") && json["version"].is_number() &&
           !json.contains("clipscope");
}

}  // namespace

FileKind fileKind(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        data::listSampleFiles(path);  // Throws where it holds none.
        return FileKind::Samples;
    }
    const auto file = MappedFile::open(path);
    const auto bytes = file->bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.starts_with("PK\x03\x04"sv))
        return kindOfZip(path);
    if (text.starts_with("\x93NUMPY"sv) || data::looksLikeImage(bytes))
        return FileKind::Samples;
    if (leadsToGraph(text))
        return FileKind::Model;
    if (endsWith(path, ".onnx")) {
        graph::readOnnx(path);  // Throws, naming what is wrong with it.
        return FileKind::Model;
    }
    if (endsWith(path, ".clipscope"))
        throw Error(ErrorCode::BadInput,
                    fmt::format("'{}' is no session in spite of its name: it does not start as a "
                                "zip; 'clipscope calibrate --session' writes one",
                                path.string()));
    if (isRecipe(path, text))
        return FileKind::Recipe;
    formats::detectFormat(text, path.string());  // Throws, saying what it looks like.
    return FileKind::Ranges;
}

}  // namespace clipscope::session
