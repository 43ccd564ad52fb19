// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "analysis/session/session.h"
#include "analysis/session/thresholds.h"

namespace clipscope {

/// Tensors of plotSession(), by index.
enum PlotTensor { kConv, kRelu, kSilu, kInteger, kZero, kConstant, kUncounted, kPlotTensors };

inline std::vector<float> laplaceValues(size_t n, double scale, unsigned seed) {
    std::mt19937 random(seed);
    std::exponential_distribution<double> draw(1 / scale);
    std::vector<float> values(n);
    for (float& value : values)
        value = static_cast<float>((random() & 1) != 0 ? draw(random) : -draw(random));
    return values;
}

inline session::TensorEntry plotTensor(const char* name, const char* op,
                                       const std::vector<float>& values) {
    session::TensorEntry tensor;
    tensor.name = name;
    tensor.op = op;
    tensor.type = DType::Float32;
    tensor.shape = Shape({1, 64, 7, 7});
    tensor.statistics.histogram.add(values);
    return tensor;
}

/// A session made without a model, of every kind of tensor that the plots know: signed (conv), not
/// negative (relu), skewed (silu), without a scale, all zero, constant, and not yet counted.
inline std::shared_ptr<session::Session> plotSession(size_t n = 20000,
                                                     const char* method = "entropy") {
    auto made = std::make_shared<session::Session>();
    made->modelName = "plots.onnx";
    made->samples = {"a.png#0"};
    std::vector<float> conv = laplaceValues(n, 1, 1);
    std::vector<float> relu = conv;
    std::vector<float> silu = laplaceValues(n, 3, 2);
    for (float& value : relu)
        value = std::max(value, 0.0f);
    for (float& value : silu)
        value = value / (1 + std::exp(-value));
    made->tensors.push_back(plotTensor("conv", "Conv", conv));
    made->tensors.push_back(plotTensor("relu", "Relu", relu));
    made->tensors.push_back(plotTensor("silu", "Mul", silu));
    made->tensors.push_back(plotTensor("indices", "ArgMax", {}));
    made->tensors.back().type = DType::Int64;
    made->tensors.back().coverage = graph::CoverageClass::Integer;
    made->tensors.back().coverageReason = "an integer type";
    made->tensors.push_back(plotTensor("zero", "Mul", std::vector<float>(100, 0.0f)));
    made->tensors.push_back(plotTensor("constant", "Add", std::vector<float>(100, 2.5f)));
    session::computeThresholds(*made, threshold::findMethod(method), {}, false);
    made->tensors.push_back(plotTensor("uncounted", "Conv", {}));
    made->method = method;
    return made;
}

}  // namespace clipscope
