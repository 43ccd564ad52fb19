// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

Tensor counted(DType type, int64_t count) {
    Tensor tensor(type, {count});
    for (size_t i = 0; i < tensor.byteSize(); ++i)
        tensor.mutableBytes()[i] = static_cast<std::byte>(i * 2654435761u >> 13);
    return tensor;
}

/// Element by element, from the definition in device.h.
void copyByDefinition(const Shape& extents, const Tensor& x, const StridedView& from, Tensor& y,
                      const StridedView& to) {
    const size_t size = elementSize(x.type());
    for (int64_t position = 0; position < extents.elementCount(); ++position) {
        int64_t rest = position;
        int64_t source = from.offset;
        int64_t target = to.offset;
        for (size_t axis = extents.rank(); axis-- > 0;) {
            source += rest % extents[axis] * from.strides[axis];
            target += rest % extents[axis] * to.strides[axis];
            rest /= extents[axis];
        }
        std::copy_n(x.bytes() + static_cast<size_t>(source) * size, size,
                    y.mutableBytes() + static_cast<size_t>(target) * size);
    }
}

/// Dense strides for the axes in a random order, some reversed; the elements begin at `offset`.
StridedView denseView(const Shape& extents, std::mt19937& random, bool broadcast) {
    std::vector<size_t> order(extents.rank());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    StridedView view{0, std::vector<int64_t>(extents.rank())};
    int64_t stride = 1;
    for (const size_t axis : order) {
        if (broadcast && random() % 4 == 0)
            continue;  // stride 0
        const bool reversed = random() % 4 == 0;
        view.strides[axis] = reversed ? -stride : stride;
        view.offset += reversed ? stride * (extents[axis] - 1) : 0;
        stride *= extents[axis];
    }
    return view;
}

TEST(CopyStrided, DoesWhatItsDefinitionSays) {
    setThreadCount(3);
    CpuDevice device;
    std::mt19937 random(11);
    const int64_t extentsToTry[] = {1, 2, 3, 13, 15, 16, 17, 33, 127};
    for (int round = 0; round < 600; ++round) {
        std::vector<int64_t> chosen;
        int64_t count = 1;
        for (size_t rank = random() % 6; chosen.size() < rank;) {
            const int64_t extent = extentsToTry[random() % std::size(extentsToTry)];
            chosen.push_back(count * extent > 100000 ? 2 : extent);
            count *= chosen.back();
        }
        const Shape extents(chosen);
        const DType types[] = {DType::Int8, DType::Float16, DType::Float32, DType::Float64};
        const DType type = types[round % 4];
        const StridedView from = denseView(extents, random, true);
        const StridedView to = denseView(extents, random, false);
        const Tensor x = counted(type, count);
        Tensor y(type, {count});
        Tensor expected(type, {count});
        device.copyStrided(extents, x, from, y, to);
        copyByDefinition(extents, x, from, expected, to);
        ASSERT_TRUE(std::equal(y.bytes(), y.bytes() + y.byteSize(), expected.bytes()))
            << "round " << round << ", " << extents.toString() << " from "
            << testing::PrintToString(from.strides) << " to " << testing::PrintToString(to.strides);
    }
    setThreadCount(0);
}

TEST(CopyStrided, LeavesWhatIsNotNamed) {
    CpuDevice device;
    const Tensor x = Tensor::of<int32_t>({2}, std::vector<int32_t>{7, 8});
    Tensor y = Tensor::of<int32_t>({6}, std::vector<int32_t>{0, 1, 2, 3, 4, 5});
    device.copyStrided({2}, x, {0, {1}}, y, {1, {3}});
    EXPECT_EQ(toInt64s(y), (std::vector<int64_t>{0, 7, 2, 3, 8, 5}));
    device.copyStrided({0, 2}, x, {0, {1, 1}}, y, {0, {1, 1}});
    EXPECT_EQ(toInt64s(y), (std::vector<int64_t>{0, 7, 2, 3, 8, 5}));
}

TEST(Fill, WritesEveryElement) {
    setThreadCount(3);
    CpuDevice device;
    Tensor y(DType::Float64, {70001});
    device.fill(Tensor::scalar(2.5), y);
    for (const double value : y.values<double>())
        ASSERT_EQ(value, 2.5);
    setThreadCount(0);
}

}  // namespace
}  // namespace clipscope::runtime
