// SPDX-License-Identifier: Apache-2.0
// What com.microsoft's operators of language models say of operands that do not fit.
#include <span>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

Tensor floats(const Shape& shape) {
    const std::vector<float> values(static_cast<size_t>(shape.elementCount()), 0.5f);
    return Tensor::of<float>(shape, values);
}

Tensor bytes(const Shape& shape) {
    const std::vector<uint8_t> values(static_cast<size_t>(shape.elementCount()), 3);
    return Tensor::of<uint8_t>(shape, values);
}

Tensor ints(std::vector<int64_t> values) {
    return Tensor::of<int64_t>({std::ssize(values)}, values);
}

using Attributes = std::map<std::string, graph::Attribute>;

struct BadCall {
    std::string type;
    std::vector<Tensor> inputs;
    Attributes attributes;
    std::string says;
};

void expectRefused(std::span<const BadCall> calls, ErrorCode code) {
    for (const BadCall& call : calls) {
        graph::Node node;
        node.type = call.type;
        node.opset = 1;
        node.outputs = {graph::ValueId(0)};
        for (const auto& [name, value] : call.attributes)
            node.attributes.set(name, value);
        CpuDevice device;
        NodeState state;
        OpContext context(node, device, call.inputs, {}, state);
        try {
            findOperator("com.microsoft", call.type, 1)->run(context);
            ADD_FAILURE() << call.type << " did not throw where it should say " << call.says;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << call.type << ": " << error.what();
            EXPECT_NE(std::string(error.what()).find(call.says), std::string::npos)
                << call.type << ": " << error.what();
        }
    }
}

TEST(LanguageModelOperators, RefuseWhatDoesNotFit) {
    const Tensor none;
    const Tensor q = floats({1, 2, 8});
    const Tensor table = floats({4, 2});
    const Attributes heads{{"num_heads", int64_t{2}}, {"kv_num_heads", int64_t{2}}};
    const Attributes blocks{
        {"K", int64_t{32}}, {"N", int64_t{1}}, {"bits", int64_t{4}}, {"block_size", int64_t{16}}};
    const BadCall calls[] = {
        {"RotaryEmbedding", {floats({1, 3, 4}), ints({2}), table, table}, {}, "position 4"},
        {"RotaryEmbedding", {floats({1, 3, 4}), ints({INT64_MAX}), table, table}, {}, "position"},
        {"RotaryEmbedding", {floats({1, 3, 4}), ints({0, 1}), table, table}, {}, "2 positions"},
        {"GroupQueryAttention", {q, q, q, none, none, ints({2}), ints({2})}, heads, "position 2"},
        {"GroupQueryAttention", {q, q, q, none, none, ints({-1}), ints({3})}, heads, "position -1"},
        {"GroupQueryAttention", {q, q, q, none, none, ints({3}), ints({4})}, heads, "no past of 2"},
        {"GroupQueryAttention", {q, q, q, none, none, ints({1}), ints({1})}, heads, "lengths"},
        {"GroupQueryAttention", {q, none, none, none, none, ints({1}), ints({2})}, heads, "split"},
        {"GatherBlockQuantized",
         {bytes({4, 16}), ints({0}), floats({4, 3})},
         {{"block_size", int64_t{16}}},
         "float32 4x3 are not 4x2"},
        {"MatMulNBits",
         {floats({1, 32}), bytes({16}), floats({2}), none, ints(std::vector<int64_t>(32, 2))},
         blocks,
         "no group 2 of 2"},
        {"MatMulNBits", {floats({1, 32}), bytes({15}), floats({2})}, blocks, "uint8 15"},
        {"MatMulBnb4",
         {floats({1, 32}), bytes({16}), floats({3})},
         {{"K", int64_t{32}},
          {"N", int64_t{1}},
          {"block_size", int64_t{16}},
          {"quant_type", int64_t{1}}},
         "float32 3"},
    };
    expectRefused(calls, ErrorCode::BadInput);
}

