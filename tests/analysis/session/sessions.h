// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <vector>

#include "analysis/session/session.h"
#include "analysis/session/thresholds.h"

namespace clipscope::session {

/// A tensor of normal values with statistics of every kind.
inline TensorEntry normalTensor(const std::string& name, uint32_t seed, float scale = 1,
                                float shift = 0) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(20000);
    for (float& v : values)
        v = shift + scale * normal(random);
    TensorEntry tensor;
    tensor.name = name;
    tensor.op = "Conv";
    tensor.type = DType::Float32;
    tensor.shape = {1, 2, 100, 100};
    tensor.statistics.histogram.add(values);
    tensor.statistics.sampleAmax = {{0, 2.5f}, {1, tensor.statistics.histogram.amax()}};
    tensor.statistics.channels = {{-1, 2}, {}};
    return tensor;
}

/// Tensors a, b, c (c the concatenation of a and b: one group), d alone, and an integer one.
inline Session smallSession() {
    Session session;
    session.toolVersion = "clipscope test";
    session.modelName = "m.onnx";
    session.modelPath = "models/m.onnx";
    session.modelSha256 = std::string(64, 'a');
    session.recipe = R"({"version":1})";
    session.samples = {"x.npy#0", "x.npy#1"};
    session.skipped = {{"y.png#0", "it is broken"}};
    session.notes = {"a note"};
    session.tensors = {normalTensor("a", 1), normalTensor("b", 2, 3, 1), normalTensor("c", 3),
                       normalTensor("d", 4, 0.5f)};
    session.tensors[2].statistics.histogram = session.tensors[0].statistics.histogram;
    session.tensors[2].statistics.histogram.merge(session.tensors[1].statistics.histogram);
    TensorEntry integer;
    integer.name = "index";
    integer.op = "ArgMax";
    integer.type = DType::Int64;
    integer.coverage = graph::CoverageClass::Integer;
    integer.coverageReason = "it is int64, which is not quantized";
    session.tensors.push_back(integer);
    session.groups = {{"a", {0, 1, 2}, {0, 1}}};
    for (const size_t member : {0, 1, 2})
        session.tensors[member].group = 0;
    return session;
}

}  // namespace clipscope::session
