// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/error.h"
#include "analysis/data/input_spec.h"
#include "analysis/data/recipe.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// One calibration input: a tensor for every input of the model.
struct Sample {
    std::string id;  ///< "source#index"
    std::map<std::string, Tensor> inputs;
};

struct SkippedSample {
    std::string id;
    std::string reason;
};

/// A sample whose file cannot be read or decoded; others may well be fine.
class UnreadableSample : public Error {
public:
    using Error::Error;
};

/// Where samples come from, as the user names it.
struct SampleOptions {
    /// Folders of images or of .npy files, images, .npy, .npz; samples follow one another. An .npz
    /// feeds inputs by name, the others the one input that `inputs` does not name.
    std::vector<std::filesystem::path> data;
    /// NAME=PATH: samples of one input; an .npz must have an array of that name.
    std::vector<std::pair<std::string, std::filesystem::path>> inputs;
    std::optional<Recipe> recipe;  ///< for images; defaultRecipe() when absent
    int64_t limit = 0;             ///< at most so many samples; 0: all
};

/// The samples of a run (design.md section 8). An array of the input's rank is cut along its first
/// axis, so each sample has a batch of 1; of an array with one rank more each item is a sample as
/// it is. What has a single sample is reused for all. A folder's files (.png, .jpg, .jpeg, in any
/// case; else .npy) come in byte order of their names. Element types convert as convert.h says.
///
/// A sample's id is "source#index": the source is the name of the file given, or "folder/file", and
/// the index counts within the file, so ids do not depend on where the data lies. Where two given
/// paths end in the same name, their sources are the paths as given.
///
/// All methods may be called from several threads.
class SampleSource {
public:
    /// Looks at every file but the pixels. Throws Error: Usage where inputs and paths do not match,
    /// BadInput naming file, input and both shapes where an array does not fit, or when there is no
    /// sample at all.
    SampleSource(std::vector<InputSpec> inputs, const SampleOptions& options);
    ~SampleSource();
    SampleSource(SampleSource&&) noexcept;
    SampleSource& operator=(SampleSource&&) noexcept;

    const std::vector<InputSpec>& inputs() const;
    int64_t sampleCount() const;
    std::string id(int64_t index) const;

    /// Whether any input comes from images, so that a recipe matters.
    bool hasImages() const;

    /// Whether samples are images or rows of arrays (with a batch of 1), which a batch can join;
    /// false where each is given whole, by an array of one rank more than its input.
    bool samplesAreRows() const;

    /// Throws UnreadableSample, or Error(BadInput) when the sample does not fit the model.
    Sample load(int64_t index) const;

    /// load(), with an unreadable sample recorded in `skipped` and left out.
    std::optional<Sample> tryLoad(int64_t index, std::vector<SkippedSample>& skipped) const;

private:
    struct State;
    std::unique_ptr<const State> m_state;
};

}  // namespace clipscope::data
