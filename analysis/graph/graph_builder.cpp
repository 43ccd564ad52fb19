// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/graph_builder.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/graph/attribute_reader.h"
#include "analysis/graph/graph_links.h"
#include "analysis/graph/node_order.h"
#include "analysis/graph/onnx.pb.h"

namespace clipscope::graph {
namespace {

constexpr size_t kMostInlined = 200'000;                // nodes and calls of functions
constexpr size_t kMostInlinedBytes = size_t{64} << 20;  // of their names and attributes
constexpr int kDeepest = 100;                           // bodies and functions inside each other

[[noreturn]] void bad(const std::string& message) {
    throw Error(ErrorCode::BadInput, message);
}

/// "" and "ai.onnx" are the same domain.
std::string domainName(const std::string& domain) {
    return domain == "ai.onnx" ? "" : domain;
}

using Opsets = std::map<std::string, int>;

template <typename Imports>
Opsets opsetsOf(const Imports& imports) {
    Opsets opsets;
    for (const auto& import : imports)
        opsets[domainName(import.domain())] = static_cast<int>(import.version());
    return opsets;
}

/// Where names mean values: the graph itself, a body (which sees its parent's names), or an inlined
/// function (which does not).
struct Scope {
    Scope* parent = nullptr;
    std::string prefix;  ///< of what it declares; "" for the graph itself
    const Opsets* opsets = nullptr;
    const AttributeBindings* bindings = nullptr;
    int depth = 0;
    std::unordered_map<std::string, ValueId> names{};
};

std::string label(const onnx::NodeProto& proto) {
    if (!proto.name().empty())
        return proto.name();
    return proto.output_size() > 0 ? proto.output(0) : proto.op_type();
}

class GraphBuilder {
public:
    GraphBuilder(const onnx::ModelProto& model, const StrippedModel& stripped, TensorSource source)
        : m_proto(model.graph()), m_stripped(stripped), m_source(std::move(source)) {
        m_graph.name = m_proto.name();
        m_graph.producer = model.producer_name();
        if (!model.producer_version().empty())
            m_graph.producer += " " + model.producer_version();
        m_graph.irVersion = model.ir_version();
        m_graph.opsets = opsetsOf(model.opset_import());
        for (const auto& function : model.functions())
            m_functions[key(function.domain(), function.name(), function.overload())] = &function;
    }

    Graph build() {
        Scope scope{.opsets = &m_graph.opsets};
        readInitializers(scope);
        readInputs(scope);
        readNodes(scope, m_proto.node(), m_graph.nodes);
        requireAvailable(m_graph);
        orderNodes(m_graph, m_graph.nodes);
        connect(m_graph);
        readDeclaredTypes(scope, m_proto);
        readOutputs();
        inferTypes(m_graph, m_graph.nodes);
        return std::move(m_graph);
    }

private:
    static std::string key(const std::string& domain, const std::string& name,
                           const std::string& overload) {
        return domainName(domain) + '\n' + name + '\n' + overload;
    }

    /// name', name'2, name'3...
    std::string unusedName(const std::string& name) {
        int& taken = m_namesakes[name];
        std::string unused;
        do {
            unused = name + '\'' + (++taken > 1 ? std::to_string(taken) : "");
        } while (m_graph.byName.contains(unused));
        return unused;
    }

    /// A new value of the scope.
    ValueId declareName(Scope& scope, const std::string& name) {
        std::string full = scope.prefix + name;
        if (m_graph.byName.contains(full))
            full = unusedName(full);
        const ValueId id(m_graph.values.size());
        m_graph.values.push_back({.name = full});
        m_graph.byName.emplace(std::move(full), id);
        scope.names.emplace(name, id);
        return id;
    }

    /// The value of that name in this scope or those around it, declared here when there is none.
    ValueId valueNamed(Scope& scope, const std::string& name) {
        if (name.empty())
            return {};
        for (Scope* s = &scope; s; s = s->parent)
            if (const auto it = s->names.find(name); it != s->names.end())
                return it->second;
        Scope* outermost = &scope;
        while (outermost->parent)
            outermost = outermost->parent;
        return declareName(*outermost, name);
    }

