// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/einsum_equation.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

[[noreturn]] void fail(std::string_view equation, const std::string& why) {
    throw Error(ErrorCode::BadInput, fmt::format("the equation '{}' {}", equation, why));
}

/// One term; "..." stands for `ellipsis` axes.
Labels labelsOf(std::string_view term, size_t ellipsis, std::string_view equation) {
    Labels labels;
    for (size_t i = 0; i < term.size(); ++i) {
        if (term.substr(i, 3) == "...") {
            for (size_t axis = ellipsis; axis > 0; --axis)
                labels.push_back(-static_cast<int>(axis));
            i += 2;
        } else if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) {
            labels.push_back(term[i]);
        } else {
            fail(equation, fmt::format("has an unexpected '{}'", term[i]));
        }
    }
    return labels;
}

std::vector<std::string> termsOf(std::string_view list) {
    std::vector<std::string> terms(1);
    for (const char c : list)
        if (c == ',')
            terms.emplace_back();
        else
            terms.back() += c;
    return terms;
}

bool hasEllipsis(std::string_view term) {
    return term.find("...") != term.npos;
}

/// What an equation without "->" asks for: "..." and the letters that occur once, in order.
Labels implicitOutput(const std::vector<Labels>& inputs) {
    std::map<int, int> uses;
    for (const Labels& labels : inputs)
        for (const int label : labels)
            ++uses[label];
    Labels output;
    for (const auto& [label, count] : uses)
        if (label < 0 || count == 1)
            output.push_back(label);
    return output;
}

}  // namespace

EinsumEquation::EinsumEquation(std::string_view text, const std::vector<Shape>& operands) {
    std::string compact(text);
    std::erase(compact, ' ');
    const size_t arrow = compact.find("->");
    const std::vector<std::string> terms = termsOf(compact.substr(0, arrow));
    if (terms.size() != operands.size())
        fail(text, fmt::format("names {} operands of {}", terms.size(), operands.size()));
    size_t most = 0;
    for (size_t i = 0; i < terms.size(); ++i) {
        const size_t letters = labelsOf(terms[i], 0, text).size();
        const size_t rank = operands[i].rank();
        if (letters > rank || (letters < rank && !hasEllipsis(terms[i])))
            fail(text, fmt::format("does not fit operand {}, {}", i, operands[i].toString()));
        inputs.push_back(labelsOf(terms[i], rank - letters, text));
        most = std::max(most, rank - letters);
        for (size_t axis = 0; axis < rank; ++axis) {
            int64_t& extent = extents.try_emplace(inputs[i][axis], 1).first->second;
            const int64_t own = operands[i][axis];
            if (own != 1 && extent != 1 && own != extent)
                fail(text, fmt::format("gives an axis {} and {} elements", extent, own));
            extent = own == 1 ? extent : own;
        }
    }
    output = arrow == compact.npos
                 ? implicitOutput(inputs)
                 : labelsOf(std::string_view(compact).substr(arrow + 2), most, text);
    for (const int label : output)
        if (!extents.contains(label) || std::ranges::count(output, label) != 1)
            fail(text, "has a result that its operands do not give");
}

}  // namespace clipscope::runtime
