// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/onnx_reader.h"

#include <queue>
#include <string_view>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"
#include "analysis/graph/onnx.pb.h"
#include "analysis/graph/tensor_decoder.h"
#include "analysis/graph/types.h"
#include "analysis/graph/wire.h"

namespace clipscope::graph {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void bad(const std::string& message) {
    throw Error(ErrorCode::BadInput, message);
}

/// "" and "ai.onnx" are the same domain.
std::string domainName(const std::string& domain) {
    return domain == "ai.onnx" ? "" : domain;
}

/// Builds the Graph of one GraphProto.
class GraphBuilder {
public:
    GraphBuilder(const onnx::ModelProto& model, StrippedModel& stripped, TensorSource source)
        : m_proto(model.graph()), m_stripped(stripped), m_source(std::move(source)) {
        m_graph.name = m_proto.name();
        m_graph.producer = model.producer_name();
        if (!model.producer_version().empty())
            m_graph.producer += " " + model.producer_version();
        m_graph.irVersion = model.ir_version();
        for (const auto& import : model.opset_import())
            m_graph.opsets[domainName(import.domain())] = static_cast<int>(import.version());
    }

    Graph build() {
        readInitializers();
        readInputs();
        for (const auto& node : m_proto.node())
            readNode(node);
        connect();
        sort();
        readDeclaredTypes();
        readOutputs();
        inferTypes();
        return std::move(m_graph);
    }

private:
    ValueId valueNamed(const std::string& name) {
        if (name.empty())
            return {};
        const auto [it, isNew] = m_graph.byName.try_emplace(name, m_graph.values.size());
        if (isNew)
            m_graph.values.push_back({.name = name});
        return it->second;
    }

    void readInitializers() {
        for (int i = 0; i < m_proto.initializer_size(); ++i) {
            TensorSource source = m_source;
            source.raw = m_stripped.rawData[static_cast<size_t>(i)];
            const onnx::TensorProto& proto = m_proto.initializer(i);
            Value& value = m_graph[valueNamed(proto.name())];
            if (value.initializer.isDefined())
                bad(fmt::format("initializer '{}' occurs twice", proto.name()));
            value.initializer = decodeTensor(proto, source);
            value.type = value.initializer.type();
            value.shape = value.initializer.shape().extents();
        }
    }

    void declare(Value& value, const onnx::ValueInfoProto& info) {
        if (!info.type().has_tensor_type() || value.initializer.isDefined())
            return;
        const auto& tensor = info.type().tensor_type();
        value.type = static_cast<DType>(tensor.elem_type());
        if (!tensor.has_shape())
            return;
        DeclaredShape shape;
        for (const auto& dim : tensor.shape().dim())
            shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : -1);
        value.shape = std::move(shape);
    }

    void readInputs() {
        for (const auto& info : m_proto.input()) {
            const ValueId id = valueNamed(info.name());
            Value& value = m_graph[id];
            if (value.initializer.isDefined())
                continue;  // IR 3 lists initializers among the inputs
            if (value.isInput)
                bad(fmt::format("input '{}' occurs twice", info.name()));
            if (!info.type().has_tensor_type())
                throw Error(ErrorCode::Unsupported,
                            fmt::format("input '{}' is not a tensor", info.name()));
            declare(value, info);
            value.isInput = true;
            m_graph.inputs.push_back(id);
        }
    }

    Attribute attribute(const onnx::AttributeProto& proto) {
        switch (proto.type()) {
            case onnx::AttributeProto::FLOAT:
                return proto.f();
            case onnx::AttributeProto::INT:
                return static_cast<int64_t>(proto.i());
            case onnx::AttributeProto::STRING:
                return proto.s();
            case onnx::AttributeProto::TENSOR: {
                TensorSource source = m_source;
                source.raw.reset();
                return decodeTensor(proto.t(), source);
            }
            case onnx::AttributeProto::FLOATS:
                return std::vector<float>(proto.floats().begin(), proto.floats().end());
            case onnx::AttributeProto::INTS:
                return std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
            case onnx::AttributeProto::STRINGS:
                return std::vector<std::string>(proto.strings().begin(), proto.strings().end());
            default:
                throw Error(ErrorCode::Unsupported,
                            fmt::format("attribute '{}' has a type that Clipscope does not read",
                                        proto.name()));
        }
    }

