// SPDX-License-Identifier: Apache-2.0
#pragma once

/// oneDNN: what versions 2 and 3 spell differently, and what its users here share.

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <dnnl.hpp>

#include "analysis/tensor/tensor.h"

namespace clipscope::runtime::onednn {

const dnnl::engine& engine();
dnnl::stream& stream();  ///< the calling thread's

/// What a convolution computes; deconvolution is the transposed one. `bias` may be empty.
struct ConvolutionForm {
    bool transposed = false;
    bool isDepthwise = false;  ///< a group for each channel
    dnnl::memory::desc source;
    dnnl::memory::desc weights;
    dnnl::memory::desc bias;
    dnnl::memory::desc destination;
    dnnl::memory::dims strides;
    dnnl::memory::dims dilations;  ///< 0 is dense
    dnnl::memory::dims padsBegin;
    dnnl::memory::dims padsEnd;
};

/// A primitive with the layouts that it chose.
struct Planned {
    dnnl::primitive primitive;
    dnnl::memory::desc source;
    dnnl::memory::desc weights;
    dnnl::memory::desc destination;
    dnnl::memory::desc scratchpad;  ///< may be empty
    std::string kind;               ///< what oneDNN calls its implementation
};

Planned planConvolution(const ConvolutionForm& form);

/// destination = source weights + bias over the last two axes; `bias` may be empty.
Planned planMatmul(const dnnl::memory::desc& source, const dnnl::memory::desc& weights,
                   const dnnl::memory::desc& bias, const dnnl::memory::desc& destination);

/// Float32 in the dense row-major layout, in a layout of the primitive's choice, and with strides.
dnnl::memory::desc denseLayout(const dnnl::memory::dims& extents);
dnnl::memory::desc anyLayout(const dnnl::memory::dims& extents);
dnnl::memory::desc stridedLayout(const dnnl::memory::dims& extents,
                                 const dnnl::memory::dims& strides);

/// A view of a tensor's elements. oneDNN takes no const pointers; sources are not written.
dnnl::memory view(const dnnl::memory::desc& layout, const Tensor& tensor);

/// Memory that the calling thread keeps for the next call; `slot` tells simultaneous uses apart.
/// Reused because fresh pages cost as much as the reorders that go through them.
std::byte* scratchBytes(size_t size, size_t slot);
dnnl::memory scratch(const dnnl::memory::desc& layout, size_t slot);

/// Fresh memory.
dnnl::memory allocated(const dnnl::memory::desc& layout);

/// Converts between layouts.
void reorder(dnnl::memory from, dnnl::memory to);

/// What was made of constant weights: matrices in a layout of a primitive's choice.
using PackedMatrices = std::shared_ptr<const std::vector<dnnl::memory>>;

/// `count` matrices in `layout` that `make` makes of `weights`: once for all executors that share
/// their constants (packed_weights.h).
PackedMatrices packed(const Tensor& weights, const dnnl::memory::desc& layout, size_t count,
                      const std::function<std::vector<dnnl::memory>()>& make);

/// `weights`, which lie as `plain` says, in `layout`.
PackedMatrices packed(const dnnl::memory::desc& plain, const Tensor& weights,
                      const dnnl::memory::desc& layout);

using Arguments = std::unordered_map<int, dnnl::memory>;

/// Makes `argument` show elements that lie so, for each argument always the same layout. Its object
/// is kept from run to run, since making one costs as much as a small convolution; sources are not
/// written.
void show(Arguments& arguments, int argument, const dnnl::memory::desc& layout,
          const void* elements);

/// Runs a primitive on any thread, whichever made it. The scratchpad joins the arguments.
void execute(const Planned& planned, Arguments& arguments);

/// Runs `work`; an exception of oneDNN becomes Error(OutOfMemory) or Error(Unsupported) that says
/// what was being done ("convolution").
void translated(std::string_view what, const std::function<void()>& work);

}  // namespace clipscope::runtime::onednn
