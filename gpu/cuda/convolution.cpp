// SPDX-License-Identifier: Apache-2.0
// Convolutions by cuDNN; the algorithm is chosen once for each shape.
#include <algorithm>
#include <array>
#include <deque>
#include <limits>

#include "analysis/base/error.h"
#include "gpu/cuda/cuda_backend.h"

namespace clipscope::gpu {
namespace {

/// Memory that an algorithm may ask for.
constexpr size_t kMostWorkspace = size_t{1} << 30;

struct Planned {
    Convolution shapes;
    TensorDescriptor x;
    TensorDescriptor y;
    FilterDescriptor weights;
    ConvolutionDescriptor convolution;
    cudnnConvolutionFwdAlgo_t forward{};
    cudnnConvolutionBwdDataAlgo_t backward{};
    size_t workspace = 0;
    bool isPossible = false;
};

/// Most recently planned first.
struct PlannedConvolutions {
    static constexpr size_t kMost = 8;
    std::deque<std::shared_ptr<Planned>> planned;
};

std::vector<int> toInts(const std::vector<int64_t>& values) {
    return {values.begin(), values.end()};
}

/// cuDNN counts elements with int.
bool fits(const std::vector<int64_t>& extents) {
    int64_t count = 1;
    for (const int64_t extent : extents)
        if (extent <= 0 || __builtin_mul_overflow(count, extent, &count) ||
            count > std::numeric_limits<int>::max())
            return false;
    return true;
}

TensorDescriptor describe(const std::vector<int64_t>& extents) {
    cudnnTensorDescriptor_t raw = nullptr;
    CLIPSCOPE_CUDNN_CHECK(cudnnCreateTensorDescriptor(&raw));
    TensorDescriptor descriptor(raw);
    std::vector<int> strides(extents.size(), 1);
    for (size_t i = extents.size() - 1; i-- > 0;)
        strides[i] = strides[i + 1] * static_cast<int>(extents[i + 1]);
    const std::vector<int> ints = toInts(extents);
    CLIPSCOPE_CUDNN_CHECK(cudnnSetTensorNdDescriptor(
        raw, CUDNN_DATA_FLOAT, static_cast<int>(ints.size()), ints.data(), strides.data()));
    return descriptor;
}

/// float32 products; with TF32 those that round to it, but none that convert to half types, whose
/// range is smaller.
bool isTaken(cudnnMathType_t type, bool tf32) {
    if (type == CUDNN_FMA_MATH || type == CUDNN_DEFAULT_MATH)
        return true;
    return tf32 && type == CUDNN_TENSOR_OP_MATH;
}

/// Plans the first of cuDNN's proposals, fastest first, that is precise enough, repeatable and
/// takes no more than `most` bytes besides; null where there is none. sizeOf(algorithm, bytes) asks
/// how many it takes with the math type that is set, which a proposal may have been made for or
/// not.
template <typename Performance, typename SizeOf>
const Performance* choose(Planned& made, const Performance* proposals, int count, bool tf32,
                          size_t most, SizeOf&& sizeOf) {
    for (const Performance* p = proposals; p < proposals + count; ++p) {
        if (p->status != CUDNN_STATUS_SUCCESS || p->determinism != CUDNN_DETERMINISTIC ||
            !isTaken(p->mathType, tf32))
            continue;
        CLIPSCOPE_CUDNN_CHECK(cudnnSetConvolutionMathType(made.convolution.get(),
                                                          tf32 ? p->mathType : CUDNN_FMA_MATH));
        size_t size = 0;
        if (sizeOf(p->algo, &size) != CUDNN_STATUS_SUCCESS || size > most)
            continue;
        made.workspace = size;
        made.isPossible = true;
        return p;
    }
    return nullptr;
}

void describeAll(Planned& made, bool tf32) {
    const Convolution& c = made.shapes;
    made.x = describe(c.x);
    made.y = describe(c.y);
    cudnnFilterDescriptor_t weights = nullptr;
    CLIPSCOPE_CUDNN_CHECK(cudnnCreateFilterDescriptor(&weights));
    made.weights = FilterDescriptor(weights);
    const std::vector<int> extents = toInts(c.weights);
    CLIPSCOPE_CUDNN_CHECK(cudnnSetFilterNdDescriptor(weights, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NCHW,
                                                     static_cast<int>(extents.size()),
                                                     extents.data()));
    cudnnConvolutionDescriptor_t convolution = nullptr;
    CLIPSCOPE_CUDNN_CHECK(cudnnCreateConvolutionDescriptor(&convolution));
    made.convolution = ConvolutionDescriptor(convolution);
    CLIPSCOPE_CUDNN_CHECK(cudnnSetConvolutionNdDescriptor(
        convolution, static_cast<int>(c.pads.size()), toInts(c.pads).data(),
        toInts(c.strides).data(), toInts(c.dilations).data(), CUDNN_CROSS_CORRELATION,
        CUDNN_DATA_FLOAT));
    CLIPSCOPE_CUDNN_CHECK(cudnnSetConvolutionGroupCount(convolution, static_cast<int>(c.groups)));
    // CUDNN_DEFAULT_MATH would allow TF32.
    CLIPSCOPE_CUDNN_CHECK(
        cudnnSetConvolutionMathType(convolution, tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH));
}

/// Of the ways that take no more than `most` bytes besides.
std::shared_ptr<Planned> plan(cudnnHandle_t handle, const Convolution& shapes, bool tf32,
                              size_t most) {
    auto made = std::make_shared<Planned>();
    made->shapes = shapes;
    if (!fits(shapes.x) || !fits(shapes.y) || !fits(shapes.weights))
        return made;
    describeAll(*made, tf32);
    int count = 0;
    if (shapes.forward) {
        std::array<cudnnConvolutionFwdAlgoPerf_t, CUDNN_CONVOLUTION_FWD_ALGO_COUNT> proposals;
        CLIPSCOPE_CUDNN_CHECK(cudnnGetConvolutionForwardAlgorithm_v7(
            handle, made->x.get(), made->weights.get(), made->convolution.get(), made->y.get(),
            static_cast<int>(proposals.size()), &count, proposals.data()));
        const auto sizeOf = [&](cudnnConvolutionFwdAlgo_t algorithm, size_t* bytes) {
            return cudnnGetConvolutionForwardWorkspaceSize(
                handle, made->x.get(), made->weights.get(), made->convolution.get(), made->y.get(),
                algorithm, bytes);
        };
        if (const auto* chosen = choose(*made, proposals.data(), count, tf32, most, sizeOf))
            made->forward = chosen->algo;
        return made;
    }
    std::array<cudnnConvolutionBwdDataAlgoPerf_t, CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT> proposals;
    CLIPSCOPE_CUDNN_CHECK(cudnnGetConvolutionBackwardDataAlgorithm_v7(
        handle, made->weights.get(), made->y.get(), made->convolution.get(), made->x.get(),
        static_cast<int>(proposals.size()), &count, proposals.data()));
    const auto sizeOf = [&](cudnnConvolutionBwdDataAlgo_t algorithm, size_t* bytes) {
        return cudnnGetConvolutionBackwardDataWorkspaceSize(handle, made->weights.get(),
                                                            made->y.get(), made->convolution.get(),
                                                            made->x.get(), algorithm, bytes);
    };
    if (const auto* chosen = choose(*made, proposals.data(), count, tf32, most, sizeOf))
        made->backward = chosen->algo;
    return made;
}

/// The same, or what is not possible where cuDNN has no such convolution.
std::shared_ptr<Planned> planIfPossible(cudnnHandle_t handle, const Convolution& shapes, bool tf32,
                                        size_t most) {
    try {
        return plan(handle, shapes, tf32, most);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Unsupported)
            throw;
    }
    auto made = std::make_shared<Planned>();
    made->shapes = shapes;
    return made;
}

/// Memory for the planned way; where there is none, the plan becomes one that takes less.
template <typename Replan>
std::byte* workspaceOf(std::shared_ptr<Planned>& planned, const WorkMemory& work, Replan&& replan) {
    while (planned->workspace > 0) {
        try {
            return work(planned->workspace);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::OutOfMemory)
                throw;
            const std::shared_ptr<Planned> smaller = replan(planned->workspace - 1);
            if (!smaller->isPossible)
                throw;
            planned = smaller;
        }
    }
    return nullptr;
}

