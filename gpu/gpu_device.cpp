// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_device.h"

#include <algorithm>

#include "analysis/runtime/channels_last.h"
#include "gpu/device/scratch.h"

namespace clipscope::gpu {

bool belongsOnHost(DType type, int64_t count, int64_t few) {
    return !isFloat(type) && count <= few;
}

GpuDevice::GpuDevice(std::shared_ptr<Backend> backend, std::unique_ptr<runtime::Device> host)
    : m_backend(std::move(backend)),
      m_host(std::move(host)),
      m_pool(m_backend),
      m_staging(m_backend) {}

GpuDevice::~GpuDevice() = default;

std::string GpuDevice::name() const {
    return m_backend->name();
}

Tensor GpuDevice::allocateOnDevice(DType type, const Shape& shape, Tensor copyOf) {
    int64_t bytes = 0;
    if (__builtin_mul_overflow(shape.elementCount(), static_cast<int64_t>(elementSize(type)),
                               &bytes))
        return Tensor(type, shape);  // which says that it is impossible
    return Tensor(type, shape, m_pool.allocate(static_cast<size_t>(bytes), std::move(copyOf)));
}

Tensor GpuDevice::allocate(DType type, const Shape& shape) {
    if (belongsOnHost(type, shape.elementCount(), m_few))
        return Tensor(type, shape);
    return allocateOnDevice(type, shape);
}

void GpuDevice::copyDown(const Tensor& from, Tensor& to) {
    if (from.byteSize() == 0)
        return;
    m_backend->toHost(to.mutableBytes(), from.bytes(), from.byteSize());
    m_copied += static_cast<int64_t>(from.byteSize());
}

void GpuDevice::copyUp(const Tensor& from, Tensor& to) {
    if (from.byteSize() == 0)
        return;
    m_staging.copy(to.mutableBytes(), from.bytes(), from.byteSize());
    m_copied += static_cast<int64_t>(from.byteSize());
}

Tensor GpuDevice::toHost(const Tensor& tensor) {
    if (tensor.isHost())
        return tensor;
    if (Tensor original = Pool::original(tensor); original.isDefined())
        return original;
    Tensor host(tensor.type(), tensor.shape());
    copyDown(tensor, host);
    return host;
}

Tensor GpuDevice::onDevice(const Tensor& tensor) {
    if (!tensor.isHost())
        return tensor;
    const Tensor plain = runtime::toRowMajor(*m_host, tensor);
    Tensor copy = allocateOnDevice(plain.type(), plain.shape(), plain);
    copyUp(plain, copy);
    return copy;
}

Tensor GpuDevice::fromHost(const Tensor& tensor) {
    return belongsOnHost(tensor.type(), tensor.elementCount(), m_few) ? tensor : onDevice(tensor);
}

std::unique_ptr<runtime::SentInputs> GpuDevice::send(const std::map<std::string, Tensor>& inputs) {
    if (!m_sender)
        m_sender = std::make_unique<Sender>(m_backend, m_pool);
    return m_sender->send(inputs);
}

void GpuDevice::beginHostWork() {
    if (m_hostDepth == 0)
        m_backend->synchronize();  // what was queued before does not count
    if (m_hostDepth++ > 0)
        return;
    m_copiedBefore = m_copied;
    m_hostStart = std::chrono::steady_clock::now();
}

void GpuDevice::endHostWork() {
    if (--m_hostDepth > 0 || m_copied == m_copiedBefore)
        return;
    ++m_hostWork.calls;
    m_hostWork.bytesCopied += m_copied - m_copiedBefore;
    m_hostWork.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - m_hostStart).count();
}

void GpuDevice::onHost(const std::vector<const Tensor*>& inputs, Tensor& y, const HostCall& work) {
    const runtime::HostWorkScope scope(this);
    std::vector<Tensor> hostInputs;
    for (const Tensor* input : inputs)
        hostInputs.push_back(input ? toHost(*input) : Tensor());
    Tensor result = y.isHost() ? y : Tensor(y.type(), y.shape());
    work(hostInputs, result);
    if (!y.isHost()) {
        Pool::forgetOriginal(y);
        copyUp(result, y);
    }
}

DeviceOutput::DeviceOutput(GpuDevice& device, Tensor& y)
    : m_device(device),
      m_y(y),
      m_onDevice(y.isHost() ? device.allocateOnDevice(y.type(), y.shape()) : y) {
    Pool::forgetOriginal(m_onDevice);
}

void DeviceOutput::finish() {
    if (m_y.isHost())
        m_device.copyDown(m_onDevice, m_y);
}

bool allOnHost(std::initializer_list<const Tensor*> tensors) {
    return std::ranges::all_of(tensors,
                               [](const Tensor* tensor) { return !tensor || tensor->isHost(); });
}

GpuDevice::Scratch& GpuDevice::scratch() {
    if (!m_scratch)
        m_scratch = std::make_unique<Scratch>(*this);
    return *m_scratch;
}

}  // namespace clipscope::gpu
