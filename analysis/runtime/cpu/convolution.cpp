// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <bit>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/dnnl_support.h"
#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/cpu/winograd.h"

namespace clipscope::runtime {
namespace {

using Dims = dnnl::memory::dims;

/// A convolution for fixed shapes. Channels-last operands are taken as they lie; for row-major ones
/// the primitive chooses its layouts, and operands that lie in another one (`plain...`) are
/// reordered on the way in and out.
struct PreparedConvolution {
    Layout layout = Layout::RowMajor;
    Shape xShape;
    Shape yShape;
    onednn::Planned planned;
    dnnl::memory::desc plainSource;
    dnnl::memory::desc plainWeights;
    dnnl::memory::desc plainBias;  ///< empty: without bias
    dnnl::memory::desc plainDestination;
    const std::byte* reorderedFrom = nullptr;  ///< the weights that `weights` holds
    onednn::PackedMatrices weights;            ///< constant weights in the primitive's layout
    onednn::Arguments arguments;
};

/// Most recently used first.
struct ConvolutionState {
    static constexpr size_t kMost = 4;
    std::deque<PreparedConvolution> prepared;
    std::deque<WinogradConvolution> tiled;
};

/// O x C/groups x kernel as oneDNN sees it: groups, outputs and inputs of a group, kernel.
dnnl::memory::desc weightsLayout(const ConvolutionParameters& parameters, const Shape& weights) {
    const std::vector<int64_t> dense = weights.strides();
    const int64_t ofGroup = weights[0] / parameters.groups;
    Dims extents{parameters.groups, ofGroup, weights[1]};
    Dims strides{ofGroup * dense[0], dense[0], dense[1]};
    if (parameters.transposed) {
        std::swap(extents[1], extents[2]);
        std::swap(strides[1], strides[2]);
    }
    extents.insert(extents.end(), weights.begin() + 2, weights.end());
    strides.insert(strides.end(), dense.begin() + 2, dense.end());
    if (parameters.groups == 1) {
        extents.erase(extents.begin());
        strides.erase(strides.begin());
    }
    return onednn::stridedLayout(extents, strides);
}

dnnl::memory::desc weightsOfAnyLayout(const ConvolutionParameters& parameters,
                                      const Shape& weights) {
    Dims extents = weights.extents();
    extents[0] /= parameters.groups;
    if (parameters.transposed)
        std::swap(extents[0], extents[1]);
    if (parameters.groups != 1)
        extents.insert(extents.begin(), parameters.groups);
    return onednn::anyLayout(extents);
}

bool areOne(const std::vector<int64_t>& values) {
    return std::ranges::all_of(values, [](int64_t v) { return v == 1; });
}

/// Whether each position of y is that of one position of x times the weights.
bool multipliesPositions(const ConvolutionParameters& parameters, const Shape& weights) {
    const auto isZero = [](int64_t v) { return v == 0; };
    return !parameters.transposed && parameters.groups == 1 &&
           weights.elementCount(2, weights.rank()) == 1 &&
           std::ranges::all_of(parameters.padsBegin, isZero) &&
           std::ranges::all_of(parameters.padsEnd, isZero);
}

/// A kernel of one element at every position is a matrix product in the plain layout already;
/// where positions are few, the layouts of oneDNN's choice pay for their reorders nevertheless.
bool isMatrixProduct(const ConvolutionParameters& parameters, const Shape& weights,
                     const Shape& y) {
    constexpr int64_t kManyPositions = 128;
    return multipliesPositions(parameters, weights) && areOne(parameters.strides) &&
           y.elementCount(2, y.rank()) >= kManyPositions;
}

/// As the elements of `tensor` lie.
dnnl::memory::desc layoutOf(const Tensor& tensor) {
    if (tensor.layout() == Layout::RowMajor)
        return onednn::denseLayout(tensor.shape().extents());
    std::vector<int64_t> strides = tensor.inMemoryOrder().shape().strides();
    std::rotate(strides.begin() + 1, strides.end() - 1, strides.end());
    return onednn::stridedLayout(tensor.shape().extents(), strides);
}

PreparedConvolution prepare(const ConvolutionParameters& parameters, const Tensor& x,
                            const Tensor& weights, const Tensor* bias, const Tensor& y) {
    PreparedConvolution made;
    made.layout = x.layout();
    made.xShape = x.shape();
    made.yShape = y.shape();
    made.plainSource = layoutOf(x);
    made.plainWeights = weightsLayout(parameters, weights.shape());
    made.plainDestination = layoutOf(y);
    if (bias)
        made.plainBias = onednn::denseLayout(bias->shape().extents());

    onednn::ConvolutionForm form;
    form.transposed = parameters.transposed;
    form.isDepthwise = parameters.groups > 1 && weights.shape()[1] == 1;
    form.source = onednn::anyLayout(x.shape().extents());
    form.weights = weightsOfAnyLayout(parameters, weights.shape());
    form.bias = made.plainBias;
    form.destination = onednn::anyLayout(y.shape().extents());
    if (x.layout() == Layout::ChannelsLast ||
        isMatrixProduct(parameters, weights.shape(), y.shape())) {
        form.source = made.plainSource;
        form.destination = made.plainDestination;
    }
    form.strides = parameters.strides;
    form.dilations = parameters.dilations;
    for (int64_t& dilation : form.dilations)
        --dilation;
    form.padsBegin = parameters.padsBegin;
    form.padsEnd = parameters.padsEnd;
    made.planned = onednn::planConvolution(form);
    return made;
}

PreparedConvolution& preparedFor(ConvolutionState& state, const ConvolutionParameters& parameters,
                                 const Tensor& x, const Tensor& weights, const Tensor* bias,
                                 const Tensor& y) {
    auto it = std::ranges::find_if(state.prepared, [&](const PreparedConvolution& p) {
        return p.layout == x.layout() && p.xShape == x.shape() && p.yShape == y.shape();
    });
    if (it == state.prepared.end()) {
        state.prepared.push_front(prepare(parameters, x, weights, bias, y));
        if (state.prepared.size() > ConvolutionState::kMost)
            state.prepared.pop_back();
    } else if (it != state.prepared.begin()) {
        std::rotate(state.prepared.begin(), it, it + 1);
    }
    return state.prepared.front();
}

/// The weights in the primitive's layout; constant ones are reordered once, and once for all
/// shapes whose primitives want the same layout.
dnnl::memory weightsFor(ConvolutionState& state, PreparedConvolution& prepared,
                        const Tensor& weights, bool areConstant) {
    if (areConstant && prepared.weights && prepared.reorderedFrom == weights.bytes())
        return prepared.weights->front();
    const dnnl::memory plain = onednn::view(prepared.plainWeights, weights);
    if (prepared.planned.weights == prepared.plainWeights)
        return plain;
    if (!areConstant) {
        const dnnl::memory reordered = onednn::allocated(prepared.planned.weights);
        onednn::reorder(plain, reordered);
        return reordered;
    }
    const auto same = std::ranges::find_if(state.prepared, [&](const PreparedConvolution& other) {
        return other.weights && other.reorderedFrom == weights.bytes() &&
               other.planned.weights == prepared.planned.weights;
    });
    prepared.weights = same != state.prepared.end() ? same->weights
                                                    : onednn::packed(prepared.plainWeights, weights,
                                                                     prepared.planned.weights);
    prepared.reorderedFrom = weights.bytes();
    return prepared.weights->front();
}

void execute(PreparedConvolution& prepared, const Tensor& x, const dnnl::memory& weights,
             const Tensor* bias, Tensor& y) {
    if (prepared.planned.source == prepared.plainSource) {
        onednn::show(prepared.arguments, DNNL_ARG_SRC, prepared.plainSource, x.bytes());
    } else {
        const dnnl::memory source = onednn::scratch(prepared.planned.source, 0);
        onednn::reorder(onednn::view(prepared.plainSource, x), source);
        prepared.arguments[DNNL_ARG_SRC] = source;
    }
    const bool reordersResult = prepared.planned.destination != prepared.plainDestination;
    if (reordersResult)
        prepared.arguments[DNNL_ARG_DST] = onednn::scratch(prepared.planned.destination, 1);
    else
        onednn::show(prepared.arguments, DNNL_ARG_DST, prepared.plainDestination, y.bytes());
    prepared.arguments[DNNL_ARG_WEIGHTS] = weights;
    if (bias)
        onednn::show(prepared.arguments, DNNL_ARG_BIAS, prepared.plainBias, bias->bytes());
    onednn::execute(prepared.planned, prepared.arguments);
    if (reordersResult)
        onednn::reorder(prepared.arguments[DNNL_ARG_DST],
                        onednn::view(prepared.plainDestination, y));
}

CLIPSCOPE_VECTORIZED bool areFinite(const float* values, int64_t count) {
    constexpr uint32_t kInfinity = 0x7f800000;
    const auto magnitude = [values](int64_t i) CLIPSCOPE_INLINE_LAMBDA {
        return std::bit_cast<uint32_t>(values[i]) & 0x7fffffff;
    };
    const auto larger = [](uint32_t a, uint32_t b)
                            CLIPSCOPE_INLINE_LAMBDA { return a > b ? a : b; };
    return inLanes(count, uint32_t{0}, magnitude, larger) < kInfinity;
}

bool areFinite(const Tensor& tensor) {
    constexpr int64_t kGrain = 1 << 14;
    const auto* values = reinterpret_cast<const float*>(tensor.bytes());
    std::atomic<bool> finite = true;
    parallelFor(tensor.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        if (!areFinite(values + begin, end - begin))
            finite = false;
    });
    return finite;
}

/// Whether a kernel of one element skips positions of x, which lie as whole rows of channels.
bool skipsPositions(const ConvolutionParameters& parameters, const Tensor& x,
                    const Shape& weights) {
    return x.layout() == Layout::ChannelsLast && x.rank() == 4 &&
           multipliesPositions(parameters, weights) && !areOne(parameters.strides);
}

/// The others side by side, for y of that shape, in memory that the thread keeps: with them
/// oneDNN's kernel takes up to a third less time than when it picks them out itself.
Tensor positionsRead(const ConvolutionParameters& parameters, const Tensor& x, const Shape& y) {
    const Shape shape{x.shape()[0], x.shape()[1], y[2], y[3]};
    const int64_t channels = shape[1];
    const size_t size = static_cast<size_t>(shape.elementCount()) * sizeof(float);
    Tensor read(x.type(), shape, {onednn::scratchBytes(size, 0), size, MemoryKind::Host, nullptr});
    read.setLayout(Layout::ChannelsLast);
    const float* from = x.inMemoryOrder().values<float>().data();
    auto* to = reinterpret_cast<float*>(read.mutableBytes());
    const int64_t grain = 16384 / std::clamp<int64_t>(channels, 1, 16384);
    parallelFor(shape[0] * y[2] * y[3], grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t n = i / (y[2] * y[3]);
            const int64_t row = i / y[3] % y[2] * parameters.strides[0];
            const int64_t column = i % y[3] * parameters.strides[1];
            const int64_t at = (n * x.shape()[2] + row) * x.shape()[3] + column;
            std::copy_n(from + at * channels, channels, to + i * channels);
        }
    });
    return read;
}

