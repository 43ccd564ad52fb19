// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/threshold/method.h"

namespace clipscope::threshold {

/// Throws Error(Usage) that lists the valid ones where a name is not among the method's parameters
/// or a value is not a number inside its range.
void checkParameters(const Method& method, const Parameters& parameters);

/// The value given, else the default. For values that checkParameters has seen.
int wholeParameter(const Parameters& parameters, const ParameterInfo& info);
double realParameter(const Parameters& parameters, const ParameterInfo& info);

}  // namespace clipscope::threshold
