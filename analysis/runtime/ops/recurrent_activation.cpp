// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrent_activation.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/functors/unary.h"

namespace clipscope::runtime {
namespace {

/// What alpha and beta are where the model does not say.
struct Defaults {
    const char* name;
    float alpha;
    float beta;
};

constexpr Defaults kKnown[] = {{"relu", 0, 0},          {"tanh", 0, 0},
                               {"sigmoid", 0, 0},       {"affine", 1, 0},
                               {"leakyrelu", 0.01f, 0}, {"thresholdedrelu", 1, 0},
                               {"scaledtanh", 1, 1},    {"hardsigmoid", 0.2f, 0.5f},
                               {"elu", 1, 0},           {"softsign", 0, 0},
                               {"softplus", 0, 0}};

}  // namespace

float Activation::operator()(float x) const {
    const auto a = static_cast<double>(alpha);
    const auto b = static_cast<double>(beta);
    switch (name[0]) {
        case 'r':
            return functors::Relu{}(x);
        case 'a':
            return alpha * x + beta;
        case 'l':
            return functors::LeakyRelu{a}(x);
        case 'h':
            return functors::HardSigmoid{a, b}(x);
        case 'e':
            return functors::Elu{a}(x);
        case 't':
            return name == "tanh" ? std::tanh(x) : functors::ThresholdedRelu{a}(x);
        default:
            break;
    }
    if (name == "sigmoid")
        return functors::Sigmoid{}(x);
    if (name == "scaledtanh")
        return alpha * std::tanh(beta * x);
    return name == "softsign" ? functors::Softsign{}(x) : functors::Softplus{}(x);
}

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
        const auto* known = std::ranges::find(kKnown, name, &Defaults::name);
        if (known == std::end(kKnown))
            throw Error(ErrorCode::BadInput, "there is no activation '" + names[i] + "'");
        activations.push_back({name, i < alphas.size() ? alphas[i] : known->alpha,
                               i < betas.size() ? betas[i] : known->beta});
    }
    return activations;
}

}  // namespace clipscope::runtime
