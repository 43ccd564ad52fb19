// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/einsum.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/einsum_equation.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

bool contains(const Labels& labels, int label) {
    return std::ranges::find(labels, label) != labels.end();
}

/// A tensor whose axes have names, each once.
struct Term {
    Tensor tensor;
    Labels labels;
};

class Contraction {
public:
    Contraction(Device& device, const EinsumEquation& equation)
        : m_device(device), m_equation(equation) {}

    /// The operand over its distinct labels: repeated ones walk a diagonal.
    Term termOf(const Tensor& tensor, const Labels& labels) const {
        Labels distinct;
        for (const int label : labels)
            if (!contains(distinct, label))
                distinct.push_back(label);
        if (distinct == labels && shapeOf(labels) == tensor.shape())
            return {tensor, labels};
        return {arranged(tensor, labels, distinct), distinct};
    }

    /// Over `wanted`, some of the term's labels: the others are summed.
    Term summed(const Term& term, const Labels& wanted) const {
        std::vector<size_t> axes;
        Term result;
        for (size_t axis = 0; axis < term.labels.size(); ++axis)
            if (contains(wanted, term.labels[axis]))
                result.labels.push_back(term.labels[axis]);
            else
                axes.push_back(axis);
        if (axes.empty())
            return term;
        result.tensor = m_device.allocate(term.tensor.type(), shapeOf(result.labels));
        m_device.reduce(ReduceKind::Sum, axes, term.tensor, result.tensor);
        return result;
    }

    /// The product of two terms, summed over what `wanted` lacks: one matrix product for each
    /// combination of the labels that both have and that stay.
    Term product(const Term& a, const Term& b, const Labels& wanted) const {
        const Term left = summedUnless(a, b, wanted);
        const Term right = summedUnless(b, a, wanted);
        Labels batch, rows, columns, inner;
        for (const int label : left.labels)
            (!contains(right.labels, label) ? rows
             : contains(wanted, label)      ? batch
                                            : inner)
                .push_back(label);
        for (const int label : right.labels)
            if (!contains(left.labels, label))
                columns.push_back(label);
        const int64_t batches = count(batch);
        const Tensor x = arranged(left.tensor, left.labels, joined(batch, rows, inner))
                             .reshaped({batches, count(rows), count(inner)});
        const Tensor w = arranged(right.tensor, right.labels, joined(batch, inner, columns))
                             .reshaped({batches, count(inner), count(columns)});
        Tensor y = m_device.allocate(x.type(), {batches, count(rows), count(columns)});
        NodeState state;
        m_device.matmul({}, x, w, nullptr, y, state);
        const Labels labels = joined(batch, rows, columns);
        return {y.reshaped(shapeOf(labels)), labels};
    }

    /// The elements in the order of the axes `to`, which `from` all has; extents of 1 repeat.
    Tensor arranged(const Tensor& tensor, const Labels& from, const Labels& to) const {
        if (from == to && shapeOf(to) == tensor.shape())
            return tensor;
        const std::vector<int64_t> own = tensor.shape().strides();
        StridedView view;
        for (const int label : to) {
            int64_t stride = 0;
            for (size_t axis = 0; axis < from.size(); ++axis)
                if (from[axis] == label && tensor.shape()[axis] != 1)
                    stride += own[axis];
            view.strides.push_back(stride);
        }
        Tensor result = m_device.allocate(tensor.type(), shapeOf(to));
        m_device.copyStrided(result.shape(), tensor, view, result, wholeView(result.shape()));
        return result;
    }

private:
    Term summedUnless(const Term& term, const Term& other, Labels wanted) const {
        wanted.insert(wanted.end(), other.labels.begin(), other.labels.end());
        return summed(term, wanted);
    }

    static Labels joined(Labels a, const Labels& b, const Labels& c) {
        a.insert(a.end(), b.begin(), b.end());
        a.insert(a.end(), c.begin(), c.end());
        return a;
    }

    Shape shapeOf(const Labels& labels) const {
        std::vector<int64_t> extents;
        for (const int label : labels)
            extents.push_back(m_equation.extents.at(label));
        return Shape(std::move(extents));
    }

    int64_t count(const Labels& labels) const { return shapeOf(labels).elementCount(); }

    Device& m_device;
    const EinsumEquation& m_equation;
};

}  // namespace

void runEinsum(OpContext& context) {
    std::vector<Shape> shapes;
    for (size_t i = 0; i < context.inputCount(); ++i)
        shapes.push_back(context.input(i).shape());
    const EinsumEquation equation(context.attributes().getString("equation", ""), shapes);
    const Contraction contraction(context.device(), equation);
    Term result = contraction.termOf(context.input(0), equation.inputs[0]);
    for (size_t i = 1; i < context.inputCount(); ++i) {
        Labels wanted = equation.output;  // and what operands still to come name
        for (size_t k = i + 1; k < context.inputCount(); ++k)
            wanted.insert(wanted.end(), equation.inputs[k].begin(), equation.inputs[k].end());
        result = contraction.product(
            result, contraction.termOf(context.input(i), equation.inputs[i]), wanted);
    }
    result = contraction.summed(result, equation.output);
    context.setOutput(0, contraction.arranged(result.tensor, result.labels, equation.output));
}

}  // namespace clipscope::runtime
