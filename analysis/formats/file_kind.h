// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace clipscope::formats {

/// Throws Error(BadInput), naming the file, what it looks like and what to do, where the first
/// bytes say that this is no text table: nothing at all, UTF-16, JSON, an engine, an ONNX model, a
/// zip, an array, some other binary file. Cheap: looks at the start only.
void refuseOtherFile(std::string_view bytes, const std::string& fileName);

/// Throws Error(BadInput) for a text that is no TensorRT cache, saying which table it looks like.
[[noreturn]] void refuseOtherText(std::string_view bytes, const std::string& fileName);

}  // namespace clipscope::formats
