// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "analysis/session/session.h"
#include "analysis/session/thresholds.h"

namespace clipscope {

/// A session of three activations and a constant, made without a model:
/// data (Input, 0..1), conv (Conv, -2..2), pool (MaxPool, shares conv's scale), shape (no scale).
inline std::shared_ptr<session::Session> smallSession() {
    auto made = std::make_shared<session::Session>();
    made->modelName = "small.onnx";
    made->modelPath = "/nowhere/small.onnx";
    made->samples = {"a.png#0", "b.png#0"};
    auto add = [&](const char* name, const char* op, double lo, double hi) {
        session::TensorEntry tensor;
        tensor.name = name;
        tensor.op = op;
        tensor.type = DType::Float32;
        tensor.shape = Shape({1, 4});
        std::vector<float> values;
        for (int i = 0; i <= 1000; ++i)
            values.push_back(static_cast<float>(lo + (hi - lo) * i / 1000));
        tensor.statistics.histogram.add(values);
        made->tensors.push_back(tensor);
    };
    add("data", "Input", 0, 1);
    add("conv", "Conv", -2, 2);
    add("pool", "MaxPool", -1, 2);
    session::TensorEntry constant;
    constant.name = "shape";
    constant.op = "Shape";
    constant.type = DType::Int64;
    constant.coverage = graph::CoverageClass::Integer;
    constant.coverageReason = "an integer type";
    made->tensors.push_back(constant);
    made->groups.push_back({"conv", {1, 2}, {1}});
    made->tensors[1].group = made->tensors[2].group = 0;
    session::computeThresholds(*made, threshold::findMethod("minmax"), {}, true);
    return made;
}

}  // namespace clipscope
