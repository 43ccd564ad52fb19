// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/session_json.h"

#include <bit>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/session/session_file.h"

namespace clipscope::session {
namespace {

using nlohmann::ordered_json;

/// A float32 as the digits of its bits: exact, and legible beside a cache.
std::string hexOf(float value) {
    return fmt::format("{:08x}", std::bit_cast<uint32_t>(value));
}

float floatOf(const std::string& hex) {
    uint32_t bits = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
    if (error != std::errc() || end != hex.data() + hex.size() || hex.size() != 8)
        throw Error(ErrorCode::BadInput,
                    fmt::format("tensors.json is damaged: '{}' is not 8 hex digits", hex));
    return std::bit_cast<float>(bits);
}

ordered_json toJson(const Setting& setting) {
    ordered_json json = {{"method", setting.method},
                         {"affine", setting.isAffine},
                         {"scale", hexOf(setting.scale)},
                         {"lo", setting.lo},
                         {"hi", setting.hi}};
    if (setting.isAffine)
        json["zero_point"] = setting.zeroPoint;
    if (setting.keepFloat)
        json["float"] = true;
    if (!setting.reason.empty())
        json["reason"] = setting.reason;
    if (setting.unstable)
        json["unstable"] = true;
    return json;
}

Setting settingFrom(const ordered_json& json) {
    Setting setting;
    setting.method = json.at("method").get<std::string>();
    setting.isAffine = json.at("affine").get<bool>();
    setting.scale = floatOf(json.at("scale").get<std::string>());
    setting.lo = json.at("lo").get<double>();
    setting.hi = json.at("hi").get<double>();
    setting.zeroPoint = json.value("zero_point", 0);
    setting.keepFloat = json.value("float", false);
    setting.reason = json.value("reason", std::string());
    setting.unstable = json.value("unstable", false);
    return setting;
}

ordered_json toJson(const histogram::Histogram& histogram) {
    return {{"finite", histogram.finiteCount()},
            {"zeros", histogram.zeros()},
            {"nan", histogram.nan()},
            {"positive_infinities", histogram.positiveInfinities()},
            {"negative_infinities", histogram.negativeInfinities()},
            {"min", hexOf(histogram.min())},
            {"max", hexOf(histogram.max())},
            {"e_top", histogram.topOctave()}};
}

histogram::Histogram::State stateFrom(const ordered_json& json) {
    histogram::Histogram::State state;
    state.zeros = json.at("zeros").get<uint64_t>();
    state.nan = json.at("nan").get<uint64_t>();
    state.positiveInfinities = json.at("positive_infinities").get<uint64_t>();
    state.negativeInfinities = json.at("negative_infinities").get<uint64_t>();
    state.min = floatOf(json.at("min").get<std::string>());
    state.max = floatOf(json.at("max").get<std::string>());
    return state;
}

constexpr graph::CoverageClass kCoverageClasses[] = {
    graph::CoverageClass::Activation,       graph::CoverageClass::Constant,
    graph::CoverageClass::ShapeComputation, graph::CoverageClass::Integer,
    graph::CoverageClass::Boolean,          graph::CoverageClass::OtherType,
    graph::CoverageClass::AbsentOutput};

graph::CoverageClass coverageFrom(const std::string& text) {
    for (const graph::CoverageClass kind : kCoverageClasses)
        if (graph::name(kind) == text)
            return kind;
    throw Error(ErrorCode::BadInput,
                fmt::format("tensors.json is damaged: unknown coverage '{}'", text));
}

constexpr const char* kTensorRtUses[] = {"uses", "fused", "float"};

graph::TensorRtUse tensorRtFrom(const std::string& text) {
    for (size_t i = 0; i < std::size(kTensorRtUses); ++i)
        if (text == kTensorRtUses[i])
            return static_cast<graph::TensorRtUse>(i);
    return graph::TensorRtUse::Uses;
}

ordered_json toJson(const TensorEntry& tensor) {
    ordered_json json = {{"name", tensor.name},
                         {"op", tensor.op},
                         {"dtype", name(tensor.type)},
                         {"shape", tensor.shape.extents()},
                         {"coverage", graph::name(tensor.coverage)},
                         {"coverage_reason", tensor.coverageReason}};
    if (!tensor.isActivation())
        return json;
    json["tensorrt"] = kTensorRtUses[static_cast<size_t>(tensor.tensorRt)];
    json["group"] = tensor.group;
    json["histogram"] = toJson(tensor.statistics.histogram);
    json["original"] = toJson(tensor.original);
    if (tensor.isEdited())
        json["edited"] = toJson(tensor.current);
    return json;
}

DType typeFrom(const std::string& text) {
    for (int i = 0; i <= static_cast<int>(DType::Int2); ++i)
        if (name(static_cast<DType>(i)) == text)
            return static_cast<DType>(i);
    return DType::Undefined;
}

TensorEntry tensorFrom(const ordered_json& json, TensorScalars& scalars) {
    TensorEntry tensor;
    tensor.name = json.at("name").get<std::string>();
    tensor.op = json.at("op").get<std::string>();
    tensor.type = typeFrom(json.at("dtype").get<std::string>());
    tensor.shape = Shape(json.at("shape").get<std::vector<int64_t>>());
    tensor.coverage = coverageFrom(json.at("coverage").get<std::string>());
    tensor.coverageReason = json.at("coverage_reason").get<std::string>();
    if (!tensor.isActivation())
        return tensor;
    tensor.tensorRt = tensorRtFrom(json.at("tensorrt").get<std::string>());
    tensor.group = json.at("group").get<int>();
    scalars.histogram = stateFrom(json.at("histogram"));
    if (json.at("histogram").contains("finite"))
        scalars.finiteCount = json.at("histogram").at("finite").get<uint64_t>();
    tensor.original = settingFrom(json.at("original"));
    tensor.current = json.contains("edited") ? settingFrom(json.at("edited")) : tensor.original;
    return tensor;
}

/// Indices of tensors.json, checked.
std::vector<size_t> indicesFrom(const ordered_json& json, size_t count) {
    auto indices = json.get<std::vector<size_t>>();
    for (const size_t index : indices)
        if (index >= count)
            throw Error(ErrorCode::BadInput,
                        fmt::format("tensors.json is damaged: there is no tensor {}", index));
    return indices;
}

}  // namespace

ordered_json manifestToJson(const Session& session) {
    ordered_json skipped = ordered_json::array();
    for (const SkippedSample& sample : session.skipped)
        skipped.push_back({{"id", sample.id}, {"reason", sample.reason}});
    return {
        {"clipscope_session", kFormatVersion},
        {"tool", session.toolVersion},
        {"model",
         {{"name", session.modelName},
          {"path", session.modelPath},
          {"sha256", session.modelSha256}}},
        {"recipe", session.recipe.empty() ? ordered_json() : ordered_json::parse(session.recipe)},
        {"options",
         {{"method", session.method},
          {"parameters", session.parameters},
          {"groups", session.useGroups},
          {"batch", session.batch},
          {"device", session.device}}},
        {"header", session.header},
        {"partial", session.isPartial},
        {"notes", session.notes},
        {"samples", session.samples},
        {"skipped", skipped}};
}

void manifestFromJson(const ordered_json& json, Session& session) {
    session.toolVersion = json.value("tool", "");
    const ordered_json& model = json.at("model");
    session.modelName = model.at("name").get<std::string>();
    session.modelPath = model.at("path").get<std::string>();
    session.modelSha256 = model.at("sha256").get<std::string>();
    session.recipe = json.at("recipe").is_null() ? "" : json.at("recipe").dump();
    const ordered_json& options = json.at("options");
    session.method = options.at("method").get<std::string>();
    for (const auto& [key, value] : options.at("parameters").items())
        session.parameters[key] = value.get<std::string>();
    session.useGroups = options.at("groups").get<bool>();
    session.batch = options.at("batch").get<int64_t>();
    session.device = options.at("device").get<std::string>();
    session.header = json.at("header").get<std::string>();
    session.isPartial = json.at("partial").get<bool>();
    session.notes = json.at("notes").get<std::vector<std::string>>();
    session.samples = json.at("samples").get<std::vector<std::string>>();
    for (const ordered_json& sample : json.at("skipped"))
        session.skipped.push_back(
            {sample.at("id").get<std::string>(), sample.at("reason").get<std::string>()});
}

ordered_json tensorsToJson(const Session& session) {
    ordered_json tensors = ordered_json::array();
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        ordered_json json = {{"index", i}};
        json.update(toJson(session.tensors[i]));
        tensors.push_back(std::move(json));
    }
    ordered_json groups = ordered_json::array();
    for (const TensorGroup& group : session.groups)
        groups.push_back(
            {{"name", group.name}, {"members", group.members}, {"sources", group.sources}});
    return {{"tensors", tensors}, {"groups", groups}};
}

std::vector<TensorScalars> tensorsFromJson(const ordered_json& json, Session& session) {
    std::vector<TensorScalars> scalars;
    for (const ordered_json& tensor : json.at("tensors"))
        session.tensors.push_back(tensorFrom(tensor, scalars.emplace_back()));
    const size_t count = session.tensors.size();
    for (const ordered_json& group : json.at("groups"))
        session.groups.push_back({group.at("name").get<std::string>(),
                                  indicesFrom(group.at("members"), count),
                                  indicesFrom(group.at("sources"), count)});
    for (const TensorEntry& tensor : session.tensors)
        if (tensor.group >= static_cast<int>(session.groups.size()))
            throw Error(ErrorCode::BadInput,
                        fmt::format("tensors.json is damaged: there is no group {}", tensor.group));
    return scalars;
}

}  // namespace clipscope::session
