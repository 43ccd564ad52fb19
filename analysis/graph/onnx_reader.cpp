// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/onnx_reader.h"

#include <algorithm>
#include <climits>
#include <string_view>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"
#include "analysis/graph/graph_builder.h"
#include "analysis/graph/onnx.pb.h"

namespace clipscope::graph {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void bad(const std::string& message) {
    throw Error(ErrorCode::BadInput, message);
}

/// Messages inside each other: three for each body in a body, of which the builder
/// admits 100.
constexpr int kMostNested = 1000;

onnx::ModelProto parsed(const std::string& bytes) {
    onnx::ModelProto model;
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                  static_cast<int>(bytes.size()));
    stream.SetRecursionLimit(kMostNested);
    if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
        bad("it is not an ONNX model, it is damaged, or its bodies are nested too deep");
    return model;
}

void requireOnnx(const onnx::ModelProto& model) {
    if (!model.has_graph() || !model.has_ir_version() || model.graph().node_size() == 0)
        bad("it is not an ONNX model: it has no graph with nodes");
    if (model.opset_import_size() == 0)
        bad("it imports no operator set (written before ONNX 1.0?); export it again");
}

}  // namespace

Graph readOnnx(const fs::path& path) {
    const auto file = MappedFile::open(path);
    try {
        const auto bytes = file->bytes();
        if (bytes.empty())
            bad("the file is empty");
        const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                                     std::min<size_t>(bytes.size(), 24));
        if (start.starts_with("version https://git-lfs"))
            bad("it is a Git LFS pointer, not the model itself; run 'git lfs pull'");
        const StrippedModel stripped = stripRawData(bytes);
        if (stripped.skeleton.size() > INT_MAX)
            bad("it holds over 2 GiB beside the weights");
        const onnx::ModelProto model = parsed(stripped.skeleton);
        requireOnnx(model);
        const auto external = std::make_shared<ExternalFiles>(path.parent_path());
        return buildGraph(model, stripped, {file, path.parent_path(), external});
    } catch (const Error& error) {
        throw error.within(fmt::format("cannot read the model '{}'", path.string()));
    }
}

}  // namespace clipscope::graph
