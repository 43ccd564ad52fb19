// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

void runGemm(OpContext& context);
void runMatMul(OpContext& context);

// On the host:
void runDet(OpContext& context);

/// A product of matrices, as Device multiplies them, of operands that may be vectors.
struct ProductForm {
    Tensor a, b;
    MatmulParameters parameters;
    Shape y;
    Shape visible;  ///< y's without the axes that vectors lack
};

/// Shapes that do not fit are Error(BadInput).
ProductForm productForm(const MatmulParameters& parameters, const Tensor& a, const Tensor& b);

/// What MatMul gives; shapes that do not fit are Error(BadInput).
Tensor matrixProduct(Device& device, const MatmulParameters& parameters, const Tensor& a,
                     const Tensor& b, NodeState& state);

}  // namespace clipscope::runtime
