// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/data/recipe.h"

namespace clipscope::data {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kLargestSide = 65536;

template <typename Value>
using Words = std::initializer_list<std::pair<const char*, Value>>;

constexpr Words<Recipe::Color> kColors = {
    {"rgb", Recipe::Color::Rgb}, {"bgr", Recipe::Color::Bgr}, {"gray", Recipe::Color::Gray}};
constexpr Words<Recipe::Layout> kLayouts = {{"CHW", Recipe::Layout::Chw},
                                            {"HWC", Recipe::Layout::Hwc}};
constexpr Words<Recipe::Fit> kFits = {{"to", Recipe::Fit::To},
                                      {"shorter", Recipe::Fit::Shorter},
                                      {"letterbox", Recipe::Fit::Letterbox}};
constexpr Words<Filter> kFilters = {{"bilinear", Filter::Bilinear},
                                    {"bicubic", Filter::Bicubic},
                                    {"area", Filter::Area},
                                    {"nearest", Filter::Nearest}};
constexpr Words<ResizeLike> kLikes = {
    {"pil", ResizeLike::Pil}, {"opencv", ResizeLike::OpenCv}, {"torch", ResizeLike::Torch}};

template <typename Value>
const char* wordOf(Words<Value> words, Value value) {
    for (const auto& [word, meaning] : words) {
        if (meaning == value)
            return word;
    }
    return "";
}

/// Checks and reads the values of one recipe.
class RecipeReader {
public:
    explicit RecipeReader(const std::string& what) : m_what(what) {}

    Recipe read(const Json& json) const {
        requireKeys(
            json, "the recipe",
            {"version", "color", "exif", "resize", "crop", "scale", "mean", "std", "layout"});
        if (!json.contains("version") || json["version"] != 1)
            throw error("\"version\" must be 1");
        Recipe recipe;
        if (json.contains("color"))
            recipe.color = word(json["color"], "color", kColors);
        if (json.contains("exif")) {
            if (!json["exif"].is_boolean())
                throw error("\"exif\" must be true or false");
            recipe.exif = json["exif"].get<bool>();
        }
        if (json.contains("resize"))
            readResize(json["resize"], recipe);
        if (json.contains("crop"))
            recipe.crop = size(json["crop"], "crop");
        if (json.contains("scale"))
            recipe.scale = number(json["scale"], "scale");
        if (recipe.scale == 0)
            throw error("\"scale\" must not be 0");
        if (json.contains("mean"))
            recipe.mean = numbers(json["mean"], "mean");
        if (json.contains("std"))
            recipe.std = numbers(json["std"], "std");
        for (const double deviation : recipe.std) {
            if (static_cast<float>(deviation) == 0)
                throw error("\"std\" must not hold 0");
        }
        if (json.contains("layout"))
            recipe.layout = word(json["layout"], "layout", kLayouts);
        return recipe;
    }

    Error error(const std::string& reason) const {
        return {ErrorCode::BadInput, fmt::format("'{}': {}", m_what, reason)};
    }

private:
    void requireKeys(const Json& json, const char* place,
                     std::initializer_list<const char*> keys) const {
        if (!json.is_object())
            throw error(fmt::format("{} must be a JSON object", place));
        for (const auto& [key, value] : json.items()) {
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                throw error(fmt::format("unknown key \"{}\"; {} may have {}", key, place,
                                        fmt::join(keys, ", ")));
        }
    }

