// SPDX-License-Identifier: Apache-2.0
// On a GPU: every operator case against the peer's outputs, every check against the CPU.
#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/device_comparison.h"
#include "gpu/bandwidth.h"
#include "gpu/open.h"
#include "tests/gpu/loaded_libraries.h"
#include "tests/operator_cases.h"

namespace clipscope::gpu {
namespace {

class OnTheGpu : public testing::Test {
protected:
    void SetUp() override {
        try {
            m_device = openGpu(0, std::make_unique<runtime::CpuDevice>());
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Unsupported)
                throw;
            GTEST_SKIP() << "skipped: no GPU: " << error.what();
        }
    }
    std::unique_ptr<runtime::Device> m_device;
};

TEST_F(OnTheGpu, EqualsTheCpu) {
    runtime::CpuDevice cpu;
    for (const runtime::DeviceCheck& check : runtime::compareDevices(*m_device, cpu)) {
        EXPECT_TRUE(check.passed()) << check.name << ": " << check.error << " " << check.failure;
        EXPECT_FALSE(check.leftToHost) << check.name;
    }
}

TEST_F(OnTheGpu, CountsTensorsOf64MibAsTheCpuDoes) {
    for (const BandwidthFigure& figure : measureBandwidth(*m_device))
        EXPECT_EQ(figure.failure, "") << figure.name;
}

/// As on the CPU, but for what sums in float32 in an order of the library's.
class Family : public OnTheGpu, public testing::WithParamInterface<const char*> {};

TEST_P(Family, MatchesThePeer) {
    // A state that lies where rounding to 8 bits is undecided may become either of two codes.
    const OperatorTolerance tolerances[] = {
        {"", 5e-6},     {"Conv", 1e-5}, {"ConvTranspose", 1e-5},
        {"LSTM", 1e-5}, {"GRU", 1e-5},  {"DynamicQuantizeLSTM", 1e-2}};
    expectFamilyMatches(GetParam(), *m_device, tolerances);
}

INSTANTIATE_TEST_SUITE_P(All, Family,
                         testing::Values("convolution", "elementwise", "float64", "language_model",
                                         "matmul", "movement", "neighbour_normalization",
                                         "normalization", "pool", "quantized", "recurrent",
                                         "reduce", "resize", "transformer", "transformer_gpu"),
                         [](const auto& family) { return std::string(family.param); });

// What would not fit beside it on the way to a machine with a GPU.
TEST(WithoutAGpu, NeitherOneDnnNorQtIsLoaded) {
    for (const std::string& library : loadedLibraries())
        for (const char* unwanted : {"libdnnl", "libQt"})
            EXPECT_EQ(library.find(unwanted), std::string::npos) << library;
}

// Runs without a GPU, too: it says why there is none and what to do.
TEST(WithoutAGpu, TheReasonIsOneSentence) {
    try {
        EXPECT_FALSE(listGpus().empty());
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Unsupported);
        EXPECT_NE(std::string(error.what()).find("--device cpu"), std::string::npos);
    }
}

}  // namespace
}  // namespace clipscope::gpu
