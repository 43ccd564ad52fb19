// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace clipscope::session {

/// What a path that somebody opens, drops or names on a command line stands for.
enum class FileKind {
    Model,    ///< ONNX
    Session,  ///< .clipscope
    Samples,  ///< a folder of images or arrays, an image, .npy, .npz
    Ranges,   ///< a file that the table of formats reads, such as a TensorRT cache
    Recipe,   ///< JSON: how images become the model's input
};

/// Told by content, for which only the start of a large file is read; a name decides only where
/// the content is damaged (a .onnx, .clipscope or .npz of its kind so far as it goes: its own
/// reader says what is wrong). Throws Error naming the path: Io where it is missing or cannot be
/// read, BadInput, saying what it looks like, where it is none of these.
FileKind fileKind(const std::filesystem::path& path);

}  // namespace clipscope::session
