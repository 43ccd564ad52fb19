// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace clipscope::fuzz {
namespace {

constexpr std::array kInts = {
    int64_t{0},          int64_t{1},
    int64_t{-1},         int64_t{2},
    int64_t{-2},         int64_t{3},
    int64_t{7},          int64_t{127},
    int64_t{1000},       int64_t{65536},
    int64_t{1} << 20,    int64_t{1} << 30,
    int64_t{1} << 31,    (int64_t{1} << 31) - 1,
    -(int64_t{1} << 31), int64_t{1} << 40,
    int64_t{1} << 61,    int64_t{1} << 62,
    INT64_MAX,           INT64_MAX - 1,
    INT64_MIN,           INT64_MIN + 1,
};

constexpr std::array kFloats = {0.0f,
                                -0.0f,
                                1.0f,
                                -1.0f,
                                0.5f,
                                1e-38f,
                                1e-45f,
                                1e9f,
                                1e19f,
                                -1e19f,
                                3e38f,
                                std::numeric_limits<float>::infinity(),
                                -std::numeric_limits<float>::infinity(),
                                std::numeric_limits<float>::quiet_NaN()};

}  // namespace

int64_t Mutator::extremeInt() {
    return kInts[below(kInts.size())];
}

float Mutator::extremeFloat() {
    return kFloats[below(kFloats.size())];
}

void Mutator::damageBytes(std::string& bytes) {
    for (uint64_t times = 1 + below(4); times-- > 0 && !bytes.empty();) {
        const size_t at = below(bytes.size());
        const size_t length = std::min<size_t>(bytes.size() - at, 1 + below(16));
        switch (below(6)) {
            case 0:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 1:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 2:
                bytes.insert(at, 1 + below(8), static_cast<char>(below(256)));
                break;
            case 3:
                bytes.erase(at, length);
                break;
            case 4:
                bytes.insert(at, bytes.substr(at, length));
                break;
            default:
                if (oneIn(4))
                    bytes.resize(at);
                else
                    bytes[at] = static_cast<char>(0xff);
        }
    }
}

void Mutator::damageAttribute(onnx::AttributeProto& attribute) {
    if (oneIn(8)) {
        attribute.set_type(static_cast<onnx::AttributeProto::AttributeType>(below(15)));
        return;
    }
    if (oneIn(8) && attribute.ints_size() > 0)
        return attribute.mutable_ints()->RemoveLast();
    if (oneIn(8) && attribute.type() == onnx::AttributeProto::INTS)
        return attribute.add_ints(extremeInt());
    if (attribute.has_i())
        attribute.set_i(extremeInt());
    if (attribute.has_f())
        attribute.set_f(extremeFloat());
    if (attribute.has_s() && oneIn(2))
        attribute.set_s(oneIn(2) ? "" : "nonsense");
    if (attribute.ints_size() > 0)
        attribute.set_ints(static_cast<int>(below(static_cast<uint64_t>(attribute.ints_size()))),
                           extremeInt());
    if (attribute.floats_size() > 0)
        attribute.set_floats(
            static_cast<int>(below(static_cast<uint64_t>(attribute.floats_size()))),
            extremeFloat());
    if (attribute.has_t())
        damageTensor(*attribute.mutable_t());
    if (attribute.has_g())
        damageGraph(*attribute.mutable_g());
}

void Mutator::damageTensor(onnx::TensorProto& tensor) {
    const auto dims = static_cast<uint64_t>(tensor.dims_size());
    switch (below(6)) {
        case 0:
            tensor.set_data_type(static_cast<int32_t>(below(28)));
            break;
        case 1:
            tensor.add_dims(extremeInt());
            break;
        case 2:
            if (dims > 0)
                tensor.set_dims(static_cast<int>(below(dims)), extremeInt());
            break;
        case 3:
            if (tensor.has_raw_data())
                damageBytes(*tensor.mutable_raw_data());
            break;
        default:  // the elements of a shape, a range, a count
            for (int64_t& value : *tensor.mutable_int64_data())
                value = oneIn(2) ? extremeInt() : value;
            for (float& value : *tensor.mutable_float_data())
                value = oneIn(2) ? extremeFloat() : value;
            if (tensor.data_type() == 7 && tensor.raw_data().size() >= 8) {
                const int64_t value = extremeInt();
                const size_t count = tensor.raw_data().size() / 8;
                std::memcpy(tensor.mutable_raw_data()->data() + 8 * below(count), &value, 8);
            }
    }
}

