// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/conformance_case.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/graph/onnx.pb.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/graph/tensor_decoder.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"

namespace clipscope::conformance {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSets[] = {"node", "pytorch-converted", "pytorch-operator", "real", "simple"};

std::string readFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A TensorProto in a file of its own.
Tensor readTensor(const fs::path& path) {
    onnx::TensorProto proto;
    if (!proto.ParseFromString(readFile(path)))
        throw std::runtime_error(path.filename().string() + " is not a tensor");
    return graph::decodeTensor(proto, {nullptr, path.parent_path()});
}

/// prefix_0.pb, prefix_1.pb and so on.
std::vector<Tensor> readTensors(const std::string& prefix) {
    std::vector<Tensor> tensors;
    for (fs::path path; fs::exists(path = fmt::format("{}_{}.pb", prefix, tensors.size()));)
        tensors.push_back(readTensor(path));
    return tensors;
}

/// The tensor as `type`: what recorded bfloat16 before ONNX 1.13 wrote it as uint16.
Tensor recordedAs(DType type, const Tensor& tensor) {
    if (type == DType::BFloat16 && tensor.type() == DType::UInt16)
        return Tensor(type, tensor.shape(), tensor.buffer());
    return tensor;
}

std::string difference(const Tensor& got, const Tensor& want) {
    if (got.type() != want.type() || got.shape() != want.shape())
        return fmt::format("is {}, not {}", got.toString(), want.toString());
    const std::vector<double> a = toDoubles(got);
    const std::vector<double> b = toDoubles(want);
    for (size_t i = 0; i < a.size(); ++i) {
        const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
        if (!same && !(std::abs(a[i] - b[i]) <= 1e-5 + 1e-3 * std::abs(b[i])))
            return fmt::format("[{}] of {} is {}, not {}", i, want.toString(), a[i], b[i]);
    }
    return "";
}

/// What ONNX's runner feeds to models that come without inputs: i / n, for n elements.
Tensor ramp(const graph::Value& value) {
    Shape shape(value.shape.value_or(graph::DeclaredShape{}));
    for (size_t axis = 0; axis < shape.rank(); ++axis)
        shape[axis] = std::max<int64_t>(1, shape[axis]);
    Tensor tensor(DType::Float32, shape);
    const auto count = static_cast<float>(tensor.elementCount());
    for (int64_t i = 0; float& x : tensor.mutableValues<float>())
        x = static_cast<float>(i++) / count;
    return tensor;
}

struct DataSet {
    std::vector<Tensor> inputs;
    std::vector<Tensor> outputs;
};

std::vector<DataSet> readDataSets(const fs::path& folder) {
    std::vector<DataSet> sets;
    for (fs::path path; fs::exists(path = folder / fmt::format("test_data_set_{}", sets.size()));)
        sets.push_back({readTensors(path / "input"), readTensors(path / "output")});
    return sets;
}

/// Where the case's model lies; `real` cases say in data.json, some as an archive to download.
fs::path modelOf(const fs::path& folder) {
    if (!fs::exists(folder / "data.json"))
        return folder / "model.onnx";
    const auto json = nlohmann::json::parse(readFile(folder / "data.json"));
    const fs::path url = json.at("url").get<std::string>();
    return folder.parent_path().parent_path() / "light" / url.filename();
}

std::string compare(const graph::Graph& graph, const std::vector<Tensor>& got,
                    const std::vector<Tensor>& want) {
    if (got.size() < want.size())
        return fmt::format("it has {} outputs, not {}", got.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i)
        if (const std::string wrong = difference(got[i], recordedAs(got[i].type(), want[i]));
            !wrong.empty())
            return fmt::format("output '{}' {}", graph[graph.outputs[i]].name, wrong);
    return "";
}

std::string run(const fs::path& folder) {
    const fs::path model = modelOf(folder);
    const graph::Graph graph = graph::readOnnx(model);
    std::vector<DataSet> sets = readDataSets(folder);
    if (sets.empty()) {
        const std::string prefix = (model.parent_path() / model.stem()).string() + "_output";
        sets.push_back({{}, readTensors(prefix)});
        for (const graph::ValueId input : graph.inputs)
            sets[0].inputs.push_back(ramp(graph[input]));
    }
    runtime::CpuDevice device;
    runtime::Executor executor(graph, device);
    for (const DataSet& set : sets) {
        std::map<std::string, Tensor> inputs;
        if (set.outputs.empty() || set.inputs.size() < graph.inputs.size())
            return "its data are incomplete";
        for (size_t i = 0; i < graph.inputs.size(); ++i)
            inputs[graph[graph.inputs[i]].name] =
                recordedAs(graph[graph.inputs[i]].type, set.inputs[i]);
        if (const std::string wrong = compare(graph, executor.run(inputs), set.outputs);
            !wrong.empty())
            return wrong;
    }
    return "";
}

}  // namespace

std::vector<Case> findCases(const fs::path& data) {
    std::vector<Case> cases;
    for (const char* set : kSets) {
        if (!fs::is_directory(data / set))
            continue;
        for (const auto& entry : fs::directory_iterator(data / set))
            if (entry.is_directory() && fs::exists(modelOf(entry.path())))
                cases.push_back(
                    {fmt::format("{}/{}", set, entry.path().filename().string()), entry.path()});
    }
    std::ranges::sort(cases, {}, &Case::name);
    return cases;
}

std::string failureOf(const Case& conformanceCase) {
    try {
        return run(conformanceCase.folder);
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace clipscope::conformance
