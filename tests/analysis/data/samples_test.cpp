// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/samples.h"

#include <cmath>
#include <fstream>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "analysis/data/npy.h"
#include "analysis/data/npz.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/analysis/data/preprocess_oracle.h"
#include "tests/temporary_folder.h"

namespace clipscope::data {
namespace {

namespace fs = std::filesystem;

/// 0, 1, 2... in float32.
Tensor counting(Shape shape) {
    Tensor tensor(DType::Float32, std::move(shape));
    const auto values = tensor.mutableValues<float>();
    std::iota(values.begin(), values.end(), 0.0f);
    return tensor;
}

SampleOptions from(std::vector<fs::path> data) {
    SampleOptions options;
    options.data = std::move(data);
    return options;
}

const InputSpec kX{"x", DType::Float32, {-1, 2, 3}};
const InputSpec kImage{"image", DType::Float32, {1, 3, 32, 32}};

TEST(Samples, CutsTheBatchOfAnArray) {
    const TemporaryFolder folder;
    writeNpy(folder / "x.npy", counting({4, 2, 3}));
    const SampleSource source({kX}, from({folder / "x.npy"}));
    ASSERT_EQ(source.sampleCount(), 4);
    EXPECT_FALSE(source.hasImages());
    const Sample sample = source.load(2);
    EXPECT_EQ(sample.id, "x.npy#2");
    EXPECT_EQ(sample.inputs.at("x").shape(), (Shape{1, 2, 3}));
    EXPECT_EQ(toDoubles(sample.inputs.at("x")), (std::vector<double>{12, 13, 14, 15, 16, 17}));
}

TEST(Samples, GivesItemsOfOneRankMoreAsTheyAre) {
    const TemporaryFolder folder;
    writeNpy(folder / "x.npy", counting({2, 5, 2, 3}));
    const SampleSource source({kX}, from({folder / "x.npy"}));
    ASSERT_EQ(source.sampleCount(), 2);
    EXPECT_EQ(source.load(1).inputs.at("x").shape(), (Shape{5, 2, 3}));
    EXPECT_EQ(source.load(1).inputs.at("x").values<float>()[0], 30.0f);
    // A batch that the model fixes must then be there.
    EXPECT_ERROR(SampleSource({{"x", DType::Float32, {4, 2, 3}}}, from({folder / "x.npy"})),
                 ErrorCode::BadInput,
                 "float32 2x5x2x3, which does not fit input 'x' of float32 4x2x3");
}

TEST(Samples, TakesScalarsAndSequences) {
    const TemporaryFolder folder;
    writeNpy(folder / "s.npy", counting({3}));
    const SampleSource scalars({{"s", DType::Float32, {}}}, from({folder / "s.npy"}));
    ASSERT_EQ(scalars.sampleCount(), 3);
    EXPECT_EQ(scalars.load(2).inputs.at("s").rank(), 0u);
    EXPECT_EQ(scalars.load(2).inputs.at("s").values<float>()[0], 2.0f);
    writeNpy(folder / "one.npy", Tensor::scalar(7.0f));
    EXPECT_EQ(SampleSource({{"s", DType::Float32, {}}}, from({folder / "one.npy"})).sampleCount(),
              1);
}

TEST(Samples, FeedsInputsByNameAndReusesSingleOnes) {
    const TemporaryFolder folder;
    const InputSpec ids{"ids", DType::Int64, {-1, 3}};
    for (const char* name : {"a.npz", "b.npz"})
        writeNpz(folder / name, {{"x", counting({4, 2, 3})},
                                 {"ids", Tensor(DType::Int32, {1, 3})},
                                 {"unused", counting({1})}});
    const SampleSource source({kX, ids}, from({folder / "a.npz", folder / "b.npz"}));
    ASSERT_EQ(source.sampleCount(), 8);
    const Sample sample = source.load(5);
    EXPECT_EQ(sample.id, "b.npz#1");
    EXPECT_EQ(sample.inputs.at("x").values<float>()[0], 6.0f);
    EXPECT_EQ(sample.inputs.at("ids").type(), DType::Int64);
    EXPECT_EQ(sample.inputs.at("ids").shape(), (Shape{1, 3}));
    EXPECT_ERROR(SampleSource({kX, {"mask", DType::Float32, {-1}}}, from({folder / "a.npz"})),
                 ErrorCode::BadInput, "has no array 'mask'; it has x, ids, unused");
}

TEST(Samples, PairsInputsGivenByName) {
    const TemporaryFolder folder;
    const InputSpec y{"y", DType::Float32, {-1, 1}};
    writeNpy(folder / "x.npy", counting({4, 2, 3}));
    writeNpy(folder / "y4.npy", counting({4, 1}));
    writeNpy(folder / "y1.npy", counting({1, 1}));
    writeNpy(folder / "y3.npy", counting({3, 1}));
    SampleOptions options = from({folder / "x.npy"});
    options.inputs = {{"y", folder / "y4.npy"}};
    EXPECT_EQ(SampleSource({kX, y}, options).load(3).inputs.at("y").values<float>()[0], 3.0f);
    EXPECT_EQ(SampleSource({y, kX}, options).load(3).inputs.at("x").values<float>()[0], 18.0f);
    options.inputs = {{"y", folder / "y1.npy"}};
    const SampleSource reused({y, kX}, options);
    EXPECT_EQ(reused.load(3).inputs.at("y").values<float>()[0], 0.0f);
    EXPECT_EQ(reused.id(3), "x.npy#3");
    options.inputs = {{"y", folder / "y3.npy"}};
    EXPECT_ERROR(SampleSource({kX, y}, options), ErrorCode::BadInput,
                 "input 'y' has 3 samples and input 'x' has 4");
    options.inputs = {{"z", folder / "y3.npy"}};
    EXPECT_ERROR(SampleSource({kX, y}, options), ErrorCode::Usage, "no input 'z'; it has x, y");
    EXPECT_ERROR(SampleSource({kX, y}, from({folder / "x.npy"})), ErrorCode::Usage,
                 "could feed each of the inputs x, y");
    options.inputs = {{"x", folder / "x.npy"}};
    EXPECT_ERROR(SampleSource({kX}, options), ErrorCode::Usage, "feeds no input");
}

TEST(Samples, ReadsFoldersOfArrays) {
    const TemporaryFolder folder;
    writeNpy(folder / "b.npy", counting({2, 2, 3}));
    writeNpy(folder / "a.npy", counting({1, 2, 3}));
    std::ofstream(folder / "notes.txt") << "not a sample";
    const SampleSource source({kX}, from({folder.path()}));
    ASSERT_EQ(source.sampleCount(), 3);
    const std::string name = folder.path().filename().string();
    EXPECT_EQ(source.id(0), name + "/a.npy#0");
    EXPECT_EQ(source.id(2), name + "/b.npy#1");
    EXPECT_EQ(source.load(2).inputs.at("x").values<float>()[0], 6.0f);
}

TEST(Samples, ReadsFoldersOfImagesInNameOrder) {
    const SampleSource source({kImage}, from({kPreprocess / "images"}));
    ASSERT_EQ(source.sampleCount(), 7);
    EXPECT_TRUE(source.hasImages());
    EXPECT_EQ(source.id(0), "images/astronaut_96x128.png#0");
    EXPECT_EQ(source.id(6), "images/noise_rgba_47x33.png#0");
    const Sample sample = source.load(0);
    EXPECT_EQ(sample.inputs.at("image").shape(), (Shape{1, 3, 32, 32}));
    // unit_hwc_rgb at (0, 0), red: the default recipe is unit.
    EXPECT_EQ(sample.inputs.at("image").values<float>()[0],
              expected("astronaut_96x128.png/unit_hwc_rgb").values<float>()[0]);
    // The id does not depend on where the folder lies or how it is written.
    EXPECT_EQ(SampleSource({kImage}, from({kPreprocess / "variants" / ".." / "images/"})).id(0),
              "images/astronaut_96x128.png#0");
}

TEST(Samples, HasTheLimitAndTheRecipeItIsGiven) {
    SampleOptions options = from({kPreprocess / "images"});
    options.limit = 2;
    options.recipe = findRecipe("imagenet-caffe");
    const SampleSource source({kImage}, options);
    EXPECT_EQ(source.sampleCount(), 2);
    const Tensor image = source.load(0).inputs.at("image");
    EXPECT_EQ(largestDifference(image.reshaped({3, 32, 32}),
                                expected("astronaut_96x128.png/caffe_bgr_mean_chw")),
              0);
}

TEST(Samples, TellsEqualNamesApart) {
    const TemporaryFolder folder;
    fs::create_directories(folder / "a");
    fs::create_directories(folder / "b");
    writeNpy(folder / "a/x.npy", counting({1, 2, 3}));
    writeNpy(folder / "b/x.npy", counting({1, 2, 3}));
    const SampleSource source({kX}, from({folder / "a/x.npy", folder / "b/x.npy"}));
    EXPECT_EQ(source.id(0), (folder / "a/x.npy").string() + "#0");
    EXPECT_EQ(source.id(1), (folder / "b/x.npy").string() + "#0");
    EXPECT_ERROR(SampleSource({kX}, from({folder / "a/x.npy", folder / "a/./x.npy"})),
                 ErrorCode::Usage, "given twice");
}

TEST(Samples, SkipsWhatCannotBeRead) {
    const TemporaryFolder folder;
    fs::copy_file(kPreprocess / "images" / "gradient_37x50.png", folder / "a.png");
    std::ofstream(folder / "b.JPG") << "not an image";
    fs::copy_file(kPreprocess / "images" / "cat_150x226_420.jpg", folder / "c.jpg");
    const SampleSource source({kImage}, from({folder.path()}));
    ASSERT_EQ(source.sampleCount(), 3);
    std::vector<SkippedSample> skipped;
    EXPECT_TRUE(source.tryLoad(0, skipped));
    EXPECT_FALSE(source.tryLoad(1, skipped));
    EXPECT_TRUE(source.tryLoad(2, skipped));
    ASSERT_EQ(skipped.size(), 1u);
    EXPECT_EQ(skipped[0].id, folder.path().filename().string() + "/b.JPG#0");
    EXPECT_NE(skipped[0].reason.find("neither a PNG nor a JPEG"), std::string::npos);
    EXPECT_THROW(source.load(1), UnreadableSample);
}

TEST(Samples, SkipsDamagedArraysOfAFolder) {
    const TemporaryFolder folder;
    writeNpy(folder / "a.npy", counting({1, 2, 3}));
    std::ofstream(folder / "b.npy") << "\x93NUMPY";
    const SampleSource source({kX}, from({folder.path()}));
    std::vector<SkippedSample> skipped;
    EXPECT_TRUE(source.tryLoad(0, skipped));
    EXPECT_FALSE(source.tryLoad(1, skipped));
    EXPECT_EQ(skipped.size(), 1u);
    // Given by itself it is an error at once.
    EXPECT_ERROR(SampleSource({kX}, from({folder / "b.npy"})), ErrorCode::BadInput, "truncated");
}

TEST(Samples, DoesNotSkipWhatDoesNotFit) {
    SampleOptions options = from({kPreprocess / "images"});
    options.recipe = findRecipe("raw");
    const SampleSource source({kImage}, options);
    std::vector<SkippedSample> skipped;
    EXPECT_ERROR(source.tryLoad(0, skipped), ErrorCode::BadInput,
                 "astronaut_96x128.png: the recipe");
    const TemporaryFolder folder;
    writeNpy(folder / "x.npy", counting({4, 3, 3}));
    EXPECT_ERROR(SampleSource({kX}, from({folder / "x.npy"})), ErrorCode::BadInput,
                 "x.npy' is float32 4x3x3, which does not fit input 'x' of float32 ?x2x3");
    EXPECT_ERROR(SampleSource({kX}, from({folder.path()})), ErrorCode::BadInput, "4x3x3");
    writeNpy(folder / "x.npy", counting({6}));
    EXPECT_ERROR(SampleSource({kX}, from({folder / "x.npy"})), ErrorCode::BadInput,
                 "its rank must be 3 (first axis the batch) or 4");
}

/// `count` archives with an "x" of a single row, the number of the archive.
std::vector<fs::path> numberedArchives(const TemporaryFolder& folder, int count) {
    std::vector<fs::path> paths;
    for (int i = 0; i < count; ++i) {
        paths.push_back(folder / std::to_string(i).append(".npz"));
        writeNpz(
            paths.back(),
            {{"x", Tensor::of<float>({1, 2, 3}, std::vector<float>(6, static_cast<float>(i)))}});
    }
    return paths;
}

TEST(Samples, FollowOneAnotherThroughManyArchives) {
    const TemporaryFolder folder;
    const SampleSource source({kX}, from(numberedArchives(folder, 50)));
    ASSERT_EQ(source.sampleCount(), 50);
    for (const int64_t i : {0, 49, 20, 1, 0})
        EXPECT_EQ(source.load(i).inputs.at("x").values<float>()[0], static_cast<float>(i));
}

TEST(Samples, NoticeThatAFileHasChanged) {
    const TemporaryFolder folder;
    const SampleSource source({kX}, from(numberedArchives(folder, 50)));
    writeNpz(folder / "0.npz", {{"x", Tensor(DType::Float64, {1, 2, 3})}});
    EXPECT_ERROR(source.load(0), ErrorCode::BadInput, "0.npz' has changed meanwhile");
    fs::remove(folder / "1.npz");
    std::vector<SkippedSample> skipped;
    EXPECT_ERROR(source.tryLoad(1, skipped), ErrorCode::Io, "1.npz");
}

// A mask of one row for all samples is read, and converted, once.
TEST(Samples, ShareTheSampleThatStandsForAll) {
    const TemporaryFolder folder;
    const InputSpec mask{"mask", DType::Float32, {-1, 3}};
    writeNpz(folder / "a.npz",
             {{"x", counting({4, 2, 3})},
              {"mask", Tensor::of<uint8_t>({1, 3}, std::vector<uint8_t>{1, 0, 1})}});
    const SampleSource source({kX, mask}, from({folder / "a.npz"}));
    const Tensor first = source.load(0).inputs.at("mask");
    EXPECT_EQ(toDoubles(first), (std::vector<double>{1, 0, 1}));
    EXPECT_EQ(source.load(3).inputs.at("mask").bytes(), first.bytes());
}

TEST(Samples, ConvertTheRowsOfLargeArrays) {
    const TemporaryFolder folder;
    const InputSpec input{"x", DType::Float32, {-1, 512}};
    Tensor doubles(DType::Float64, {600, 512});
    Tensor bytes(DType::UInt8, {2400, 512});
    for (size_t i = 0; i < doubles.values<double>().size(); ++i)
        doubles.mutableValues<double>()[i] = 0.1 * static_cast<double>(i);
    for (size_t i = 0; i < bytes.values<uint8_t>().size(); ++i)
        bytes.mutableValues<uint8_t>()[i] = static_cast<uint8_t>(i / 512);
    for (const auto compression :
         {ZipWriter::Compression::Stored, ZipWriter::Compression::Deflated}) {
        writeNpz(folder / "d.npz", {{"x", doubles}}, compression);
        writeNpz(folder / "u.npz", {{"x", bytes}}, compression);
        const SampleSource source({input}, from({folder / "d.npz", folder / "u.npz"}));
        ASSERT_EQ(source.sampleCount(), 3000);
        for (const int64_t i : {0, 1, 599, 300})
            EXPECT_EQ(source.load(i).inputs.at("x").values<float>()[7],
                      static_cast<float>(0.1 * static_cast<double>(i * 512 + 7)));
        for (const int64_t i : {0, 255, 2399, 256})
            EXPECT_EQ(source.load(600 + i).inputs.at("x").values<float>()[511],
                      static_cast<float>(i % 256));
    }
}

TEST(Samples, NeedsSamples) {
    const TemporaryFolder folder;
    EXPECT_ERROR(SampleSource({kX}, from({})), ErrorCode::Usage, "--data");
    EXPECT_ERROR(SampleSource({kX}, from({folder.path()})), ErrorCode::BadInput,
                 "holds no .png, .jpg, .jpeg or .npy");
    EXPECT_ERROR(SampleSource({kX}, from({folder / "absent"})), ErrorCode::Io, "absent");
    std::ofstream(folder / "notes.txt") << "hello";
    EXPECT_ERROR(SampleSource({kX}, from({folder / "notes.txt"})), ErrorCode::BadInput,
                 "holds no samples");
    writeNpy(folder / "x.npy", counting({0, 2, 3}));
    EXPECT_ERROR(SampleSource({kX}, from({folder / "x.npy"})), ErrorCode::BadInput,
                 "no samples for input 'x'");
}

TEST(Samples, ConvertsTypesThatKeepTheirMeaning) {
    const TemporaryFolder folder;
    const std::vector<double> values{0.1, -2, NAN, INFINITY, 4, 5};
    writeNpy(folder / "x.npy", Tensor::of<double>({1, 2, 3}, values));
    const Tensor x = SampleSource({kX}, from({folder / "x.npy"})).load(0).inputs.at("x");
    EXPECT_EQ(x.values<float>()[0], 0.1f);
    EXPECT_TRUE(std::isnan(x.values<float>()[2]));
    EXPECT_TRUE(std::isinf(x.values<float>()[3]));

    writeNpy(folder / "u.npy", Tensor::of<uint8_t>({1, 2}, std::vector<uint8_t>{3, 255}));
    const InputSpec floats{"u", DType::Float32, {1, 2}};
    const InputSpec halves{"u", DType::Float16, {1, 2}};
    const InputSpec longs{"u", DType::Int64, {1, 2}};
    for (const InputSpec& input : {floats, halves, longs})
        EXPECT_EQ(toDoubles(SampleSource({input}, from({folder / "u.npy"})).load(0).inputs.at("u")),
                  (std::vector<double>{3, 255}));
    const InputSpec bytes{"u", DType::Int8, {1, 2}};
    EXPECT_ERROR(SampleSource({bytes}, from({folder / "u.npy"})).load(0), ErrorCode::BadInput,
                 "u.npy' for input 'u': the value 255 does not fit");
    writeNpy(folder / "f.npy", counting({1, 2}));
    EXPECT_ERROR(SampleSource({longs}, from({folder / "f.npy"})), ErrorCode::BadInput,
                 "float32 1x2, which does not fit input 'u' of int64 1x2");
}

TEST(Samples, LoadsFromSeveralThreads) {
    const SampleSource source({kImage}, from({kPreprocess / "images"}));
    std::vector<Tensor> loaded(7);
    std::vector<std::thread> threads;
    for (int64_t i = 0; i < 7; ++i)
        threads.emplace_back(
            [&, i] { loaded[static_cast<size_t>(i)] = source.load(i).inputs.at("image"); });
    for (std::thread& thread : threads)
        thread.join();
    for (int64_t i = 0; i < 7; ++i)
        EXPECT_EQ(
            largestDifference(loaded[static_cast<size_t>(i)], source.load(i).inputs.at("image")),
            0);
}

}  // namespace
}  // namespace clipscope::data