    void readResize(const Json& json, Recipe& recipe) const {
        requireKeys(json, "\"resize\"", {"to", "shorter", "letterbox", "filter", "like"});
        for (const auto& [key, fit] : kFits) {
            if (!json.contains(key))
                continue;
            if (recipe.fit != Recipe::Fit::None)
                throw error("\"resize\" must have one of to, shorter and letterbox");
            recipe.fit = fit;
            if (fit == Recipe::Fit::Shorter && json[key].is_number())
                recipe.size = {side(json[key], key), 0};
            else if (fit == Recipe::Fit::Shorter && json[key] != "input")
                throw error("\"shorter\" must be a whole number of pixels or \"input\"");
            else
                recipe.size = size(json[key], key);
        }
        if (recipe.fit == Recipe::Fit::None)
            throw error("\"resize\" must have one of to, shorter and letterbox");
        if (json.contains("filter"))
            recipe.filter = word(json["filter"], "filter", kFilters);
        if (json.contains("like"))
            recipe.like = word(json["like"], "like", kLikes);
        if (!canResize(recipe.filter, recipe.like))
            throw Error(
                ErrorCode::Unsupported,
                fmt::format("'{}': filter {} like {} is not available: bilinear is like "
                            "pil, opencv or torch, nearest like pil or opencv, bicubic "
                            "like pil, area like opencv",
                            m_what, wordOf(kFilters, recipe.filter), wordOf(kLikes, recipe.like)));
    }

    template <typename Value>
    Value word(const Json& json, const char* key, Words<Value> words) const {
        std::vector<const char*> known;
        for (const auto& [text, value] : words) {
            if (json == text)
                return value;
            known.push_back(text);
        }
        throw error(fmt::format("\"{}\" must be one of {}, not {}", key, fmt::join(known, ", "),
                                json.dump()));
    }

    int64_t side(const Json& json, const char* key) const {
        const double value = json.is_number() ? json.get<double>() : 0;
        if (!(value >= 1) || value > static_cast<double>(kLargestSide) ||
            value != std::floor(value))
            throw error(fmt::format("\"{}\" must hold whole numbers of pixels from 1 to {}, not {}",
                                    key, kLargestSide, json.dump()));
        return static_cast<int64_t>(value);
    }

    Recipe::Size size(const Json& json, const char* key) const {
        if (json == "input")
            return {0, 0};
        if (!json.is_array() || json.size() != 2)
            throw error(fmt::format("\"{}\" must be [height, width] or \"input\"", key));
        return {side(json[0], key), side(json[1], key)};
    }

    double number(const Json& json, const char* key) const {
        const double value = json.is_number() ? json.get<double>() : NAN;
        if (!std::isfinite(static_cast<float>(value)))
            throw error(fmt::format("\"{}\" must be a number, not {}", key, json.dump()));
        return value;
    }

    std::vector<double> numbers(const Json& json, const char* key) const {
        if (!json.is_array() || (!json.empty() && json.size() != 1 && json.size() != 3))
            throw error(fmt::format("\"{}\" must be a list of one or three numbers", key));
        std::vector<double> values;
        for (const Json& value : json)
            values.push_back(number(value, key));
        return values;
    }

    const std::string& m_what;
};

Json sizeToJson(const Recipe::Size& size) {
    return size[0] == 0 ? Json("input") : Json(size);
}

}  // namespace

Recipe parseRecipe(std::string_view json, const std::string& what) {
    const RecipeReader reader(what);
    try {
        return reader.read(Json::parse(json));
    } catch (const Json::exception& error) {
        throw reader.error(fmt::format("not valid JSON: {}", error.what()));
    }
}

std::string toJson(const Recipe& recipe) {
    Json json = {{"version", 1}};
    if (recipe.color)
        json["color"] = wordOf(kColors, *recipe.color);
    json["exif"] = recipe.exif;
    if (recipe.fit != Recipe::Fit::None) {
        const bool shorter = recipe.fit == Recipe::Fit::Shorter && recipe.size[0] != 0;
        json["resize"] = {
            {wordOf(kFits, recipe.fit), shorter ? Json(recipe.size[0]) : sizeToJson(recipe.size)},
            {"filter", wordOf(kFilters, recipe.filter)},
            {"like", wordOf(kLikes, recipe.like)}};
    }
    if (recipe.crop)
        json["crop"] = sizeToJson(*recipe.crop);
    json["scale"] = recipe.scale;
    json["mean"] = recipe.mean;
    json["std"] = recipe.std;
    if (recipe.layout)
        json["layout"] = wordOf(kLayouts, *recipe.layout);
    return json.dump();
}

}  // namespace clipscope::data
