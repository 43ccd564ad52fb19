// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/int8_products.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "analysis/runtime/cpu/dnnl_support.h"

namespace clipscope::runtime {
namespace {

using Dims = dnnl::memory::dims;
using Type = dnnl::memory::data_type;

/// A primitive for fixed shapes, and its weights in the layout that it chose.
struct PreparedProduct {
    Shape aShape;
    Shape bShape;
    bool isFast = false;
    onednn::Planned planned;
    dnnl::memory::desc plainWeights;
    const std::byte* reorderedFrom = nullptr;
    std::optional<dnnl::memory> weights;
};

/// oneDNN's own code for what it has no kernel for is many times slower than float32.
bool isFastPrimitive(const dnnl::primitive& primitive) {
    const char* name = nullptr;
    if (dnnl_primitive_desc_query(primitive.get_primitive_desc(), dnnl_query_impl_info_str, 0,
                                  &name) != dnnl_success)
        return false;
    return std::string_view(name).find("ref") == std::string_view::npos;
}

PreparedProduct& preparedFor(NodeState& state, const Tensor& a, const Tensor& b,
                             const std::function<void(PreparedProduct&)>& plan) {
    auto* kept = std::any_cast<std::shared_ptr<PreparedProduct>>(&state);
    if (!kept || (*kept)->aShape != a.shape() || (*kept)->bShape != b.shape()) {
        auto made = std::make_shared<PreparedProduct>();
        made->aShape = a.shape();
        made->bShape = b.shape();
        plan(*made);
        made->isFast = isFastPrimitive(made->planned.primitive);
        kept = &state.emplace<std::shared_ptr<PreparedProduct>>(std::move(made));
    }
    return **kept;
}

const dnnl::memory& weightsFor(PreparedProduct& prepared, const Tensor& weights, bool areConstant) {
    if (!areConstant || !prepared.weights || prepared.reorderedFrom != weights.bytes()) {
        if (!prepared.weights)
            prepared.weights = onednn::allocated(prepared.planned.weights);
        onednn::reorder(onednn::view(prepared.plainWeights, weights), *prepared.weights);
        prepared.reorderedFrom = weights.bytes();
    }
    return *prepared.weights;
}

void execute(PreparedProduct& prepared, const Tensor& a, const dnnl::memory& weights, Tensor& y) {
    onednn::Arguments arguments{{DNNL_ARG_SRC, onednn::view(prepared.planned.source, a)},
                                {DNNL_ARG_WEIGHTS, weights},
                                {DNNL_ARG_DST, onednn::view(prepared.planned.destination, y)}};
    onednn::execute(prepared.planned, arguments);
}

dnnl::memory::desc channelsLast(const Tensor& tensor, Type type) {
    std::vector<int64_t> strides = tensor.inMemoryOrder().shape().strides();
    std::rotate(strides.begin() + 1, strides.end() - 1, strides.end());
    return {tensor.shape().extents(), type, strides};
}

void planConvolution(const ConvolutionParameters& parameters, const Tensor& x,
                     const Tensor& weights, const Tensor& y, PreparedProduct& made) {
    Dims extents = weights.shape().extents();
    Dims strides = weights.shape().strides();
    if (parameters.groups != 1) {
        extents[0] /= parameters.groups;
        extents.insert(extents.begin(), parameters.groups);
        strides.insert(strides.begin(), extents[1] * strides[0]);
    }
    made.plainWeights = {extents, Type::s8, strides};
    onednn::ConvolutionForm form;
    form.source = channelsLast(x, Type::u8);
    form.weights = {extents, Type::s8, dnnl::memory::format_tag::any};
    form.destination = channelsLast(y, Type::s32);
    form.strides = parameters.strides;
    form.dilations = parameters.dilations;
    for (int64_t& dilation : form.dilations)
        --dilation;
    form.padsBegin = form.padsEnd = Dims(form.strides.size(), 0);
    made.planned = onednn::planConvolution(form);
}

/// All of `tensor` as one matrix of its last axis.
struct Matrix {
    Dims extents;
    Dims strides;

    Matrix(const Tensor& tensor, bool transposed) {
        const int64_t columns = tensor.shape()[tensor.rank() - 1];
        extents = {tensor.elementCount() / columns, columns};
        strides = {columns, 1};
        if (transposed) {
            std::swap(extents[0], extents[1]);
            std::swap(strides[0], strides[1]);
        }
    }

    dnnl::memory::desc layout(Type type) const { return {extents, type, strides}; }
};

void planProduct(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                 const Tensor& y, PreparedProduct& made) {
    const Matrix weights(b, parameters.transposeB);
    made.plainWeights = weights.layout(Type::s8);
    const dnnl::memory::desc any{weights.extents, Type::s8, dnnl::memory::format_tag::any};
    made.planned = onednn::planMatmul(Matrix(a, parameters.transposeA).layout(Type::u8),
                                      parameters.bIsConstant ? any : made.plainWeights, {},
                                      Matrix(y, false).layout(Type::s32));
}

}  // namespace

bool multipliesInt8() {
#ifdef __x86_64__
    static const bool does =
        __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw");
    return does;
#else
    return false;
#endif
}

bool convolveInt8(const ConvolutionParameters& parameters, const Tensor& x, const Tensor& weights,
                  Tensor& y, NodeState& state) {
    bool done = false;
    onednn::translated("convolution of 8-bit integers", [&] {
        PreparedProduct& prepared = preparedFor(state, x, weights, [&](PreparedProduct& made) {
            planConvolution(parameters, x, weights, y, made);
        });
        done = prepared.isFast;
        if (done)
            execute(prepared, x, weightsFor(prepared, weights, parameters.weightsAreConstant), y);
    });
    return done;
}

bool multiplyInt8(const MatmulParameters& parameters, const Tensor& a, const Tensor& b, Tensor& y,
                  NodeState& state) {
    bool done = false;
    onednn::translated("matrix product of 8-bit integers", [&] {
        PreparedProduct& prepared = preparedFor(
            state, a, b, [&](PreparedProduct& made) { planProduct(parameters, a, b, y, made); });
        done = prepared.isFast;
        if (done)
            execute(prepared, a,
                    parameters.bIsConstant ? weightsFor(prepared, b, true)
                                           : onednn::view(prepared.plainWeights, b),
                    y);
    });
    return done;
}

}  // namespace clipscope::runtime