    void setInitializer(Scope& scope, const onnx::TensorProto& proto, const TensorSource& source) {
        const auto it = scope.names.find(proto.name());
        const ValueId id = it == scope.names.end() ? declareName(scope, proto.name()) : it->second;
        Value& value = m_graph[id];
        if (value.initializer.isDefined())
            bad(fmt::format("initializer '{}' occurs twice", value.name));
        value.initializer = decodeWeight(proto, source);
        value.type = value.initializer.type();
        value.shape = value.initializer.shape().extents();
    }

    /// For tensors whose raw data was left in the message.
    TensorSource unstripped() const {
        TensorSource source = m_source;
        source.raw.reset();
        return source;
    }

    void readInitializers(Scope& scope) {
        for (int i = 0; i < m_proto.initializer_size(); ++i) {
            TensorSource source = m_source;
            source.raw = m_stripped.rawData[static_cast<size_t>(i)];
            setInitializer(scope, m_proto.initializer(i), source);
        }
    }

    static void declare(Value& value, const onnx::ValueInfoProto& info) {
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

    void readInputs(Scope& scope) {
        for (const auto& info : m_proto.input()) {
            const ValueId id = valueNamed(scope, info.name());
            if (!id.isValid())
                bad("an input has no name");
            Value& value = m_graph[id];
            if (value.initializer.isDefined())
                continue;  // IR 3 lists initializers among the inputs
            if (value.isInput)
                bad(fmt::format("input '{}' occurs twice", info.name()));
            if (!info.type().has_tensor_type())
                throw Error(
                    ErrorCode::Unsupported,
                    fmt::format("input '{}' is not a tensor: sequences, maps and optional values "
                                "are not supported",
                                info.name()));
            declare(value, info);
            value.isInput = true;
            m_graph.inputs.push_back(id);
        }
    }

    template <typename Protos>
    void readNodes(Scope& scope, const Protos& protos, std::vector<Node>& nodes) {
        if (scope.depth > kDeepest)
            bad(fmt::format("'{}' lies deeper than {} functions or bodies", scope.prefix,
                            kDeepest));
        for (const auto& proto : protos) {
            const auto function =
                m_functions.find(key(proto.domain(), proto.op_type(), proto.overload()));
            if (function == m_functions.end())
                readNode(scope, proto, nodes);
            else
                inlineFunction(scope, proto, *function->second, nodes);
        }
    }

    void readNode(Scope& scope, const onnx::NodeProto& proto, std::vector<Node>& nodes) {
        if (scope.opsets != &m_graph.opsets)
            countInlined(scope.prefix.size() + proto.ByteSizeLong());
        Node node;
        node.name = proto.name().empty() ? "" : scope.prefix + proto.name();
        node.type = proto.op_type();
        node.domain = domainName(proto.domain());
        if (const auto it = scope.opsets->find(node.domain); it != scope.opsets->end())
            node.opset = it->second;
        for (const auto& input : proto.input())
            node.inputs.push_back(valueNamed(scope, input));
        for (const auto& output : proto.output())
            node.outputs.push_back(valueNamed(scope, output));
        for (const auto& given : proto.attribute()) {
            const onnx::AttributeProto* attribute = resolved(given, scope.bindings);
            if (attribute && attribute->type() == onnx::AttributeProto::GRAPH)
                readBody(scope, proto, given.name(), attribute->g(), node);
            else if (attribute)
                setAttribute(given.name(), *attribute, node);
        }
        nodes.push_back(std::move(node));
    }

    void setAttribute(const std::string& name, const onnx::AttributeProto& proto, Node& node) {
        try {
            node.attributes.set(name, readAttribute(proto, unstripped()));
        } catch (const Error& error) {
            throw error.within(describe(m_graph, node));
        }
    }

    void readBody(Scope& around, const onnx::NodeProto& owner, const std::string& attribute,
                  const onnx::GraphProto& proto, Node& node) {
        Scope scope{&around, fmt::format("{}{}/{}/", around.prefix, label(owner), attribute),
                    around.opsets, around.bindings, around.depth + 1};
        Body body;
        body.attribute = attribute;
        for (const auto& tensor : proto.initializer())
            setInitializer(scope, tensor, unstripped());
        for (const auto& info : proto.input()) {
            if (scope.names.contains(info.name()))
                continue;
            body.inputs.push_back(declareName(scope, info.name()));
            declare(m_graph[body.inputs.back()], info);
        }
        for (const auto& inner : proto.node())  // declared before any is read
            for (const auto& output : inner.output())
                if (!output.empty() && !scope.names.contains(output))
                    declareName(scope, output);
        readNodes(scope, proto.node(), body.nodes);
        requireFresh(m_graph, body);
        for (const auto& info : proto.output()) {
            body.outputs.push_back(valueNamed(scope, info.name()));
            if (!body.outputs.back().isValid())
                bad(fmt::format("'{}' has an output without a name", scope.prefix));
            if (m_graph[body.outputs.back()].type == DType::Undefined)
                declare(m_graph[body.outputs.back()], info);
        }
        readDeclaredTypes(scope, proto);
        orderNodes(m_graph, body.nodes);
        capture(m_graph, body, node);
        node.bodies.push_back(std::move(body));
    }

    /// A small file can call functions that call functions, twice each.
    void countInlined(size_t bytes) {
        m_inlinedBytes += bytes;
        if (++m_inlined > kMostInlined)
            bad(fmt::format("its functions make over {} nodes", kMostInlined));
        if (m_inlinedBytes > kMostInlinedBytes + 16 * m_source.file->bytes().size())
            bad(fmt::format("its functions make nodes of over {} MiB", m_inlinedBytes >> 20));
    }

    /// The function's nodes in place of the node that calls it.
    void inlineFunction(Scope& around, const onnx::NodeProto& call,
                        const onnx::FunctionProto& function, std::vector<Node>& nodes) {
        countInlined(around.prefix.size() + call.ByteSizeLong());
        const Opsets opsets = opsetsOf(function.opset_import());
        const AttributeBindings bindings = boundAttributes(call, function, around.bindings);
        Scope scope{nullptr, fmt::format("{}{}/", around.prefix, label(call)), &opsets, &bindings,
                    around.depth + 1};
        for (int i = 0; i < function.input_size(); ++i)
            scope.names[function.input(i)] =
                i < call.input_size() ? valueNamed(around, call.input(i)) : ValueId();
        for (int i = 0; i < function.output_size() && i < call.output_size(); ++i) {
            const ValueId output = valueNamed(around, call.output(i));
            const auto [it, isNew] = scope.names.try_emplace(function.output(i), output);
            if (!isNew && output.isValid()) {  // an output that is an input
                Node identity;
                identity.type = "Identity";
                identity.opset = 1;
                identity.inputs = {it->second};
                identity.outputs = {output};
                nodes.push_back(std::move(identity));
            }
        }
        readNodes(scope, function.node(), nodes);
    }

    void readDeclaredTypes(const Scope& scope, const onnx::GraphProto& proto) {
        for (const auto& info : proto.value_info())
            if (const auto it = scope.names.find(info.name()); it != scope.names.end())
                declare(m_graph[it->second], info);
    }

    void readOutputs() {
        if (m_proto.output_size() == 0)
            bad("the graph has no output");
        for (const auto& info : m_proto.output()) {
            const ValueId id = m_graph.find(info.name());
            if (!id.isValid() || !(isAvailable(m_graph[id]) || m_graph[id].producer.isValid()))
                bad(fmt::format("the output '{}' is produced by no node", info.name()));
            m_graph[id].isOutput = true;
            if (m_graph[id].type == DType::Undefined)
                declare(m_graph[id], info);
            m_graph.outputs.push_back(id);
        }
    }

    const onnx::GraphProto& m_proto;
    const StrippedModel& m_stripped;
    TensorSource m_source;
    std::unordered_map<std::string, const onnx::FunctionProto*> m_functions;
    std::unordered_map<std::string, int> m_namesakes;
    size_t m_inlined = 0;
    size_t m_inlinedBytes = 0;
    Graph m_graph;
};

}  // namespace

Graph buildGraph(const onnx::ModelProto& model, const StrippedModel& stripped,
                 const TensorSource& source) {
    return GraphBuilder(model, stripped, source).build();
}

}  // namespace clipscope::graph
