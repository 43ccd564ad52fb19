// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/registry.h"

#include "analysis/runtime/ops/convolution.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/normalization.h"
#include "analysis/runtime/ops/pool.h"
#include "analysis/runtime/ops/reduce.h"
#include "analysis/runtime/ops/softmax.h"

namespace clipscope::runtime {
namespace {

constexpr auto kHost = Placement::Host;

// Sorted by operator, a row each.
// clang-format off
constexpr OperatorRow kRows[] = {
    {"ArgMax", 1, runArgMax, kHost},
    {"ArgMin", 1, runArgMin, kHost},
    {"AveragePool", 1, runAveragePool},
    {"BatchNormalization", 7, runBatchNormalization},
    {"Conv", 1, runConv},
    {"ConvTranspose", 1, runConvTranspose},
    {"Gemm", 7, runGemm},
    {"GlobalAveragePool", 1, runGlobalAveragePool},
    {"GlobalMaxPool", 1, runGlobalMaxPool},
    {"GroupNormalization", 18, runGroupNormalization},
    {"Hardmax", 1, runHardmaxFlattened, kHost},
    {"Hardmax", 13, runHardmax, kHost},
    {"InstanceNormalization", 6, runInstanceNormalization},
    {"LayerNormalization", 17, runLayerNormalization},
    {"LogSoftmax", 1, runLogSoftmaxFlattened},
    {"LogSoftmax", 13, runLogSoftmax},
    {"MatMul", 1, runMatMul},
    {"MaxPool", 1, runMaxPool},
    {"RMSNormalization", 23, runRmsNormalization},
    {"ReduceL1", 1, runReduce<ReduceKind::L1>},
    {"ReduceL2", 1, runReduce<ReduceKind::L2>},
    {"ReduceLogSum", 1, runReduce<ReduceKind::LogSum>},
    {"ReduceLogSumExp", 1, runReduce<ReduceKind::LogSumExp>},
    {"ReduceMax", 1, runReduce<ReduceKind::Max>},
    {"ReduceMean", 1, runReduce<ReduceKind::Mean>},
    {"ReduceMin", 1, runReduce<ReduceKind::Min>},
    {"ReduceProd", 1, runReduce<ReduceKind::Prod>},
    {"ReduceSum", 1, runReduce<ReduceKind::Sum>},
    {"ReduceSumSquare", 1, runReduce<ReduceKind::SumSquare>},
    {"Softmax", 1, runSoftmaxFlattened},
    {"Softmax", 13, runSoftmax},
};
// clang-format on

}  // namespace

std::span<const OperatorRow> operatorRows() {
    return kRows;
}

}  // namespace clipscope::runtime
