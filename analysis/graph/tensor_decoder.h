// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "analysis/base/mapped_file.h"
#include "analysis/graph/external_files.h"
#include "analysis/graph/weight.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::onnx {
class TensorProto;
}

namespace clipscope::graph {

/// What a TensorProto may point into.
struct TensorSource {
    std::shared_ptr<const MappedFile> file;           ///< the model
    std::filesystem::path folder;                     ///< of the model, for external data
    std::shared_ptr<ExternalFiles> external{};        ///< those mapped already; may be null
    std::optional<std::span<const std::byte>> raw{};  ///< raw data taken out of the message
};

/// The tensor that `proto` describes: a view of the mapped bytes where they are aligned, else one
/// copy, made when it is asked for. Throws Error naming the tensor: unsupported type, too few
/// bytes, a path outside the folder.
Weight decodeWeight(const onnx::TensorProto& proto, const TensorSource& source);

/// The same at once.
Tensor decodeTensor(const onnx::TensorProto& proto, const TensorSource& source);

}  // namespace clipscope::graph
