// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

#include "analysis/graph/graph.h"
#include "analysis/runtime/device.h"
#include "analysis/runtime/registry.h"

/// Operands in float32 for operators that lack their type.
namespace clipscope::runtime {

/// Whether operands of that type are given in float32.
bool widens(Widening widening, DType type);

/// The elements of x as `type`, in its layout.
Tensor castTo(Device& device, const Tensor& x, DType type);

/// x in float32. Throws Error(Unsupported) where that would make an infinity of a float64 value.
Tensor castToFloat32(Device& device, const Tensor& x);

/// Constants in float32, for all executors that share them; on any thread.
class WidenedConstants {
public:
    /// Made of the constant when it is first asked for.
    Tensor of(graph::ValueId id, const Tensor& constant, Device& device);

private:
    std::mutex m_mutex;
    std::map<graph::ValueId, Tensor> m_made;
};

}  // namespace clipscope::runtime
