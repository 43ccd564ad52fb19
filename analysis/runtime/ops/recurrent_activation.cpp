// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrent_activation.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

/// An activation, and what alpha and beta are where the model does not say.
struct Known {
    const char* name;
    ActivationKind kind;
    float alpha = 0;
    float beta = 0;
};

constexpr Known kKnown[] = {{"affine", ActivationKind::Affine, 1, 0},
                            {"elu", ActivationKind::Elu, 1, 0},
                            {"hardsigmoid", ActivationKind::HardSigmoid, 0.2f, 0.5f},
                            {"leakyrelu", ActivationKind::LeakyRelu, 0.01f, 0},
                            {"relu", ActivationKind::Relu},
                            {"scaledtanh", ActivationKind::ScaledTanh, 1, 1},
                            {"sigmoid", ActivationKind::Sigmoid},
                            {"softplus", ActivationKind::Softplus},
                            {"softsign", ActivationKind::Softsign},
                            {"tanh", ActivationKind::Tanh},
                            {"thresholdedrelu", ActivationKind::ThresholdedRelu, 1, 0}};

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
        activations.push_back({known->kind, i < alphas.size() ? alphas[i] : known->alpha,
                               i < betas.size() ? betas[i] : known->beta});
    }
    return activations;
}

}  // namespace clipscope::runtime
