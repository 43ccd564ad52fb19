// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// Which of the scores an attention shows besides its result.
enum class ShownScores { Products, Biased, Capped, Probabilities };

struct AttentionParameters {
    double scale = 1;
    double softcap = 0;            ///< 0: none
    bool capsBeforeBias = false;   ///< com.microsoft's order; ONNX adds the bias first
    const Tensor* bias = nullptr;  ///< added to the scores, to which it broadcasts
    std::optional<ShownScores> shown;
};

struct AttentionResult {
    Tensor y;       ///< batch x heads x queries x size of a value
    Tensor scores;  ///< batch x heads x queries x keys; undefined where none is shown
};

/// softmax(scale q k' + bias) v for float32 or float64 operands of batch x heads x length x size;
/// keys and values may have fewer heads, each for as many query heads in a row.
AttentionResult attend(Device& device, const AttentionParameters& parameters, const Tensor& q,
                       const Tensor& k, const Tensor& v);

/// The scale of scores that name none: by the root of the size of a head.
double defaultScale(const Tensor& q);

/// batch x length x (heads * size) as batch x heads x length x size, and back.
Tensor splitHeads(Device& device, const Tensor& x, int64_t heads);
Tensor joinHeads(Device& device, const Tensor& x);

/// `past` and then x along the lengths; x itself where there is no past.
Tensor appended(Device& device, const Tensor* past, const Tensor& x);

}  // namespace clipscope::runtime
