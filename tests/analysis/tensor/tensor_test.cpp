// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/tensor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/error.h"

namespace clipscope {
namespace {

TEST(Shape, CountsAndRefusesOverflow) {
    EXPECT_EQ((Shape{2, 3, 4}).elementCount(), 24);
    EXPECT_EQ(Shape().elementCount(), 1);
    EXPECT_EQ((Shape{2, 0, 4}).elementCount(), 0);
    EXPECT_THROW((Shape{1LL << 40, 1LL << 40}).elementCount(), Error);
    EXPECT_THROW((Shape{-1}).elementCount(), Error);
    EXPECT_EQ((Shape{1, 3, 8}).toString(), "1x3x8");
}

TEST(Shape, MayHaveMoreExtentsThanUsual) {
    const Shape six{2, 1, 3, 1, 5, 4};
    const Shape eight{2, 1, 3, 1, 5, 4, 1, 7};
    for (const Shape& shape : {six, eight}) {
        const std::vector<int64_t> extents = shape.extents();
        ASSERT_EQ(extents.size(), shape.rank());
        EXPECT_TRUE(std::equal(shape.begin(), shape.end(), extents.begin(), extents.end()));
        Shape copy = shape;
        EXPECT_EQ(copy, shape);
        EXPECT_EQ(copy, Shape(extents));
        copy[shape.rank() - 1] += 1;
        EXPECT_NE(copy, shape);
        copy = Shape{9};
        EXPECT_EQ(copy, (Shape{9}));
        copy = shape;
        const Shape moved = std::move(copy);
        EXPECT_EQ(moved, shape);
    }
    EXPECT_EQ(eight.rank(), 8u);
    EXPECT_EQ(eight.elementCount(), 840);
    EXPECT_EQ(eight.strides(), (std::vector<int64_t>{420, 420, 140, 140, 28, 7, 7, 1}));
    EXPECT_EQ(eight.toString(), "2x1x3x1x5x4x1x7");
    EXPECT_NE(six, eight);
}

TEST(Shape, Broadcasts) {
    EXPECT_EQ(broadcast({2, 1, 4}, {3, 1}), (Shape{2, 3, 4}));
    EXPECT_EQ(broadcast({}, {5}), (Shape{5}));
    EXPECT_THROW(broadcast({2}, {3}), Error);
}

TEST(Tensor, SharesMemoryBetweenViews) {
    const std::vector<float> values{0, 1, 2, 3, 4, 5};
    const Tensor tensor = Tensor::of<float>({3, 2}, values);
    const Tensor row = tensor.rows(1, 2);
    EXPECT_EQ(row.shape(), (Shape{1, 2}));
    EXPECT_EQ(row.values<float>()[1], 3.0f);
    EXPECT_EQ(row.bytes(), tensor.bytes() + 8);
    EXPECT_EQ(tensor.reshaped({2, 3}).bytes(), tensor.bytes());
    EXPECT_THROW(tensor.reshaped({4}), Error);
    EXPECT_THROW(tensor.values<int>(), Error);
}

TEST(Tensor, RefusesImpossibleSizes) {
    EXPECT_THROW(Tensor(DType::Float32, {1LL << 61}), Error);
    EXPECT_THROW(Tensor(DType::Float32, {1LL << 45}), Error);
}

}  // namespace
}  // namespace clipscope
