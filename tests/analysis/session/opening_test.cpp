// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/opening.h"

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/session/export.h"
#include "analysis/session/rows.h"
#include "analysis/session/thresholds.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

const std::filesystem::path kLenet = std::string(CLIPSCOPE_EXAMPLES) + "/lenet.onnx";
/// The cache of TensorRT's MNIST sample: data conv1 pool1 conv2 pool2 ip1 ip2 prob.
const std::filesystem::path kMnist =
    std::string(CLIPSCOPE_TEST_DATA) + "/formats/real/real-x03-TRT-7000-EntropyCalibration2.cache";

std::vector<std::string> namesIn(const Session& session, RangeFileState state) {
    std::vector<std::string> names;
    for (const TensorEntry& tensor : session.tensors)
        if (tensor.fileState == state)
            names.push_back(tensor.name);
    return names;
}

/// The cache written with its lines changed as text.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string exported(const Session& session, const std::string& format = "tensorrt") {
    return makeExport(session, currentSettings(session),
                      {.format = format, .header = "", .allowPartial = false})
        .bytes;
}

TEST(OpenModel, ListsEveryValueWithShapeCoverageAndGroup) {
    const Session session = openModel(kLenet);
    ASSERT_EQ(session.tensors.size(), 10u);
    EXPECT_EQ(session.tensors[0].name, "data");
    EXPECT_EQ(session.tensors[0].op, "Input");
    EXPECT_EQ(session.tensors[0].type, DType::Float32);
    EXPECT_EQ(session.tensors[2].group, session.tensors[1].group) << "MaxPool shares its scale";
    EXPECT_EQ(session.tensors[9].tensorRt, graph::TensorRtUse::StaysFloat) << "Softmax";
    EXPECT_EQ(session.modelName, "lenet.onnx");
    EXPECT_EQ(session.modelSha256.size(), 64u);
    for (const TensorEntry& tensor : session.tensors) {
        EXPECT_FALSE(tensor.current.isSet());
        EXPECT_FALSE(tensor.isEdited());
    }
}

TEST(OpenModel, KeepsDynamicExtentsAndReasons) {
    const TemporaryFolder folder;
    ModelBuilder builder;
    builder.input("x", {-1, 3}).output("y");
    builder.node("Shape", {"x"}, {"s"});
    builder.node("Relu", {"x"}, {"y"});
    const Session session = openModel(builder.save(folder / "m.onnx"));
    ASSERT_EQ(session.tensors.size(), 3u);
    EXPECT_EQ(session.tensors[0].shape.extents(), (std::vector<int64_t>{-1, 3}));
    EXPECT_EQ(session.tensors[1].coverage, graph::CoverageClass::Integer);
    EXPECT_FALSE(session.tensors[1].coverageReason.empty());
}

TEST(OpenModel, ItsRowsClaimNeitherStatisticsNorAScale) {
    const formats::TensorRow row = makeRow(openModel(kLenet), 1);
    EXPECT_FALSE(row.hasStatistics);
    EXPECT_FALSE(row.scale.has_value());
    EXPECT_FALSE(row.sqnrDb.has_value());
}

TEST(OpenRanges, WithoutAModelEachLineIsATensorWithItsScale) {
    const Session session = openRanges(kMnist);
    ASSERT_EQ(session.tensors.size(), 8u);
    EXPECT_EQ(session.header, "TRT-7000-EntropyCalibration2");
    EXPECT_EQ(session.tensors[3].name, "conv2");
    EXPECT_EQ(session.tensors[3].current.scale, formats::scaleOfHex("3ddc858b"));
    EXPECT_EQ(session.tensors[3].current.method, kFromFile);
    EXPECT_EQ(session.tensors[3].fileState, RangeFileState::NotCompared);
    EXPECT_TRUE(session.samples.empty());
}

