// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/registry.h"

#include "analysis/runtime/ops/attention.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/cast.h"
#include "analysis/runtime/ops/constant.h"
#include "analysis/runtime/ops/control_flow.h"
#include "analysis/runtime/ops/convolution.h"
#include "analysis/runtime/ops/einsum.h"
#include "analysis/runtime/ops/fourier.h"
#include "analysis/runtime/ops/gather.h"
#include "analysis/runtime/ops/host.h"
#include "analysis/runtime/ops/integer_products.h"
#include "analysis/runtime/ops/layout.h"
#include "analysis/runtime/ops/loss.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/normalization.h"
#include "analysis/runtime/ops/pool.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/quantized_operators.h"
#include "analysis/runtime/ops/rearrange.h"
#include "analysis/runtime/ops/recurrent.h"
#include "analysis/runtime/ops/reduce.h"
#include "analysis/runtime/ops/resize.h"
#include "analysis/runtime/ops/sampling.h"
#include "analysis/runtime/ops/selection.h"
#include "analysis/runtime/ops/softmax.h"
#include "analysis/runtime/ops/transformer.h"
#include "analysis/runtime/ops/unary.h"
#include "analysis/runtime/ops/view.h"

namespace clipscope::runtime {
namespace {

constexpr auto kHost = Placement::Host;
constexpr auto kDevice = Placement::Device;

// Sorted by operator, a row each.
// clang-format off
constexpr OperatorRow kRows[] = {
    inPlace({"Abs", 1, runUnary<UnaryFunction::Abs>}),
    inPlace({"Acos", 1, runUnary<UnaryFunction::Acos>}),
    inPlace({"Acosh", 1, runUnary<UnaryFunction::Acosh>}),
    inPlace({"Add", 1, runBinary<BinaryFunction::Add>}),
    inFloat32({"AffineGrid", 20, runAffineGrid, kHost}),
    inPlace({"And", 1, runBinary<BinaryFunction::And>}),
    halvesInFloat32({"ArgMax", 1, runArgMax, kHost}),
    halvesInFloat32({"ArgMin", 1, runArgMin, kHost}),
    inPlace({"Asin", 1, runUnary<UnaryFunction::Asin>}),
    inPlace({"Asinh", 1, runUnary<UnaryFunction::Asinh>}),
    inPlace({"Atan", 1, runUnary<UnaryFunction::Atan>}),
    inPlace({"Atanh", 1, runUnary<UnaryFunction::Atanh>}),
    inFloat32({"Attention", 23, runAttention}),
    anyLayout(inFloat32({"AveragePool", 1, runAveragePool})),
    anyLayout(inFloat32({"BatchNormalization", 1, runBatchNormalization})),
    elementwise({"BitShift", 1, runBitShift}),
    inPlace({"BitwiseAnd", 1, runBinary<BinaryFunction::BitwiseAnd>}),
    inPlace({"BitwiseNot", 1, runUnary<UnaryFunction::BitwiseNot>}),
    inPlace({"BitwiseOr", 1, runBinary<BinaryFunction::BitwiseOr>}),
    inPlace({"BitwiseXor", 1, runBinary<BinaryFunction::BitwiseXor>}),
    {"BlackmanWindow", 17, runBlackmanWindow, kHost},
    elementwise({"Cast", 1, runCast}),
    elementwise({"CastLike", 1, runCastLike}),
    inPlace({"Ceil", 1, runUnary<UnaryFunction::Ceil>}),
    inPlace({"Celu", 1, runCelu}),
    {"CenterCropPad", 18, runCenterCropPad},
    inPlace({"Clip", 1, runClip}),
    inFloat32({"Col2Im", 18, runCol2Im, kHost}),
    {"Compress", 1, runCompress, kHost},
    anyLayout({"Concat", 1, runConcat}),
    {"Constant", 1, runConstant},
    {"ConstantOfShape", 1, runConstantOfShape},
    anyLayout(inFloat32({"Conv", 1, runConv})),
    {"ConvInteger", 10, runConvInteger, kHost},
    inFloat32({"ConvTranspose", 1, runConvTranspose}),
    inPlace({"Cos", 1, runUnary<UnaryFunction::Cos>}),
    inPlace({"Cosh", 1, runUnary<UnaryFunction::Cosh>}),
    halvesInFloat32({"CumSum", 1, runCumSum, kHost}),
    inFloat32({"DFT", 17, runDft, kHost}),
    inFloat32({"DeformConv", 19, runDeformConv, kHost}),
    {"DepthToSpace", 1, runDepthToSpace},
    {"DequantizeLinear", 1, runDequantizeLinear, kHost},
    {"Det", 11, runDet, kHost},
    inPlace({"Div", 1, runBinary<BinaryFunction::Div>}),
    elementwise({"Dropout", 1, runDropout}),
    {"DynamicQuantizeLinear", 1, runDynamicQuantizeLinear, kHost},
    halvesInFloat32({"Einsum", 12, runEinsum}),
    inPlace({"Elu", 1, runElu}),
    elementwise({"Equal", 1, runComparison<BinaryFunction::Equal>}),
    inPlace({"Erf", 1, runUnary<UnaryFunction::Erf>}),
    inPlace({"Exp", 1, runUnary<UnaryFunction::Exp>}),
    {"Expand", 1, runExpand},
    {"EyeLike", 1, runEyeLike},
    {"Flatten", 1, runFlatten},
    inPlace({"Floor", 1, runUnary<UnaryFunction::Floor>}),
    inFloat32({"GRU", 7, runGru, kHost}),
    {"Gather", 1, runGather},
    {"GatherElements", 1, runGatherElements, kHost},
    {"GatherND", 1, runGatherND, kHost},
    inPlace({"Gelu", 1, runGelu}),
    halvesInFloat32({"Gemm", 1, runGemm}),
    anyLayout(inFloat32({"GlobalAveragePool", 1, runGlobalAveragePool})),
    inFloat32({"GlobalLpPool", 1, runGlobalLpPool}),
    anyLayout(halvesInFloat32({"GlobalMaxPool", 1, runGlobalMaxPool})),
    elementwise({"Greater", 1, runComparison<BinaryFunction::Greater>}),
    elementwise({"GreaterOrEqual", 1, runComparison<BinaryFunction::GreaterOrEqual>}),
    inFloat32({"GridSample", 16, runGridSample, kHost}),
    inFloat32({"GroupNormalization", 18, runGroupNormalization}),
    {"HammingWindow", 17, runHammingWindow, kHost},
    {"HannWindow", 17, runHannWindow, kHost},
    inPlace({"HardSigmoid", 1, runHardSigmoid}),
    inPlace({"HardSwish", 1, runUnary<UnaryFunction::HardSwish>}),
    inFloat32({"Hardmax", 1, runHardmaxFlattened, kHost}),
    inFloat32({"Hardmax", 13, runHardmax, kHost}),
    elementwise({"Identity", 1, runIdentity}),
    {"If", 1, runIf},
    inFloat32({"InstanceNormalization", 6, runInstanceNormalization}),
    elementwise({"IsInf", 1, runIsInf}),
    inPlace({"IsNaN", 1, runUnary<UnaryFunction::IsNaN>}),
    inFloat32({"LRN", 1, runLrn}),
    inFloat32({"LSTM", 7, runLstm, kHost}),
    inFloat32({"LayerNormalization", 1, runLayerNormalization}),
    inPlace({"LeakyRelu", 1, runLeakyRelu}),
    elementwise({"Less", 1, runComparison<BinaryFunction::Less>}),
    elementwise({"LessOrEqual", 1, runComparison<BinaryFunction::LessOrEqual>}),
    inPlace({"Log", 1, runUnary<UnaryFunction::Log>}),
    inFloat32({"LogSoftmax", 1, runLogSoftmaxFlattened}),
    inFloat32({"LogSoftmax", 13, runLogSoftmax}),
    {"Loop", 1, runLoop},
    inFloat32({"LpNormalization", 1, runLpNormalization}),
    inFloat32({"LpPool", 1, runLpPool}),
    halvesInFloat32({"MatMul", 1, runMatMul}),
    {"MatMulInteger", 10, runMatMulInteger, kHost},
    elementwise({"Max", 1, runVariadic<BinaryFunction::Max>}),
    anyLayout(halvesInFloat32({"MaxPool", 1, runMaxPool})),
    inFloat32({"MaxUnpool", 9, runMaxUnpool, kHost}),
    elementwise({"Mean", 1, runMean}),
    inFloat32({"MeanVarianceNormalization", 9, runMeanVarianceNormalization}),
    {"MelWeightMatrix", 17, runMelWeightMatrix, kHost},
    elementwise({"Min", 1, runVariadic<BinaryFunction::Min>}),
    inPlace({"Mish", 1, runUnary<UnaryFunction::Mish>}),
    elementwise({"Mod", 1, runMod}),
    inPlace({"Mul", 1, runBinary<BinaryFunction::Mul>}),
    inPlace({"Neg", 1, runUnary<UnaryFunction::Neg>}),
    inFloat32({"NegativeLogLikelihoodLoss", 12, runNegativeLogLikelihoodLoss, kHost}),
    inFloat32({"NonMaxSuppression", 10, runNonMaxSuppression, kHost}),
    {"NonZero", 1, runNonZero, kHost},
    inPlace({"Not", 1, runUnary<UnaryFunction::Not>}),
    {"OneHot", 1, runOneHot, kHost},
    inPlace({"Or", 1, runBinary<BinaryFunction::Or>}),
    elementwise({"PRelu", 1, runPRelu}),
    {"Pad", 1, runPad},
    elementwise({"Pow", 1, runPow}),
    {"QLinearConv", 10, runQLinearConv, kHost},
    {"QLinearMatMul", 10, runQLinearMatMul, kHost},
    {"QuantizeLinear", 1, runQuantizeLinear, kHost},
    inFloat32({"RMSNormalization", 23, runRmsNormalization}),
    inFloat32({"RNN", 7, runRnn, kHost}),
    {"Range", 1, runRange, kHost},
    inPlace({"Reciprocal", 1, runUnary<UnaryFunction::Reciprocal>}),
    halvesInFloat32({"ReduceL1", 1, runReduce<ReduceKind::L1>}),
    halvesInFloat32({"ReduceL2", 1, runReduce<ReduceKind::L2>}),
    halvesInFloat32({"ReduceLogSum", 1, runReduce<ReduceKind::LogSum>}),
    halvesInFloat32({"ReduceLogSumExp", 1, runReduce<ReduceKind::LogSumExp>}),
    halvesInFloat32({"ReduceMax", 1, runReduce<ReduceKind::Max>}),
    halvesInFloat32({"ReduceMean", 1, runReduce<ReduceKind::Mean>}),
    halvesInFloat32({"ReduceMin", 1, runReduce<ReduceKind::Min>}),
    halvesInFloat32({"ReduceProd", 1, runReduce<ReduceKind::Prod>}),
    halvesInFloat32({"ReduceSum", 1, runReduce<ReduceKind::Sum>}),
    halvesInFloat32({"ReduceSumSquare", 1, runReduce<ReduceKind::SumSquare>}),
    inPlace({"Relu", 1, runUnary<UnaryFunction::Relu>}),
    {"Reshape", 1, runReshape},
    halvesInFloat32({"Resize", 10, runResize, kHost}),
    {"ReverseSequence", 10, runReverseSequence, kHost},
    inFloat32({"RoiAlign", 10, runRoiAlign, kHost}),
    inFloat32({"RotaryEmbedding", 23, runRotaryEmbedding, kHost}),
    inPlace({"Round", 1, runUnary<UnaryFunction::Round>}),
    inFloat32({"STFT", 17, runStft, kHost}),
    {"Scan", 8, runScan},
    halvesInFloat32({"Scatter", 1, runScatterElements, kHost}),
    halvesInFloat32({"ScatterElements", 1, runScatterElements, kHost}),
    halvesInFloat32({"ScatterND", 1, runScatterND, kHost}),
    inPlace({"Selu", 1, runSelu}),
    anyLayout({"Shape", 1, runShape}),
    inPlace({"Shrink", 1, runShrink}),
    inPlace({"Sigmoid", 1, runUnary<UnaryFunction::Sigmoid>}),
    inPlace({"Sign", 1, runUnary<UnaryFunction::Sign>}),
    inFloat32({"SimplifiedLayerNormalization", 1, runRmsNormalization}),
    inPlace({"Sin", 1, runUnary<UnaryFunction::Sin>}),
    inPlace({"Sinh", 1, runUnary<UnaryFunction::Sinh>}),
    anyLayout({"Size", 1, runSize}),
    {"Slice", 1, runSlice},
    inFloat32({"Softmax", 1, runSoftmaxFlattened}),
    inFloat32({"Softmax", 13, runSoftmax}),
    inFloat32({"SoftmaxCrossEntropyLoss", 12, runSoftmaxCrossEntropyLoss, kHost}),
    inPlace({"Softplus", 1, runUnary<UnaryFunction::Softplus>}),
    inPlace({"Softsign", 1, runUnary<UnaryFunction::Softsign>}),
    {"SpaceToDepth", 1, runSpaceToDepth},
    {"Split", 1, runSplit},
    inPlace({"Sqrt", 1, runUnary<UnaryFunction::Sqrt>}),
    {"Squeeze", 1, runSqueeze},
    inPlace({"Sub", 1, runBinary<BinaryFunction::Sub>}),
    elementwise({"Sum", 1, runVariadic<BinaryFunction::Add>}),
    inPlace({"Swish", 1, runSwish}),
    inPlace({"Tan", 1, runUnary<UnaryFunction::Tan>}),
    inPlace({"Tanh", 1, runUnary<UnaryFunction::Tanh>}),
    {"TensorScatter", 24, runTensorScatter},
    inPlace({"ThresholdedRelu", 1, runThresholdedRelu}),
    {"Tile", 1, runTile},
    halvesInFloat32({"TopK", 1, runTopK, kHost}),
    {"Transpose", 1, runTranspose},
    {"Trilu", 1, runTrilu, kHost},
    halvesInFloat32({"Unique", 11, runUnique, kHost}),
    {"Unsqueeze", 1, runUnsqueeze},
    halvesInFloat32({"Upsample", 7, runUpsample, kHost}),
    elementwise({"Where", 1, runWhere}),
    inPlace({"Xor", 1, runBinary<BinaryFunction::Xor>}),
    inFloat32({"Attention", 1, runMicrosoftAttention, kDevice, kMicrosoft}),
    inFloat32({"BiasGelu", 1, runBiasGelu, kDevice, kMicrosoft}),
    {"DequantizeLinear", 1, runDequantizeLinear, kHost, kMicrosoft},
    {"DynamicQuantizeLSTM", 1, runDynamicQuantizeLstm, kHost, kMicrosoft},
    {"DynamicQuantizeMatMul", 1, runDynamicQuantizeMatMul, kHost, kMicrosoft},
    inFloat32({"EmbedLayerNormalization", 1, runEmbedLayerNormalization, kHost, kMicrosoft}),
    inFloat32({"FastGelu", 1, runFastGelu, kDevice, kMicrosoft}),
    inFloat32({"FusedConv", 1, runFusedConv, kDevice, kMicrosoft}),
    halvesInFloat32({"FusedGemm", 1, runFusedGemm, kDevice, kMicrosoft}),
    halvesInFloat32({"FusedMatMul", 1, runFusedMatMul, kDevice, kMicrosoft}),
    inPlace(inFloat32({"Gelu", 1, runMicrosoftGelu, kDevice, kMicrosoft})),
    {"MatMulIntegerToFloat", 1, runMatMulIntegerToFloat, kHost, kMicrosoft},
    inFloat32({"MatMulNBits", 1, runMatMulNBits, kHost, kMicrosoft}),
    inFloat32({"MultiHeadAttention", 1, runMultiHeadAttention, kDevice, kMicrosoft}),
    {"QGemm", 1, runQGemm, kHost, kMicrosoft},
    {"QLinearAdd", 1, runQLinearAdd, kHost, kMicrosoft},
    {"QLinearAveragePool", 1, runQLinearAveragePool, kHost, kMicrosoft},
    {"QLinearConcat", 1, runQLinearConcat, kHost, kMicrosoft},
    {"QLinearGlobalAveragePool", 1, runQLinearGlobalAveragePool, kHost, kMicrosoft},
    {"QLinearLeakyRelu", 1, runQLinearLeakyRelu, kHost, kMicrosoft},
    {"QLinearMul", 1, runQLinearMul, kHost, kMicrosoft},
    {"QLinearReduceMean", 1, runQLinearReduceMean, kHost, kMicrosoft},
    {"QLinearSigmoid", 1, runQLinearSigmoid, kHost, kMicrosoft},
    {"QLinearSoftmax", 1, runQLinearSoftmax, kHost, kMicrosoft},
    {"QLinearWhere", 1, runQLinearWhere, kHost, kMicrosoft},
    {"QuantizeLinear", 1, runQuantizeLinear, kHost, kMicrosoft},
    {"QuickGelu", 1, runQuickGelu, kDevice, kMicrosoft},
    inFloat32({"SkipLayerNormalization", 1, runSkipLayerNormalization, kDevice, kMicrosoft}),
    inFloat32({"SkipSimplifiedLayerNormalization", 1, runSkipSimplifiedLayerNormalization, kDevice, kMicrosoft}),
    halvesInFloat32({"TransposeMatMul", 1, runFusedMatMul, kDevice, kMicrosoft}),
};
// clang-format on

}  // namespace

std::span<const OperatorRow> operatorRows() {
    return kRows;
}

}  // namespace clipscope::runtime
