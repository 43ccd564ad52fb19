// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "analysis/graph/onnx.pb.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::fuzz {

/// Damages models as broken files and hostile ones would: bytes of the file, or fields of the
/// message (attributes, extents, element types, edges between nodes). Equal seeds, equal damage.
class Mutator {
public:
    explicit Mutator(uint64_t seed) : m_random(seed) {}

    /// Flips, inserts, removes or repeats some bytes, or cuts the end off.
    void damageBytes(std::string& bytes);

    /// Changes one to four fields of a model that parses.
    void damageModel(onnx::ModelProto& model);

    /// Replaces the elements of an integer tensor, or a few of a float tensor, by extreme ones.
    Tensor damaged(const Tensor& tensor);

    bool oneIn(uint64_t n) { return below(n) == 0; }
    uint64_t below(uint64_t n) { return n == 0 ? 0 : m_random() % n; }

private:
    int64_t extremeInt();
    float extremeFloat();
    void damageAttribute(onnx::AttributeProto& attribute);
    void damageTensor(onnx::TensorProto& tensor);
    void damageNode(onnx::GraphProto& graph, onnx::NodeProto& node);
    void damageGraph(onnx::GraphProto& graph);
    std::string nameIn(const onnx::GraphProto& graph);

    std::mt19937_64 m_random;
};

}  // namespace clipscope::fuzz
