// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/dnnl_support.h"

#include <array>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime::onednn {
namespace {

constexpr auto kFloat = dnnl::memory::data_type::f32;
constexpr auto kInference = dnnl::prop_kind::forward_inference;

/// Version 2 makes an operation descriptor first, version 3 gives its arguments directly.
template <typename Primitive, typename... Arguments>
typename Primitive::primitive_desc describe(const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
    return typename Primitive::primitive_desc(engine(), arguments...);
#else
    return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), engine());
#endif
}

bool isEmpty(const dnnl::memory::desc& layout) {
    return layout.get_size() == 0;
}

template <typename Primitive>
Planned planned(const typename Primitive::primitive_desc& description) {
    return {Primitive(description), description.src_desc(), description.weights_desc(),
            description.dst_desc()};
}

template <typename Primitive>
Planned plan(const ConvolutionForm& form, dnnl::algorithm algorithm) {
    if (isEmpty(form.bias))
        return planned<Primitive>(
            describe<Primitive>(kInference, algorithm, form.source, form.weights, form.destination,
                                form.strides, form.dilations, form.padsBegin, form.padsEnd));
    return planned<Primitive>(describe<Primitive>(kInference, algorithm, form.source, form.weights,
                                                  form.bias, form.destination, form.strides,
                                                  form.dilations, form.padsBegin, form.padsEnd));
}

}  // namespace

const dnnl::engine& engine() {
    static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

dnnl::stream& stream() {
    thread_local dnnl::stream own(engine());
    return own;
}

Planned planConvolution(const ConvolutionForm& form) {
    if (form.transposed)
        return plan<dnnl::deconvolution_forward>(form, dnnl::algorithm::deconvolution_direct);
    return plan<dnnl::convolution_forward>(form, dnnl::algorithm::convolution_direct);
}

Planned planMatmul(const dnnl::memory::desc& source, const dnnl::memory::desc& weights,
                   const dnnl::memory::desc& bias, const dnnl::memory::desc& destination) {
    if (isEmpty(bias))
        return planned<dnnl::matmul>(describe<dnnl::matmul>(source, weights, destination));
    return planned<dnnl::matmul>(describe<dnnl::matmul>(source, weights, bias, destination));
}

dnnl::memory::desc denseLayout(const dnnl::memory::dims& extents) {
    dnnl::memory::dims strides(extents.size(), 1);
    for (size_t i = extents.size(); i-- > 1;)
        strides[i - 1] = strides[i] * extents[i];
    return {extents, kFloat, strides};
}

dnnl::memory::desc anyLayout(const dnnl::memory::dims& extents) {
    return {extents, kFloat, dnnl::memory::format_tag::any};
}

dnnl::memory::desc stridedLayout(const dnnl::memory::dims& extents,
                                 const dnnl::memory::dims& strides) {
    return {extents, kFloat, strides};
}

dnnl::memory view(const dnnl::memory::desc& layout, const Tensor& tensor) {
    return {layout, engine(), const_cast<std::byte*>(tensor.bytes())};
}

dnnl::memory scratch(const dnnl::memory::desc& layout, size_t slot) {
    thread_local std::array<Buffer, 2> kept;
    Buffer& buffer = kept.at(slot);
    if (buffer.size < layout.get_size()) {
        buffer = Buffer();
        buffer = allocateHost(layout.get_size());
    }
    return {layout, engine(), buffer.data};
}

dnnl::memory allocated(const dnnl::memory::desc& layout) {
    return {layout, engine()};
}

void reorder(dnnl::memory from, dnnl::memory to) {
    dnnl::reorder(from, to).execute(stream(), from, to);
    stream().wait();
}

void translated(std::string_view what, const std::function<void()>& work) {
    try {
        work();
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_out_of_memory)
            throw Error(ErrorCode::OutOfMemory,
                        fmt::format("no memory for this {}; use a smaller --batch", what));
        throw Error(ErrorCode::Unsupported,
                    fmt::format("oneDNN has no kernel for this {} ({})", what, error.what()));
    }
}

}  // namespace clipscope::runtime::onednn