/// A convolution with its operands but x and y, which may be those of one of the samples.
class Convolution {
public:
    Convolution(const ConvolutionParameters& parameters, const Tensor& weights, const Tensor* bias,
                ConvolutionState& state)
        : m_parameters(parameters), m_weights(weights), m_bias(bias), m_state(state) {}

    void compute(const Tensor& x, Tensor& y) {
        if (WinogradConvolution* tiled = tiledFor(x, y))
            return computeSamples(*tiled, x, y);
        computeDirectly(x, y);
    }

private:
    void computeDirectly(const Tensor& x, Tensor& y) {
        PreparedConvolution& prepared = preparedFor(m_state, m_parameters, x, m_weights, m_bias, y);
        execute(prepared, x,
                weightsFor(m_state, prepared, m_weights, m_parameters.weightsAreConstant), m_bias,
                y);
    }

    /// Null: that way takes longer, or there is none.
    WinogradConvolution* tiledFor(const Tensor& x, const Tensor& y) {
        const auto fits = [&](const WinogradConvolution& tiled) { return tiled.fits(x, y); };
        const auto it = std::ranges::find_if(m_state.tiled, fits);
        if (it != m_state.tiled.end()) {
            std::rotate(m_state.tiled.begin(), it, it + 1);
            return &m_state.tiled.front();
        }
        auto made = WinogradConvolution::planned(m_parameters, x, m_weights.shape(), y);
        if (!made)
            return nullptr;
        if (m_state.tiled.size() == ConvolutionState::kMost)
            m_state.tiled.pop_back();
        return &m_state.tiled.emplace_front(std::move(*made));
    }

