// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/text.h"

#include <fmt/format.h>

namespace clipscope::formats {
namespace {

unsigned byteAt(std::string_view text, size_t i) {
    return static_cast<unsigned char>(text[i]);
}

/// Bytes of the well-formed sequence at `i`, 0 when there is none.
size_t sequenceLength(std::string_view text, size_t i) {
    const unsigned first = byteAt(text, i);
    if (first < 0x80)
        return 1;
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || i + length > text.size())
        return 0;
    // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF.
    const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (byteAt(text, i + 1) < low || byteAt(text, i + 1) > high)
        return 0;
    for (size_t k = 2; k < length; ++k) {
        if ((byteAt(text, i + k) & 0xc0U) != 0x80)
            return 0;
    }
    return length;
}

/// The pieces of a text, each one character or one escaped byte.
std::string escaped(std::string_view text) {
    std::string result;
    for (size_t i = 0; i < text.size();) {
        const size_t length = sequenceLength(text, i);
        const bool printable = length > 1 || (byteAt(text, i) >= 0x20 && byteAt(text, i) != 0x7f);
        if (length == 0 || !printable) {
            result += fmt::format("\\x{:02x}", byteAt(text, i));
            ++i;
        } else {
            result.append(text.substr(i, length));
            i += length;
        }
    }
    return result;
}

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

}  // namespace

bool isUtf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        const size_t length = sequenceLength(text, i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

std::string withValidUtf8(std::string_view text) {
    std::string result;
    for (size_t i = 0; i < text.size();) {
        const size_t length = sequenceLength(text, i);
        result.append(length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(i, length));
        i += length == 0 ? 1 : length;
    }
    return result;
}

std::string shown(std::string_view text, size_t most) {
    if (text.size() <= most)
        return escaped(text);
    size_t head = most / 2;
    while (head > 0 && isContinuation(text[head]))
        --head;
    size_t tail = text.size() - most / 2;
    while (tail < text.size() && isContinuation(text[tail]))
        ++tail;
    return escaped(text.substr(0, head)) + "..." + escaped(text.substr(tail));
}

std::string_view trimmed(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace clipscope::formats