void run(cudnnHandle_t handle, const Planned& planned, const float* source, const float* weights,
         float* destination, std::byte* memory) {
    const float one = 1;
    const float zero = 0;
    if (planned.shapes.forward)
        CLIPSCOPE_CUDNN_CHECK(
            cudnnConvolutionForward(handle, &one, planned.x.get(), source, planned.weights.get(),
                                    weights, planned.convolution.get(), planned.forward, memory,
                                    planned.workspace, &zero, planned.y.get(), destination));
    else
        CLIPSCOPE_CUDNN_CHECK(cudnnConvolutionBackwardData(
            handle, &one, planned.weights.get(), weights, planned.y.get(), source,
            planned.convolution.get(), planned.backward, memory, planned.workspace, &zero,
            planned.x.get(), destination));
}

}  // namespace

bool CudaBackend::convolve(const Convolution& shapes, const float* source, const float* weights,
                           float* destination, const WorkMemory& work, runtime::NodeState& state) {
    use();
    if (!state.has_value())
        state = PlannedConvolutions();
    auto& all = std::any_cast<PlannedConvolutions&>(state).planned;
    auto it = std::find_if(all.begin(), all.end(),
                           [&](const auto& planned) { return planned->shapes == shapes; });
    if (it == all.end()) {
        all.push_front(planIfPossible(m_cudnn.get(), shapes, m_tf32, kMostWorkspace));
        it = all.begin();
        if (all.size() > PlannedConvolutions::kMost)
            all.pop_back();
    }
    if (!(*it)->isPossible)
        return false;
    std::byte* const memory = workspaceOf(*it, work, [&](size_t most) {
        return planIfPossible(m_cudnn.get(), shapes, m_tf32, most);
    });
    try {
        run(m_cudnn.get(), **it, source, weights, destination, memory);
    } catch (const Error& error) {  // it was proposed and is not there after all
        if (error.code() != ErrorCode::Unsupported)
            throw;
        (*it)->isPossible = false;
    }
    return (*it)->isPossible;
}

}  // namespace clipscope::gpu
