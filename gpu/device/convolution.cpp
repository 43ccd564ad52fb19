// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "analysis/runtime/strided_view.h"
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

using runtime::ConvolutionParameters;
using runtime::StridedView;

/// The extents with one spatial axis made two: libraries know 2 and 3.
std::vector<int64_t> atLeast2d(const Shape& shape) {
    if (shape.rank() == 3)
        return {shape[0], shape[1], 1, shape[2]};
    return shape.extents();
}

std::vector<int64_t> atLeast2d(const std::vector<int64_t>& values, int64_t neutral) {
    if (values.size() == 1)
        return {neutral, values[0]};
    return values;
}

Convolution convolutionOf(const ConvolutionParameters& parameters, const Shape& x,
                          const Shape& weights, const Shape& y, const std::vector<int64_t>& pads) {
    Convolution made;
    made.forward = !parameters.transposed;
    made.x = atLeast2d(parameters.transposed ? y : x);
    made.y = atLeast2d(parameters.transposed ? x : y);
    made.weights = atLeast2d(weights);
    made.pads = atLeast2d(pads, 0);
    made.strides = atLeast2d(parameters.strides, 1);
    made.dilations = atLeast2d(parameters.dilations, 1);
    made.groups = parameters.groups;
    return made;
}

int64_t elementsOf(const std::vector<int64_t>& extents) {
    return Shape(extents).elementCount();
}

/// Samples at a time, where all of them have more elements than the library counts; as many in each
/// part, as each number of samples is planned anew.
int64_t samplesAtATime(const Convolution& convolution, int64_t mostElements) {
    const int64_t samples = convolution.x[0];
    const int64_t perSample =
        std::max(elementsOf(convolution.x), elementsOf(convolution.y)) / samples;
    const int64_t most = std::max<int64_t>(1, mostElements / perSample);
    const int64_t parts = (samples + most - 1) / most;
    return (samples + parts - 1) / parts;
}

/// False where the library has no such convolution.
bool convolveInParts(Backend& backend, Convolution convolution, const float* source,
                     const float* weights, float* destination, const WorkMemory& memory,
                     runtime::NodeState& state) {
    const int64_t samples = convolution.x[0];
    const int64_t atATime = samplesAtATime(convolution, backend.mostConvolved());
    const int64_t perX = elementsOf(convolution.x) / samples;
    const int64_t perY = elementsOf(convolution.y) / samples;
    for (int64_t first = 0; first < samples; first += atATime) {
        convolution.x[0] = convolution.y[0] = std::min(atATime, samples - first);
        if (!backend.convolve(convolution, source + first * (convolution.forward ? perX : perY),
                              weights, destination + first * (convolution.forward ? perY : perX),
                              memory, state))
            return false;
    }
    return true;
}

/// x inside zeros, where pads of an axis differ.
Shape paddedShape(const ConvolutionParameters& parameters, const Shape& x) {
    Shape shape = x;
    for (size_t i = 0; i < parameters.padsBegin.size(); ++i)
        shape[2 + i] += parameters.padsBegin[i] + parameters.padsEnd[i];
    return shape;
}

/// Where an element-wise view of `inner` begins inside `outer`.
StridedView viewInside(const Shape& outer, const std::vector<int64_t>& begins) {
    StridedView view = runtime::wholeView(outer);
    for (size_t i = 0; i < begins.size(); ++i)
        view.offset += begins[i] * view.strides[2 + i];
    return view;
}

bool isTaken(const std::vector<int64_t>& pads) {
    return std::ranges::all_of(pads, [](int64_t pad) { return pad >= 0; });
}

/// Whether the forward convolution of y, with padsBegin on both sides, gives x exactly: its last
/// windows may leave up to a stride over.
bool isSymmetric(const ConvolutionParameters& parameters) {
    for (size_t i = 0; i < parameters.padsBegin.size(); ++i) {
        const int64_t over = parameters.padsBegin[i] - parameters.padsEnd[i];
        if (over < 0 || (parameters.transposed ? over >= parameters.strides[i] : over != 0))
            return false;
    }
    return true;
}

