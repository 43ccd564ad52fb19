// SPDX-License-Identifier: Apache-2.0
#include "tests/operator_cases.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/executor.h"
#include "tests/temporary_folder.h"
#include "tests/zip_files.h"

namespace clipscope {
namespace {

DType typeOf(std::string_view descr) {
    static const std::map<std::string_view, DType> kTypes = {
        {"<f4", DType::Float32}, {"<f8", DType::Float64}, {"<f2", DType::Float16},
        {"|i1", DType::Int8},    {"|u1", DType::UInt8},   {"<i2", DType::Int16},
        {"<u2", DType::UInt16},  {"<i4", DType::Int32},   {"<u4", DType::UInt32},
        {"<i8", DType::Int64},   {"<u8", DType::UInt64},  {"|b1", DType::Bool},
    };
    return kTypes.at(descr);
}

/// The text between `after` and `end`.
std::string_view between(std::string_view text, std::string_view after, char end) {
    const size_t begin = text.find(after) + after.size();
    return text.substr(begin, text.find(end, begin) - begin);
}

/// A little-endian, C-ordered .npy of version 1, as make_cases.py writes them.
Tensor parseNpy(std::string_view file) {
    uint16_t headerSize = 0;
    std::memcpy(&headerSize, file.data() + 8, sizeof headerSize);
    const std::string_view header = file.substr(10, headerSize);
    if (file.substr(0, 8) != std::string_view("\x93NUMPY\1\0", 8) ||
        header.find("'fortran_order': False") == std::string_view::npos)
        throw std::runtime_error("not a .npy file of version 1 in C order");
    std::vector<int64_t> extents;
    const std::string_view shape = between(header, "'shape': (", ')');
    for (size_t i = 0; i < shape.size(); ++i)
        if (std::isdigit(static_cast<unsigned char>(shape[i]))) {
            const auto end =
                std::from_chars(&shape[i], shape.data() + shape.size(), extents.emplace_back()).ptr;
            i = static_cast<size_t>(end - shape.data());
        }
    Tensor tensor(typeOf(between(header, "'descr': '", '\'')), Shape(std::move(extents)));
    const std::string_view data = file.substr(10 + headerSize);
    if (data.size() != tensor.byteSize())
        throw std::runtime_error("a .npy file of the wrong length");
    std::memcpy(tensor.mutableBytes(), data.data(), data.size());
    return tensor;
}

std::vector<Tensor> readTensors(const ZipFiles& files, const std::string& prefix) {
    std::vector<Tensor> tensors;
    for (size_t i = 0;; ++i) {
        const auto it = files.find(fmt::format("{}_{}.npy", prefix, i));
        if (it == files.end())
            return tensors;
        tensors.push_back(parseNpy(it->second));
    }
}

std::string text(const Tensor& tensor) {
    constexpr size_t kMost = 1000;
    std::vector<double> values = toDoubles(tensor);
    const bool cut = values.size() > kMost;
    values.resize(std::min(values.size(), kMost));
    return fmt::format("{} [{}{}]", tensor.toString(), fmt::join(values, " "), cut ? " ..." : "");
}

std::string text(const graph::Attribute& attribute) {
    return std::visit(
        [](const auto& value) -> std::string {
            using T = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<T, Tensor>)
                return text(value);
            else if constexpr (std::is_same_v<T, std::shared_ptr<const graph::Graph>>)
                return "graph";
            else
                return fmt::format("{}", value);
        },
        attribute);
}

std::string describeWhole(const OperatorCase& operatorCase, const graph::Graph& graph) {
    std::string description = "case " + operatorCase.name;
    for (const graph::Node& node : graph.nodes) {
        description += fmt::format("\n  {} of opset {}", node.type, node.opset);
        for (const auto& [name, value] : node.attributes)
            description += fmt::format(", {} = {}", name, text(value));
        for (const graph::ValueId input : node.inputs)
            if (input.isValid() && graph[input].initializer.isDefined())
                description += fmt::format("\n  constant {}: {}", graph[input].name,
                                           text(graph[input].initializer.tensor()));
    }
    for (const Tensor& input : operatorCase.inputs)
        description += "\n  input " + text(input);
    return description;
}

/// Empty when `got` is near enough to `want`.
std::string difference(const Tensor& got, const Tensor& want, double tolerance) {
    if (got.type() != want.type() || got.shape() != want.shape())
        return fmt::format("is {}, not {}", got.toString(), want.toString());
    const std::vector<double> a = toDoubles(got);
    const std::vector<double> b = toDoubles(want);
    const double exactly = isFloat(want.type()) ? tolerance : 0;
    double largest = 0;
    for (const double v : b)
        if (std::isfinite(v))
            largest = std::max(largest, std::abs(v));
    for (size_t i = 0; i < a.size(); ++i) {
        const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
        if (!same && !(std::isfinite(b[i]) && std::abs(a[i] - b[i]) <= exactly * largest))
            return fmt::format(
                "[{}] is {}, not {} (relative error {:.3g}, allowed {:.3g})\n"
                "  got    {}\n  wanted {}",
                i, a[i], b[i], std::abs(a[i] - b[i]) / largest, exactly, text(got), text(want));
    }
    return "";
}

double toleranceOf(const graph::Graph& graph, std::span<const OperatorTolerance> tolerances) {
    const std::string& type = graph.nodes.back().type;
    double relative = 0;
    for (const OperatorTolerance& tolerance : tolerances)
        if (tolerance.type == type)
            return tolerance.relative;
        else if (tolerance.type.empty())
            relative = tolerance.relative;
    return relative;
}

}  // namespace