    void readNode(const onnx::NodeProto& proto) {
        Node node;
        node.name = proto.name();
        node.type = proto.op_type();
        node.domain = domainName(proto.domain());
        if (const auto it = m_graph.opsets.find(node.domain); it != m_graph.opsets.end())
            node.opset = it->second;
        for (const auto& input : proto.input())
            node.inputs.push_back(valueNamed(input));
        for (const auto& output : proto.output())
            node.outputs.push_back(valueNamed(output));
        for (const auto& attr : proto.attribute()) {
            // Bodies of control flow: the operator that has them is named as unsupported later.
            if (attr.type() == onnx::AttributeProto::GRAPH ||
                attr.type() == onnx::AttributeProto::GRAPHS)
                continue;
            try {
                node.attributes.set(attr.name(), attribute(attr));
            } catch (const Error& error) {
                throw error.within(describe(m_graph, node));
            }
        }
        m_graph.nodes.push_back(std::move(node));
    }

    /// Producers, and that every value has one.
    void connect() {
        for (size_t n = 0; n < m_graph.nodes.size(); ++n) {
            const Node& node = m_graph.nodes[n];
            for (const ValueId output : node.outputs) {
                if (!output.isValid())
                    continue;
                Value& value = m_graph[output];
                if (value.producer.isValid() || value.isInput || value.initializer.isDefined())
                    bad(fmt::format("{}: its output '{}' is produced twice",
                                    describe(m_graph, node), value.name));
                value.producer = NodeId(n);
            }
        }
        for (const Node& node : m_graph.nodes)
            for (const ValueId input : node.inputs)
                if (input.isValid() && !isAvailable(m_graph[input]))
                    bad(fmt::format("{} reads '{}', which nothing produces",
                                    describe(m_graph, node), m_graph[input].name));
    }

    static bool isAvailable(const Value& value) {
        return value.producer.isValid() || value.isInput || value.initializer.isDefined();
    }

    /// Puts the nodes in an order in which they can run, the file's own where it is one.
    void sort() {
        const size_t count = m_graph.nodes.size();
        std::vector<int> waiting(count, 0);
        std::vector<std::vector<size_t>> readers(count);
        for (size_t n = 0; n < count; ++n)
            for (const ValueId input : m_graph.nodes[n].inputs)
                if (input.isValid() && m_graph[input].producer.isValid()) {
                    readers[m_graph[input].producer.value()].push_back(n);
                    ++waiting[n];
                }
        std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
        for (size_t n = 0; n < count; ++n)
            if (waiting[n] == 0)
                ready.push(n);
        std::vector<Node> sorted;
        sorted.reserve(count);
        std::vector<bool> done(count, false);
        for (; !ready.empty();) {
            const size_t n = ready.top();
            ready.pop();
            done[n] = true;
            for (const size_t reader : readers[n])
                if (--waiting[reader] == 0)
                    ready.push(reader);
            sorted.push_back(m_graph.nodes[n]);
        }
        for (size_t n = 0; n < count; ++n)
            if (!done[n])
                bad(fmt::format("{} depends on its own output: the graph has a cycle",
                                describe(m_graph, m_graph.nodes[n])));
        m_graph.nodes = std::move(sorted);
        for (size_t n = 0; n < count; ++n) {
            for (const ValueId output : m_graph.nodes[n].outputs)
                if (output.isValid())
                    m_graph[output].producer = NodeId(n);
            for (const ValueId input : m_graph.nodes[n].inputs)
                if (input.isValid())
                    m_graph[input].consumers.push_back(NodeId(n));
        }
    }

    void readDeclaredTypes() {
        for (const auto& info : m_proto.value_info())
            if (const ValueId id = m_graph.find(info.name()); id.isValid())
                declare(m_graph[id], info);
    }

    void readOutputs() {
        if (m_proto.output_size() == 0)
            bad("the graph has no output");
        for (const auto& info : m_proto.output()) {
            const ValueId id = m_graph.find(info.name());
            if (!id.isValid() || !isAvailable(m_graph[id]))
                bad(fmt::format("the output '{}' is produced by no node", info.name()));
            m_graph[id].isOutput = true;
            if (m_graph[id].type == DType::Undefined)
                declare(m_graph[id], info);
            m_graph.outputs.push_back(id);
        }
    }

    void inferTypes() {
        for (const Node& node : m_graph.nodes)
            for (size_t i = 0; i < node.outputs.size(); ++i)
                if (node.outputs[i].isValid() && m_graph[node.outputs[i]].type == DType::Undefined)
                    m_graph[node.outputs[i]].type = inferOutputType(m_graph, node, i);
    }

    const onnx::GraphProto& m_proto;
    StrippedModel& m_stripped;
    TensorSource m_source;
    Graph m_graph;
};

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
        StrippedModel stripped = stripRawData(bytes);
        onnx::ModelProto model;
        if (!model.ParseFromString(stripped.skeleton))
            bad("it is not an ONNX model, or it is damaged");
        requireOnnx(model);
        return GraphBuilder(model, stripped, {file, path.parent_path()}).build();
    } catch (const Error& error) {
        throw error.within(fmt::format("cannot read the model '{}'", path.string()));
    }
}

}  // namespace clipscope::graph
