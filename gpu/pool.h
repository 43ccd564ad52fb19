// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "analysis/tensor/tensor.h"
#include "gpu/backend.h"

namespace clipscope::gpu {

/// Device memory that is used again: a model asks for the same blocks in every run. A block that is
/// given back may be handed out at once, as later work is queued behind that which still uses it.
/// When memory runs out, unused blocks go back first.
class Pool {
public:
    explicit Pool(std::shared_ptr<Backend> backend);

    /// `size` bytes, given back when the last tensor lets go of them. `copyOf` is remembered with
    /// them. Throws Error(OutOfMemory).
    Buffer allocate(size_t size, Tensor copyOf = {});

    /// The host tensor whose copy `tensor` is, all of it; undefined where it is none.
    static Tensor original(const Tensor& tensor);
    /// To be called before the memory of `tensor` is written: it is no copy any more.
    static void forgetOriginal(const Tensor& tensor);

    /// Bytes taken from the backend, in use or not.
    size_t reservedBytes() const;
    /// Gives unused blocks back to the backend.
    void trim();

private:
    struct State;
    struct GiveBack;
    std::shared_ptr<State> m_state;
};

/// The block that serves a request: at most an eighth larger, so that similar requests share it.
size_t blockSize(size_t size);

}  // namespace clipscope::gpu
