// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrent_activation.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/vector_math.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/functors/unary.h"

namespace clipscope::runtime {
namespace {

/// Each function has a loop of its own, for the widest vectors where it can be.
#define CLIPSCOPE_ACTIVATION(NAME, EXPRESSION)                                                \
    CLIPSCOPE_VECTORIZED void NAME([[maybe_unused]] float alpha, [[maybe_unused]] float beta, \
                                   float* values, int64_t count) {                            \
        for (int64_t i = 0; i < count; ++i) {                                                 \
            const float x = values[i];                                                        \
            values[i] = EXPRESSION;                                                           \
        }                                                                                     \
    }

CLIPSCOPE_ACTIVATION(affine, alpha* x + beta)
CLIPSCOPE_ACTIVATION(elu, functors::Elu{static_cast<double>(alpha)}(x))
CLIPSCOPE_ACTIVATION(hardSigmoid, std::clamp(alpha* x + beta, 0.0f, 1.0f))
CLIPSCOPE_ACTIVATION(leakyRelu, x < 0 ? alpha * x : x)
CLIPSCOPE_ACTIVATION(relu, x < 0 ? 0 : x)
CLIPSCOPE_ACTIVATION(scaledTanh, alpha* fast::tanh(beta* x))
CLIPSCOPE_ACTIVATION(sigmoid, fast::sigmoid(x))
CLIPSCOPE_ACTIVATION(softplus, fast::softplus(x))
CLIPSCOPE_ACTIVATION(softsign, functors::Softsign{}(x))
CLIPSCOPE_ACTIVATION(hyperbolicTangent, fast::tanh(x))
CLIPSCOPE_ACTIVATION(thresholdedRelu, x > alpha ? x : 0)
#undef CLIPSCOPE_ACTIVATION

/// A function, and what alpha and beta are where the model does not say.
struct Known {
    const char* name;
    Activation::Function function;
    float alpha = 0;
    float beta = 0;
};

constexpr Known kKnown[] = {{"affine", affine, 1, 0},
                            {"elu", elu, 1, 0},
                            {"hardsigmoid", hardSigmoid, 0.2f, 0.5f},
                            {"leakyrelu", leakyRelu, 0.01f, 0},
                            {"relu", relu},
                            {"scaledtanh", scaledTanh, 1, 1},
                            {"sigmoid", sigmoid},
                            {"softplus", softplus},
                            {"softsign", softsign},
                            {"tanh", hyperbolicTangent},
                            {"thresholdedrelu", thresholdedRelu, 1, 0}};

}  // namespace

std::vector<Activation> activationsOf(const graph::Attributes& attributes,
                                      const std::vector<std::string>& defaults, size_t directions) {
    std::vector<std::string> names;
    if (const graph::Attribute* given = attributes.find("activations"))
        if (const auto* list = std::get_if<std::vector<std::string>>(given))
            names = *list;
    if (names.empty())
        for (size_t d = 0; d < directions; ++d)
            names.insert(names.end(), defaults.begin(), defaults.end());
    if (names.size() != defaults.size() * directions)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} activations for {} directions", names.size(), directions));
    const std::vector<float> alphas = attributes.getFloats("activation_alpha", {});
    const std::vector<float> betas = attributes.getFloats("activation_beta", {});
    std::vector<Activation> activations;
    for (size_t i = 0; i < names.size(); ++i) {
        std::string name = names[i];
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        const auto* known = std::ranges::find(kKnown, name, &Known::name);
        if (known == std::end(kKnown))
            throw Error(ErrorCode::BadInput, "there is no activation '" + names[i] + "'");
        activations.emplace_back(known->function, i < alphas.size() ? alphas[i] : known->alpha,
                                 i < betas.size() ? betas[i] : known->beta);
    }
    return activations;
}

}  // namespace clipscope::runtime
