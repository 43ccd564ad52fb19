// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// The domain com.microsoft: what ONNX Runtime's optimiser makes of transformers. Source: its
/// docs/ContribOperators.md.
namespace clipscope::runtime {

inline constexpr std::string_view kMicrosoft = "com.microsoft";

void runBiasGelu(OpContext& context);
void runDecoderMaskedMultiHeadAttention(OpContext& context);
void runEmbedLayerNormalization(OpContext& context);
void runFastGelu(OpContext& context);
void runFusedConv(OpContext& context);
void runFusedGemm(OpContext& context);
void runFusedMatMul(OpContext& context);
void runGatherBlockQuantized(OpContext& context);
void runGatedRelativePositionBias(OpContext& context);
void runGemmFastGelu(OpContext& context);
void runGroupQueryAttention(OpContext& context);
void runMatMulBnb4(OpContext& context);
void runMatMulNBits(OpContext& context);
void runMicrosoftAttention(OpContext& context);
void runMicrosoftGelu(OpContext& context);
void runMicrosoftRotaryEmbedding(OpContext& context);
void runMultiHeadAttention(OpContext& context);
void runPackedAttention(OpContext& context);
void runPackedMultiHeadAttention(OpContext& context);
void runQAttention(OpContext& context);
void runQEmbedLayerNormalization(OpContext& context);
void runQuickGelu(OpContext& context);
void runRelativePositionBias(OpContext& context);
void runRemovePadding(OpContext& context);
void runRestorePadding(OpContext& context);
void runSkipLayerNormalization(OpContext& context);
void runSkipSimplifiedLayerNormalization(OpContext& context);

}  // namespace clipscope::runtime