std::string Mutator::nameIn(const onnx::GraphProto& graph) {
    std::vector<std::string> names{""};
    for (const auto& node : graph.node()) {
        names.insert(names.end(), node.input().begin(), node.input().end());
        names.insert(names.end(), node.output().begin(), node.output().end());
    }
    return names[below(names.size())];
}

void Mutator::damageNode(onnx::GraphProto& graph, onnx::NodeProto& node) {
    constexpr std::array kNames = {
        "axis",         "axes",           "pads",        "strides",     "dilations",
        "group",        "kernel_shape",   "to",          "k",           "batch_dims",
        "allowzero",    "perm",           "keepdims",    "num_outputs", "blocksize",
        "output_shape", "output_padding", "hidden_size", "num_heads",   "block_size",
        "sorted",       "start",          "end"};
    const auto attributes = static_cast<uint64_t>(node.attribute_size());
    if (attributes > 0 && !oneIn(3))
        return damageAttribute(*node.mutable_attribute(static_cast<int>(below(attributes))));
    switch (below(8)) {
        case 0:
            node.add_input(nameIn(graph));
            break;
        case 1:
            if (node.input_size() > 0)
                node.mutable_input()->RemoveLast();
            break;
        case 2:
            if (node.input_size() > 0)
                node.set_input(static_cast<int>(below(static_cast<uint64_t>(node.input_size()))),
                               nameIn(graph));
            break;
        case 3:
            node.add_output("extra");
            break;
        case 4:
            if (attributes > 0)
                node.mutable_attribute()->RemoveLast();
            break;
        default: {
            auto* attribute = node.add_attribute();
            attribute->set_name(kNames[below(kNames.size())]);
            attribute->set_type(oneIn(2) ? onnx::AttributeProto::INT : onnx::AttributeProto::INTS);
            attribute->set_i(extremeInt());
            for (uint64_t i = below(4); i-- > 0;)
                attribute->add_ints(extremeInt());
        }
    }
}

void Mutator::damageGraph(onnx::GraphProto& graph) {
    const auto nodes = static_cast<uint64_t>(graph.node_size());
    const auto weights = static_cast<uint64_t>(graph.initializer_size());
    if (weights > 0 && oneIn(4))
        damageTensor(*graph.mutable_initializer(static_cast<int>(below(weights))));
    else if (nodes > 0)
        damageNode(graph, *graph.mutable_node(static_cast<int>(below(nodes))));
    // An input of any shape, so that other tensors than the recorded ones get in.
    if (graph.input_size() > 0 && oneIn(8))
        graph.mutable_input(static_cast<int>(below(static_cast<uint64_t>(graph.input_size()))))
            ->mutable_type()
            ->mutable_tensor_type()
            ->clear_shape();
}

void Mutator::damageModel(onnx::ModelProto& model) {
    for (uint64_t times = 1 + below(4); times-- > 0;)
        damageGraph(*model.mutable_graph());
    if (oneIn(16) && model.opset_import_size() > 0)
        model.mutable_opset_import(0)->set_version(static_cast<int64_t>(below(26)));
}

Tensor Mutator::damaged(const Tensor& tensor) {
    if (tensor.elementCount() == 0 || oneIn(3))
        return tensor;
    if (tensor.rank() > 0 && tensor.rank() < 6 && oneIn(6)) {  // only part of it, or none
        const int64_t rows =
            static_cast<int64_t>(below(static_cast<uint64_t>(tensor.shape()[0]) + 1));
        return tensor.rows(0, rows);
    }
    Tensor copy(tensor.type(), tensor.shape());
    std::memcpy(copy.mutableBytes(), tensor.bytes(), tensor.byteSize());
    for (uint64_t times = 1 + below(4); times-- > 0;) {
        const size_t at = below(static_cast<uint64_t>(tensor.elementCount()));
        if (tensor.type() == DType::Int64)
            copy.mutableValues<int64_t>()[at] = extremeInt();
        if (tensor.type() == DType::Int32)
            copy.mutableValues<int32_t>()[at] = static_cast<int32_t>(extremeInt());
        if (tensor.type() == DType::Float32)
            copy.mutableValues<float>()[at] = extremeFloat();
    }
    return copy;
}

}  // namespace clipscope::fuzz
