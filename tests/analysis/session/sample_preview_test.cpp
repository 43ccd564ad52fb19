// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/sample_preview.h"

#include <fstream>

#include <gtest/gtest.h>

#include "analysis/data/npy.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

const std::filesystem::path kExamples = CLIPSCOPE_EXAMPLES;

TEST(SamplePreview, ShowsImagesAsTheModelGetsThem) {
    SampleRequest request;
    request.data = {kExamples / "digits"};
    const SamplePreview preview = previewSamples(kExamples / "lenet.onnx", request, 3);
    EXPECT_EQ(preview.samples, 360);
    EXPECT_NE(preview.recipe.find("\"gray\""), std::string::npos);
    ASSERT_EQ(preview.items.size(), 3u);
    const auto& first = preview.items.front();
    const data::Image file = data::readImage(kExamples / "digits/0004_digit4.png");
    EXPECT_EQ(first.id, "digits/0004_digit4.png#0");
    EXPECT_EQ(first.shape, "1x1x28x28");
    EXPECT_EQ(first.picture.width, 28);
    EXPECT_EQ(first.picture.channels, 1);
    // The recipe only divides by 255, and these files have the input's size.
    const auto [low, high] = std::ranges::minmax(file.data);
    EXPECT_FLOAT_EQ(static_cast<float>(first.max), static_cast<float>(high) / 255);
    EXPECT_FLOAT_EQ(static_cast<float>(first.min), static_cast<float>(low) / 255);
    EXPECT_EQ(*std::ranges::max_element(first.picture.data), 255);
}

TEST(SamplePreview, ArraysHaveFiguresAndNoPicture) {
    const TemporaryFolder folder;
    const std::vector<float> values = {1, 2, 3, -5, 0, 2};
    data::writeNpy(folder / "x.npy", Tensor::of<float>({2, 3}, values));
    ModelBuilder model;
    model.input("x", {-1, 3});
    model.node("Relu", {"x"}, {"y"});
    model.output("y");
    SampleRequest request;
    request.data = {folder / "x.npy"};
    const SamplePreview preview = previewSamples(model.save(folder / "m.onnx"), request, 8);
    ASSERT_EQ(preview.items.size(), 2u);
    EXPECT_EQ(preview.items[1].min, -5);
    EXPECT_EQ(preview.items[1].max, 2);
    EXPECT_EQ(preview.items[1].mean, -1);
    EXPECT_TRUE(preview.items[1].picture.data.empty());
    EXPECT_EQ(preview.recipe, "");
}

TEST(SamplePreview, SaysWhichFileCannotBeRead) {
    const TemporaryFolder folder;
    std::filesystem::copy_file(kExamples / "digits/0004_digit4.png", folder / "a.png");
    std::ofstream(folder / "b.png") << "<html>";
    SampleRequest request;
    request.data = {folder.path()};
    const SamplePreview preview = previewSamples(kExamples / "lenet.onnx", request, 8);
    ASSERT_EQ(preview.items.size(), 2u);
    EXPECT_EQ(preview.items[0].problem, "");
    EXPECT_NE(preview.items[1].problem.find("b.png"), std::string::npos);
}

}  // namespace
}  // namespace clipscope::session