/// y of a transposed convolution without pads; false where output padding leaves too much over.
bool unpaddedShape(const ConvolutionParameters& parameters, const Shape& x, const Shape& weights,
                   const Shape& y, Shape& whole) {
    whole = y;
    for (size_t i = 0; i < parameters.padsBegin.size(); ++i) {
        const int64_t over = std::max<int64_t>(0, -parameters.padsEnd[i]);
        if (over >= parameters.strides[i])
            return false;
        whole[2 + i] = (x[2 + i] - 1) * parameters.strides[i] +
                       (weights[2 + i] - 1) * parameters.dilations[i] + 1 + over;
    }
    return true;
}

}  // namespace

/// False where the library has no such convolution.
bool GpuDevice::convolveOnDevice(const ConvolutionParameters& parameters, const Tensor& x,
                                 const Tensor& weights, Tensor& y, runtime::NodeState& state) {
    const std::vector<int64_t> noPads(parameters.padsBegin.size(), 0);
    const auto run = [&](const Tensor& source, Tensor& destination,
                         const std::vector<int64_t>& pads) {
        // Given back at once: whoever gets it is queued behind this call.
        std::vector<Buffer> work;
        const WorkMemory memory = [&](size_t size) {
            work.push_back(m_pool.allocate(size));
            return work.back().data;
        };
        return convolveInParts(
            *m_backend,
            convolutionOf(parameters, source.shape(), weights.shape(), destination.shape(), pads),
            dataOf<float>(source), dataOf<float>(weights), dataOf<float>(destination), memory,
            state);
    };
    if (!isTaken(parameters.padsBegin))
        return false;
    if (isSymmetric(parameters))
        return run(x, y, parameters.padsBegin);
    if (!parameters.transposed) {
        if (!isTaken(parameters.padsEnd))
            return false;
        Tensor padded = allocateOnDevice(x.type(), paddedShape(parameters, x.shape()));
        fill(Tensor::scalar(0.0f), padded);
        copyStrided(x.shape(), x, runtime::wholeView(x.shape()), padded,
                    viewInside(padded.shape(), parameters.padsBegin));
        return run(padded, y, noPads);
    }
    Shape shape;
    if (!unpaddedShape(parameters, x.shape(), weights.shape(), y.shape(), shape))
        return false;
    Tensor whole = allocateOnDevice(y.type(), shape);
    if (!run(x, whole, noPads))
        return false;
    copyStrided(y.shape(), whole, viewInside(shape, parameters.padsBegin), y,
                runtime::wholeView(y.shape()));
    return true;
}

void GpuDevice::convolve(const ConvolutionParameters& parameters, const Tensor& x,
                         const Tensor& weights, const Tensor* bias, Tensor& y,
                         runtime::NodeState& state) {
    const bool isPossible = x.type() == DType::Float32 && weights.type() == DType::Float32 &&
                            x.rank() >= 3 && x.rank() <= 5 && x.elementCount() > 0 &&
                            y.elementCount() > 0;
    if (isPossible) {
        const Tensor filters = onDevice(weights);
        DeviceOutput to(*this, y);
        if (convolveOnDevice(parameters, onDevice(x), filters, to.tensor(),
                             stateOf(state).backend)) {
            if (bias) {
                std::vector<int64_t> extents(x.rank() - 1, 1);
                extents[0] = bias->elementCount();
                binary(runtime::BinaryFunction::Add, Tensor(to.tensor()),
                       onDevice(*bias).reshaped(Shape(extents)), to.tensor());
            }
            return to.finish();
        }
    }
    onHost({&x, &weights, bias}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->convolve(parameters, in[0], in[1], bias ? &in[2] : nullptr, out,
                         stateOf(state).host);
    });
}

}  // namespace clipscope::gpu
