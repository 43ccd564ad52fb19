// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/device_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/collector.h"
#include "analysis/runtime/device_checks.h"

namespace clipscope::runtime {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double relativeError(const Tensor& got, const Tensor& want) {
    if (got.type() != want.type() || got.shape() != want.shape())
        return kInfinity;
    const std::vector<double> a = toDoubles(got);
    const std::vector<double> b = toDoubles(want);
    double largest = 0;
    double difference = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) {
            largest = std::max(largest, std::isfinite(b[i]) ? std::abs(b[i]) : 0);
            continue;
        }
        if (!std::isfinite(a[i]) || !std::isfinite(b[i]))
            return kInfinity;
        largest = std::max(largest, std::abs(b[i]));
        difference = std::max(difference, std::abs(a[i] - b[i]));
    }
    return difference == 0 ? 0 : difference / largest;
}

DeviceCheck run(const Check& check, Device& device, Device& reference) {
    DeviceCheck result{check.name, 0, check.tolerance, "", false};
    try {
        const int64_t calls = device.hostWork().calls;
        const Tensor got = check.compute(device);
        result.leftToHost = device.hostWork().calls != calls;
        result.error = relativeError(got, check.compute(reference));
    } catch (const Error& error) {
        result.failure = error.what();
    }
    return result;
}

/// Normal values, zeros, one value, all bit patterns.
float observedValue(int kind, std::mt19937& random) {
    std::normal_distribution<float> values;
    if (kind == 0)
        return values(random);
    if (kind == 1)
        return std::max(0.0f, values(random) - 1);
    return kind == 2 ? 0.25f : std::bit_cast<float>(static_cast<uint32_t>(random()));
}

DeviceCheck compareCounting(const std::string& name, int kind, const Shape& shape, Device& device) {
    DeviceCheck result{"histogram of " + name, 0, 0, "", false};
    try {
        graph::Graph graph;
        graph.values.push_back({.name = "x", .type = DType::Float32});
        const std::vector<graph::ValueId> values{graph::ValueId(0)};
        Collector there(graph, values, &device);
        Collector here(graph, values);
        std::mt19937 random(static_cast<unsigned>(kind) + 20);
        Tensor tensor(DType::Float32, shape);
        for (float& value : tensor.mutableValues<float>())
            value = observedValue(kind, random);
        for (Collector* collector : {&there, &here})
            collector->beginBatch({0, 1, 2});
        there.observe(values[0], device.fromHost(tensor));
        here.observe(values[0], tensor);
        const auto& got = there.statistics(values[0]);
        const auto& want = here.statistics(values[0]);
        const bool same = got.histogram == want.histogram && got.channels == want.channels &&
                          got.sampleAmax == want.sampleAmax;
        result.error = same ? 0 : kInfinity;
    } catch (const Error& error) {
        result.failure = error.what();
    }
    return result;
}

}  // namespace

std::vector<DeviceCheck> compareDevices(Device& device, Device& reference) {
    std::vector<DeviceCheck> results;
    for (const Check& check : deviceChecks())
        results.push_back(run(check, device, reference));
    int kind = 0;
    for (const char* name : {"normal values", "half zeros", "a constant", "all bit patterns"}) {
        const auto compare = [&](const char* what, const Shape& shape) {
            results.push_back(
                compareCounting(fmt::format("{}, {}", name, what), kind, shape, device));
        };
        compare("channels along axis 1", {3, 13, 31, 33});
        compare("channels along the last axis", {3, 12345});
        compare("many channels along the last axis", {57, 772});
        ++kind;
    }
    return results;
}

}  // namespace clipscope::runtime
