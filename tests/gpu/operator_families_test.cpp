// SPDX-License-Identifier: Apache-2.0
// Every operator case through the GPU's device with its kernels stepped on the CPU, against the
// peer's outputs. Tolerances as for the CPU; where kernels sum in float32, a little more.
#include <ostream>

#include <gtest/gtest.h>

#include "gpu/stepped_block.h"
#include "tests/gpu/stepped_backend.h"
#include "tests/operator_cases.h"

namespace clipscope::gpu {
namespace {

struct Family {
    const char* name;
    double tolerance;
};

/// In the names of the tests.
void PrintTo(const Family& family, std::ostream* out) {
    *out << family.name;
}

class SteppedFamilies : public testing::TestWithParam<Family> {};

TEST_P(SteppedFamilies, MatchThePeer) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const OperatorTolerance tolerances[] = {{"", GetParam().tolerance}};
    for (const SteppingOrder order : {SteppingOrder::Forward, SteppingOrder::Shuffled}) {
        steppingOrder() = order;
        expectFamilyMatches(GetParam().name, *device, tolerances);
    }
    steppingOrder() = SteppingOrder::Forward;
}

// As in models, where they are many, integers are on the device, zero points and all.
TEST(SteppedFamily, OfBytesMatchThePeerOnTheDevice) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    device->setFew(0);
    const OperatorTolerance tolerances[] = {{"", 2e-6}};
    for (const char* family : {"quantized", "recurrent"})
        expectFamilyMatches(family, *device, tolerances);
}

INSTANTIATE_TEST_SUITE_P(
    All, SteppedFamilies,
    testing::Values(Family{"convolution", 1e-6}, Family{"elementwise", 1e-6},
                    Family{"float64", 1e-6}, Family{"language_model", 2e-6}, Family{"matmul", 1e-6},
                    Family{"movement", 1e-6}, Family{"neighbour_normalization", 1e-6},
                    Family{"normalization", 1e-6}, Family{"pool", 1e-6}, Family{"quantized", 1e-6},
                    Family{"recurrent", 2e-6}, Family{"reduce", 1e-6}, Family{"resize", 2e-6},
                    Family{"transformer", 2e-6}, Family{"transformer_gpu", 2e-6}),
    [](const auto& family) { return std::string(family.param.name); });

}  // namespace
}  // namespace clipscope::gpu
