// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/histogram/histogram.h"
#include "analysis/histogram/statistics.h"
#include "gpu/kernels/stored_histogram.h"

namespace clipscope::gpu {

/// What a device counted, copied to the host, as the histogram that the CPU would have made.
histogram::Histogram histogramOf(const StoredHistogram& stored);

/// The range of a channel from what count.h leaves: places of its largest and least finite value.
histogram::TensorStatistics::Range rangeOf(uint32_t largest, uint32_t least);

}  // namespace clipscope::gpu
