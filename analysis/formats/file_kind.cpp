// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

using namespace std::string_view_literals;

struct Sign {
    std::string_view bytes;
    std::string_view what;  ///< what it looks like, and what to do
};

constexpr std::array kMagics = {
    Sign{"\xff\xfe"sv, "is UTF-16 text, which no tool reads as a cache; save it as UTF-8"},
    Sign{"\xfe\xff"sv, "is UTF-16 text, which no tool reads as a cache; save it as UTF-8"},
    Sign{"ftrt"sv,
         "looks like a serialized TensorRT engine, not a calibration cache; its scales "
         "cannot be read back, give the cache that it was built with"},
    Sign{"PK\x03\x04"sv, "is a zip, as a .clipscope session and an .npz are, not a range file"},
    Sign{"\x93NUMPY"sv, "is a NumPy array, not a range file"},
    Sign{"\x1f\x8b"sv, "is compressed with gzip; decompress it first"},
};

/// Marks of JSON range files, most telling first.
constexpr std::array kJsonKinds = {
    Sign{"\"act_quant_info\"", "a PPQ table (format ppq)"},
    Sign{"\"activation_encodings\"", "AIMET encodings (formats aimet-...)"},
    Sign{"\"CLS\"", "ONNX Runtime's calibration.json (format ort-json)"},
    Sign{"\"lowest\"", "ONNX Runtime's calibration.json (format ort-json)"},
    Sign{"\"zero_point\"", "ONNX Runtime's TensorQuantOverrides (format ort-overrides)"},
    Sign{"\"offset\"", "an NVDLA table (format nvdla)"},
    Sign{"\"clipscope\"", "an output of Clipscope's own (format json)"},
};

[[noreturn]] void refuse(const std::string& fileName, const std::string& what) {
    throw Error(ErrorCode::BadInput, fileName + " " + what);
}

bool isControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

bool isJson(std::string_view bytes) {
    const size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return false;
    if (bytes[first] == '{')
        return true;
    // A cache may start with "[", in a name; then it is no JSON.
    return bytes[first] == '[' && nlohmann::json::accept(bytes.begin(), bytes.end());
}

[[noreturn]] void refuseJson(std::string_view bytes, const std::string& fileName) {
    const std::string_view head = bytes.substr(0, 65536);
    std::string kind = "of no kind that Clipscope knows";
    for (const Sign& sign : kJsonKinds) {
        if (head.find(sign.bytes) != std::string_view::npos) {
            kind = "it looks like " + std::string(sign.what);
            break;
        }
    }
    refuse(fileName, fmt::format("line 1: this is JSON, not a TensorRT cache; {}; a cache starts "
                                 "with a line like TRT-8601-EntropyCalibration2",
                                 kind));
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> result;
    for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
        const size_t length = std::min(line.find_first_of(" \t"), line.size());
        result.push_back(line.substr(0, length));
        line.remove_prefix(length);
    }
    return result;
}

bool isNumber(std::string_view text) {
    const std::optional<ScaleText> scale = readScale(text);
    return scale && (scale->dialect == ScaleDialect::Decimal ||
                     text.find_first_not_of("0123456789") == std::string_view::npos);
}

/// What the first line that is not a comment looks like.
std::string tableOf(std::string_view line) {
    const std::vector<std::string_view> parts = words(line);
    const bool numbers = parts.size() > 1 && std::all_of(parts.begin() + 1, parts.end(), isNumber);
    if (numbers && parts[0].ends_with(':') && parts.size() == 2)
        return "a ranges file, \"name: amax\" (format ranges)";
    if (numbers && parts[0].find("_param_") != std::string_view::npos)
        return "an ncnn table (format ncnn)";
    if (numbers && parts.size() == 2)
        return "ONNX Runtime's calibration.cache, \"name amax\" (format ort-cache)";
    if (numbers && parts.size() == 4)
        return "a Sophgo table, \"name threshold min max\" (format sophgo)";
    return "no range file that Clipscope knows";
}

}  // namespace

void refuseOtherFile(std::string_view bytes, const std::string& fileName) {
    for (const Sign& magic : kMagics) {
        if (bytes.starts_with(magic.bytes))
            refuse(fileName, std::string(magic.what));
    }
    if (bytes.starts_with("\xef\xbb\xbf"))
        bytes.remove_prefix(3);
    if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos)
        refuse(fileName,
               "is empty; a TensorRT cache starts with a line like TRT-8601-EntropyCalibration2");
    if (bytes.starts_with("TRT-")) {
        if (bytes.find('\n') == std::string_view::npos &&
            bytes.find('\r') != std::string_view::npos)
            refuse(fileName,
                   "line 1: the lines end in a carriage return alone; save the file with "
                   "line feeds");
        return;
    }
    if (isJson(bytes))
        refuseJson(bytes, fileName);
    const std::string_view head = bytes.substr(0, 4096);
    if (std::any_of(head.begin(), head.end(), isControl))
        refuse(fileName,
               "line 1: this is a binary file, not a TensorRT cache: it does not start "
               "with a line like TRT-8601-EntropyCalibration2; give the cache itself");
}

void refuseOtherText(std::string_view bytes, const std::string& fileName) {
    size_t number = 1;
    std::string_view line;
    for (;; ++number) {
        const size_t feed = std::min(bytes.find('\n'), bytes.size());
        line = bytes.substr(0, feed);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        bytes.remove_prefix(std::min(feed + 1, bytes.size()));
        const bool comment = trimmed(line).empty() || line.starts_with('#');
        if (!comment || bytes.empty())
            break;
    }
    refuse(fileName,
           fmt::format("line {}: \"{}\" is no line of a TensorRT cache; it looks like {}. "
                       "A cache is a line like TRT-8601-EntropyCalibration2, then "
                       "\"name: 3c010a14\" for each tensor",
                       number, shown(line), tableOf(line)));
}

}  // namespace clipscope::formats
