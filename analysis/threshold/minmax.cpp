// SPDX-License-Identifier: Apache-2.0
#include "analysis/threshold/methods.h"

namespace clipscope::threshold {

Result minmax(const Distribution& distribution, const Parameters&) {
    Result result;
    result.threshold = distribution.amax();
    result.lo = distribution.min();
    result.hi = distribution.max();
    return result;
}

}  // namespace clipscope::threshold