TEST(OpenRanges, OnAModelMarksWhatIsMissingAndWhatIsExtra) {
    const Session lenet = openRanges(kMnist, kLenet);
    EXPECT_EQ(namesIn(lenet, RangeFileState::Missing),
              (std::vector<std::string>{"flatten1", "relu1"}));
    EXPECT_TRUE(namesIn(lenet, RangeFileState::Extra).empty());
    EXPECT_EQ(lenet.tensors[1].name, "conv1") << "graph order";
    EXPECT_EQ(lenet.tensors[1].current.scale, formats::scaleOfHex("3c88edfc"));

    const TemporaryFolder folder;
    ModelBuilder builder;
    builder.input("data", {1, 1, 4, 4}).output("other");
    builder.node("Relu", {"data"}, {"conv1"});
    builder.node("Relu", {"conv1"}, {"other"});
    const Session session = openRanges(kMnist, builder.save(folder / "m.onnx"));
    EXPECT_EQ(namesIn(session, RangeFileState::Listed),
              (std::vector<std::string>{"data", "conv1"}));
    EXPECT_EQ(namesIn(session, RangeFileState::Missing), std::vector<std::string>{"other"});
    EXPECT_EQ(namesIn(session, RangeFileState::Extra),
              (std::vector<std::string>{"pool1", "conv2", "pool2", "ip1", "ip2", "prob"}));
    EXPECT_EQ(session.tensors.back().name, "prob") << "extra lines come last";
}

TEST(OpenRanges, AScaleThatCannotBeUsedIsListedWithItsReason) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "c.cache",
                        "TRT-8601-EntropyCalibration2\na: 00000000\nb: 7fc00000\nc: 3f800000\n");
    const Session session = openRanges(folder / "c.cache");
    ASSERT_EQ(session.tensors.size(), 3u);
    EXPECT_EQ(session.tensors[0].current.reason, "zero-scale");
    EXPECT_EQ(session.tensors[1].current.reason, "nan-scale");
    EXPECT_FALSE(session.tensors[0].current.isSet());
    EXPECT_FALSE(session.tensors[1].isEdited());
    EXPECT_TRUE(session.tensors[2].current.isSet());
    EXPECT_EQ(exported(session), readFile(folder / "c.cache")) << "kept all the same";
}

TEST(OpenRanges, RefusesWhatIsNoRangeFile) {
    expectError([] { openRanges(kLenet); }, {"lenet.onnx"});
}

TEST(ExportOfRanges, KeepsEveryByteButThoseOfChangedLines) {
    Session session = openRanges(kMnist, kLenet);
    const std::string before = readFile(kMnist);
    EXPECT_EQ(exported(session), before);
    applyEdit(session, session.indexOf("ip1"), scaleSetting(0.125f, "manual"), false);
    EXPECT_EQ(exported(session), replaced(before, "ip1: 3db6bd6e", "ip1: 3e000000"));
    resetEdit(session, session.indexOf("ip1"), false);
    EXPECT_EQ(exported(session), before);
}

TEST(ExportOfRanges, AKeptFloatLeavesAndAScaleGivenToAMissingTensorIsAdded) {
    Session session = openRanges(kMnist, kLenet);
    Setting kept = session.find("prob").current;
    kept.keepFloat = true;
    applyEdit(session, session.indexOf("prob"), kept, false);
    applyEdit(session, session.indexOf("relu1"), scaleSetting(0.5f, "manual"), false);
    EXPECT_EQ(exported(session),
              replaced(readFile(kMnist), "prob: 3c010a14\n", "relu1: 3f000000\n"));
}

TEST(ExportOfRanges, AnotherFormatIsWhatTheEditedFileGives) {
    const TemporaryFolder folder;
    Session session = openRanges(kMnist);
    applyEdit(session, session.indexOf("ip1"), scaleSetting(0.125f, "manual"), false);
    auto cache = formats::TensorRtCache::parse(readFile(kMnist), "c");
    cache.setScale("ip1", 0.125f);
    writeFileAtomically(folder / "edited.cache", cache.toBytes());
    const ExportSettings csv{.format = "csv", .header = "", .allowPartial = false};
    exportRanges(folder / "edited.cache", folder / "expected.csv", csv);
    EXPECT_EQ(exportSession(session, folder / "is.csv", csv).written, 8u);
    EXPECT_EQ(readFile(folder / "is.csv"), readFile(folder / "expected.csv"));
}

TEST(ExportOfRanges, RefusesAnAffineRange) {
    Session session = openRanges(kMnist);
    applyEdit(session, session.indexOf("ip1"), affineSetting(-1, 2, "manual"), false);
    expectError([&] { exported(session); }, {"ip1", "affine"});
}

}  // namespace
}  // namespace clipscope::session