TEST(LanguageModelOperators, NameTheOptionThatIsNotSupported) {
    const Tensor none;
    const Tensor q = floats({1, 2, 8});
    const Tensor weights = floats({8, 24});
    const auto heads = [](const std::string& name, const graph::Attribute& value) {
        return Attributes{{"num_heads", int64_t{2}}, {"kv_num_heads", int64_t{2}}, {name, value}};
    };
    const Attributes plain{{"num_heads", int64_t{2}}};
    const BadCall calls[] = {
        {"GroupQueryAttention",
         {q, q, q},
         heads("k_quant_type", std::string("PER_TENSOR")),
         "'k_quant_type' is PER_TENSOR"},
        {"GroupQueryAttention",
         {q, q, q},
         heads("sliding_window_cache", int64_t{1}),
         "'sliding_window_cache'"},
        {"Attention", {q, weights}, heads("do_rotary", int64_t{1}), "'do_rotary'"},
        {"Attention",
         {q, weights, none, none, none, none, ints({1})},
         plain,
         "input 6 (past_sequence_length)"},
        {"Attention", {q, weights, none, ints({1, 1, 1})}, plain, "mask int64 3"},
        {"RotaryEmbedding",
         {q, ints({0}), floats({4, 4}), floats({4, 4})},
         {{"is_packed_batching", int64_t{1}}},
         "'is_packed_batching'"},
    };
    expectRefused(calls, ErrorCode::Unsupported);
}

TEST(LanguageModelOperators, NameWhatDoesNotFitAnOptimisedModel) {
    const Tensor none;
    const Tensor q = floats({1, 1, 8});
    const Tensor tokens = floats({3, 8});
    const Tensor weights = floats({8, 24});
    const Tensor bias = floats({24});
    const Tensor channels = floats({6});
    const Tensor image = floats({1, 3, 3, 6});
    const Tensor places = ints({0, 1, 4, 2, 3, 5}).reshaped({2, 3});
    const Tensor ends = ints({0, 2, 3});
    const Attributes heads{{"num_heads", int64_t{2}}};
    const Attributes groups{{"groups", int64_t{4}}, {"activation", int64_t{0}}};
    const Attributes far{{"max_distance", int64_t{4}}};
    const BadCall calls[] = {
        {"MultiHeadAttention", {floats({1, 2, 2, 3, 4}), q, q}, heads, "input 0 stands for 1 of"},
        {"MultiHeadAttention", {q}, heads, "input 0 stands for 3 of"},
        {"MultiHeadAttention", {q, floats({1, 2, 2, 3, 4})}, heads, "input 1 stands for 2 of"},
        {"DecoderMaskedMultiHeadAttention",
         {q, q, q, none, none, floats({1, 2, 3, 4}), floats({1, 2, 3, 4}), ints({3})},
         heads,
         "after position 3 does not fit into the past float32 1x2x3x4"},
        {"DecoderMaskedMultiHeadAttention",
         {floats({1, 1, 16}), none, none, none, none, floats({1, 2, 3, 4}), floats({1, 2, 3, 4})},
         heads,
         "does not split into queries, keys and values"},
        {"GroupNorm", {image, channels, channels}, groups, "4 groups do not divide the channels"},
        {"NhwcConv", {image, tokens}, {}, "need spatial axes"},
        {"RemovePadding", {floats({2, 3, 8}), ints({4, 1})}, {}, "has 4 tokens"},
        {"RestorePadding", {floats({7, 8}), places}, {}, "do not fit 7 tokens"},
        {"PackedAttention", {tokens, weights, bias, places, ints({0, 3})}, heads, "the ends"},
        {"PackedAttention",
         {tokens, weights, bias, ints({0, 1, 9}).reshaped({1, 3}), ends},
         heads,
         "the places"},
        {"RelativePositionBias", {floats({8, 2}), ints({3}), ints({3})}, far, "a distance of 4"},
    };
    expectRefused(calls, ErrorCode::BadInput);
}

}  // namespace
}  // namespace clipscope::runtime