std::vector<OperatorCase> readOperatorCases(std::string_view family) {
    // Where the executable was taken to another machine the data is not where it was built.
    const char* taken = std::getenv("CLIPSCOPE_TEST_DATA");
    const ZipFiles files =
        readZip(fmt::format("{}/operators/{}.zip", taken ? taken : CLIPSCOPE_TEST_DATA, family));
    std::vector<OperatorCase> cases;
    for (const auto& [path, bytes] : files) {
        const size_t slash = path.rfind("/model.onnx");
        if (slash == std::string::npos)
            continue;
        const std::string name = path.substr(0, slash);
        cases.push_back({name, bytes, readTensors(files, name + "/input"),
                         readTensors(files, name + "/output")});
    }
    return cases;
}

testing::AssertionResult matches(const OperatorCase& operatorCase, runtime::Device& device,
                                 std::span<const OperatorTolerance> tolerances) {
    const TemporaryFolder folder;
    std::ofstream(folder / "model.onnx", std::ios::binary) << operatorCase.model;
    try {
        const graph::Graph graph = graph::readOnnx(folder / "model.onnx");
        std::map<std::string, Tensor> inputs;
        for (size_t i = 0; i < graph.inputs.size(); ++i)
            inputs[graph[graph.inputs[i]].name] = operatorCase.inputs.at(i);
        try {
            runtime::Executor executor(graph, device);
            // The second run takes what the first one prepared.
            for (int run = 0; run < 2; ++run) {
                const std::vector<Tensor> outputs = executor.run(inputs);
                for (size_t i = 0; i < operatorCase.outputs.size(); ++i) {
                    const std::string wrong = difference(outputs.at(i), operatorCase.outputs[i],
                                                         toleranceOf(graph, tolerances));
                    if (!wrong.empty())
                        return testing::AssertionFailure()
                               << describeWhole(operatorCase, graph) << "\n  run " << run
                               << ", output " << i << " " << wrong;
                }
            }
        } catch (const Error& error) {
            return testing::AssertionFailure()
                   << describeWhole(operatorCase, graph) << "\n  threw " << error.what();
        }
    } catch (const Error& error) {
        return testing::AssertionFailure() << "case " << operatorCase.name << ": " << error.what();
    }
    return testing::AssertionSuccess();
}

void expectFamilyMatches(std::string_view family, runtime::Device& device,
                         std::span<const OperatorTolerance> tolerances) {
    const std::vector<OperatorCase> cases = readOperatorCases(family);
    EXPECT_FALSE(cases.empty()) << family;
    for (const OperatorCase& operatorCase : cases)
        EXPECT_TRUE(matches(operatorCase, device, tolerances));
}

}  // namespace clipscope
