// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/data/recipe.h"

namespace clipscope::data {
namespace {

struct Preset {
    std::string_view name;
    std::string_view json;
};

constexpr Preset kPresets[] = {
    {"imagenet-torch", R"({"version": 1, "color": "rgb", "resize": {"shorter": "input"},
        "crop": "input", "scale": 0.00392156862745098,
        "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]})"},
    {"imagenet-caffe", R"({"version": 1, "color": "bgr", "resize": {"to": "input"},
        "mean": [104, 117, 123]})"},
    {"imagenet-tf", R"({"version": 1, "color": "rgb", "resize": {"to": "input"},
        "mean": [127.5], "std": [127.5]})"},
    {"yolo", R"({"version": 1, "color": "rgb",
        "resize": {"letterbox": "input", "like": "opencv"}, "scale": 0.00392156862745098})"},
    {"unit", R"({"version": 1, "resize": {"to": "input"}, "scale": 0.00392156862745098})"},
    {"raw", R"({"version": 1})"},
};

}  // namespace

const std::vector<std::string>& presetNames() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const Preset& preset : kPresets)
            list.emplace_back(preset.name);
        return list;
    }();
    return names;
}

Recipe findRecipe(const std::string& presetOrPath) {
    for (const Preset& preset : kPresets) {
        if (preset.name == presetOrPath)
            return parseRecipe(preset.json, presetOrPath);
    }
    if (presetOrPath.starts_with('{'))
        return parseRecipe(presetOrPath, "the recipe");
    std::error_code ignored;
    if (!std::filesystem::exists(presetOrPath, ignored))
        throw Error(ErrorCode::Usage,
                    fmt::format("there is no preset and no recipe file '{}'; presets are {}",
                                presetOrPath, fmt::join(presetNames(), ", ")));
    return parseRecipe(readFile(presetOrPath), presetOrPath);
}

Recipe defaultRecipe(const InputSpec& input) {
    Recipe recipe = findRecipe("unit");
    if (!isFloat(input.type))
        recipe.scale = 1;
    return recipe;
}

std::optional<std::filesystem::path> recipeBeside(const std::filesystem::path& model) {
    std::filesystem::path path = model;
    path.replace_extension(".preprocess.json");
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored))
        return path;
    return std::nullopt;
}

}  // namespace clipscope::data