    /// Winograd's way adds up neighbours of a position before it multiplies them, so that an
    /// infinity or NaN reaches positions that do not read it: such a sample is computed directly.
    void computeSamples(WinogradConvolution& tiled, const Tensor& x, Tensor& y) {
        for (int64_t i = 0; i < x.shape()[0]; ++i) {
            const Tensor from = x.rows(i, i + 1);
            Tensor to = y.rows(i, i + 1);
            tiled.compute(from, m_weights, m_bias, to);
            if (!areFinite(to))
                computeDirectly(from, to);
        }
    }

    const ConvolutionParameters& m_parameters;
    const Tensor& m_weights;
    const Tensor* m_bias;
    ConvolutionState& m_state;
};

}  // namespace

/// oneDNN's fastest kernels for two axes want channels last. Its transposed ones do not.
Layout CpuDevice::convolutionLayout(const ConvolutionParameters& parameters, const Shape& x) const {
    return x.rank() == 4 && !parameters.transposed ? Layout::ChannelsLast : Layout::RowMajor;
}

void CpuDevice::convolve(const ConvolutionParameters& parameters, const Tensor& x,
                         const Tensor& weights, const Tensor* bias, Tensor& y, NodeState& state) {
    requireFloat32("convolution", {&x, &weights, bias});
    if (x.rank() < 3 || x.rank() > 5)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("convolution of {} has {} spatial axes; 1 to 3 are supported",
                                x.shape().toString(), static_cast<int>(x.rank()) - 2));
    if (y.elementCount() == 0)
        return;
    if (!state.has_value())
        state = ConvolutionState();
    auto& own = std::any_cast<ConvolutionState&>(state);
    onednn::translated("convolution", [&] {
        if (!skipsPositions(parameters, x, weights.shape()))
            return Convolution(parameters, weights, bias, own).compute(x, y);
        ConvolutionParameters dense = parameters;
        dense.strides = {1, 1};
        Convolution(dense, weights, bias, own).compute(positionsRead(parameters, x, y.shape()), y);
    });
}

}  // namespace clipscope::runtime
