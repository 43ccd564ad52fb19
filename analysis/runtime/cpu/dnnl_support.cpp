// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/dnnl_support.h"

#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/packed_weights.h"

namespace clipscope::runtime::onednn {
namespace {

constexpr auto kFloat = dnnl::memory::data_type::f32;
constexpr auto kInference = dnnl::prop_kind::forward_inference;
constexpr size_t kScratchpad = 2;  ///< slot of scratch()

/// Version 2 makes an operation descriptor first, version 3 gives its arguments directly.
/// The library's own scratchpads belong to the thread that made the primitive.
dnnl::primitive_attr withOwnScratchpad() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

/// `make` makes a description. The first implementation of that kind, or else oneDNN's first
/// choice.
template <typename Make>
auto preferring(std::string_view kind, Make&& make) {
    auto description = make();
    while (std::string_view(description.impl_info_str()).find(kind) == std::string_view::npos)
        if (!description.next_impl())
            return make();
    return description;
}

/// `kind`: part of an implementation's name, empty for oneDNN's choice.
template <typename Primitive, typename... Forms>
typename Primitive::primitive_desc describe(std::string_view kind, const Forms&... forms) {
    using Description = typename Primitive::primitive_desc;
    const dnnl::primitive_attr attributes = withOwnScratchpad();
#if DNNL_VERSION_MAJOR >= 3
    return preferring(kind, [&] { return Description(engine(), forms..., attributes); });
#else
    const typename Primitive::desc operation(forms...);  // which a search goes on reading
    return preferring(kind, [&] { return Description(operation, attributes, engine()); });
#endif
}

bool isEmpty(const dnnl::memory::desc& layout) {
    return layout.get_size() == 0;
}

template <typename Primitive>
Planned planned(const typename Primitive::primitive_desc& description) {
    return {Primitive(description), description.src_desc(),        description.weights_desc(),
            description.dst_desc(), description.scratchpad_desc(), description.impl_info_str()};
}

template <typename Primitive>
typename Primitive::primitive_desc describeConvolution(std::string_view kind,
                                                       dnnl::algorithm algorithm,
                                                       const ConvolutionForm& form) {
    if (isEmpty(form.bias))
        return describe<Primitive>(kind, kInference, algorithm, form.source, form.weights,
                                   form.destination, form.strides, form.dilations, form.padsBegin,
                                   form.padsEnd);
    return describe<Primitive>(kind, kInference, algorithm, form.source, form.weights, form.bias,
                               form.destination, form.strides, form.dilations, form.padsBegin,
                               form.padsEnd);
}

/// Of the depthwise kernels the one that is written for them takes two thirds of the time of the
/// one made of matrix products, which oneDNN tries first.
template <typename Primitive>
Planned plan(const ConvolutionForm& form, dnnl::algorithm algorithm) {
    return planned<Primitive>(
        describeConvolution<Primitive>(form.isDepthwise ? "jit_dw:" : "", algorithm, form));
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
        return planned<dnnl::matmul>(describe<dnnl::matmul>({}, source, weights, destination));
    return planned<dnnl::matmul>(describe<dnnl::matmul>({}, source, weights, bias, destination));
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

std::byte* scratchBytes(size_t size, size_t slot) {
    thread_local std::array<Buffer, 3> kept;
    Buffer& buffer = kept.at(slot);
    if (buffer.size < size) {
        buffer = Buffer();
        buffer = allocateHost(size);
    }
    return buffer.data;
}

dnnl::memory scratch(const dnnl::memory::desc& layout, size_t slot) {
    return {layout, engine(), scratchBytes(layout.get_size(), slot)};
}

void show(Arguments& arguments, int argument, const dnnl::memory::desc& layout,
          const void* elements) {
    auto* data = const_cast<void*>(elements);
    const auto kept = arguments.find(argument);
    if (kept == arguments.end())
        arguments.emplace(argument, dnnl::memory(layout, engine(), data));
    else if (kept->second.get_data_handle() != data)
        kept->second.set_data_handle(data);
}

dnnl::memory allocated(const dnnl::memory::desc& layout) {
    return {layout, engine()};
}

void reorder(dnnl::memory from, dnnl::memory to) {
    dnnl::reorder(from, to).execute(stream(), from, to);
    stream().wait();
}

PackedMatrices packed(const Tensor& weights, const dnnl::memory::desc& layout, size_t count,
                      const std::function<std::vector<dnnl::memory>()>& make) {
    using Matrices = std::vector<dnnl::memory>;
    const auto fits = [&](const void* kept) {
        const auto& matrices = *static_cast<const Matrices*>(kept);
        return matrices.size() == count && matrices.front().get_desc() == layout;
    };
    return std::static_pointer_cast<const Matrices>(PackedWeights::findOrMake(
        weights.bytes(), fits,
        [&]() -> std::shared_ptr<const void> { return std::make_shared<Matrices>(make()); }));
}

PackedMatrices packed(const dnnl::memory::desc& plain, const Tensor& weights,
                      const dnnl::memory::desc& layout) {
    return packed(weights, layout, 1, [&] {
        const dnnl::memory made = allocated(layout);
        reorder(view(plain, weights), made);
        return std::vector{made};
    });
}

void execute(const Planned& planned, Arguments& arguments) {
    if (!isEmpty(planned.scratchpad))
        show(arguments, DNNL_ARG_SCRATCHPAD, planned.scratchpad,
             scratchBytes(planned.scratchpad.get_size(), kScratchpad));
    planned.primitive.execute(stream(), arguments);
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
