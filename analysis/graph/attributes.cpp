// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/attributes.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::graph {
namespace {

[[noreturn]] void missing(std::string_view name) {
    throw Error(ErrorCode::BadInput, fmt::format("attribute '{}' is missing", name));
}

}  // namespace

void Attributes::set(std::string name, Attribute value) {
    m_values.insert_or_assign(std::move(name), std::move(value));
}

bool Attributes::has(std::string_view name) const {
    return find(name) != nullptr;
}

const Attribute* Attributes::find(std::string_view name) const {
    const auto it = m_values.find(name);
    return it == m_values.end() ? nullptr : &it->second;
}

template <typename T>
const T* Attributes::get(std::string_view name, std::string_view expected) const {
    const Attribute* attribute = find(name);
    if (!attribute)
        return nullptr;
    const T* value = std::get_if<T>(attribute);
    if (!value)
        throw Error(ErrorCode::BadInput, fmt::format("attribute '{}' is not {}", name, expected));
    return value;
}

int64_t Attributes::getInt(std::string_view name) const {
    const auto* value = get<int64_t>(name, "an integer");
    if (!value)
        missing(name);
    return *value;
}

int64_t Attributes::getInt(std::string_view name, int64_t fallback) const {
    const auto* value = get<int64_t>(name, "an integer");
    return value ? *value : fallback;
}

float Attributes::getFloat(std::string_view name, float fallback) const {
    const auto* value = get<float>(name, "a float");
    return value ? *value : fallback;
}

std::string Attributes::getString(std::string_view name, std::string_view fallback) const {
    const auto* value = get<std::string>(name, "a string");
    return value ? *value : std::string(fallback);
}

std::vector<int64_t> Attributes::getInts(std::string_view name) const {
    const auto* value = get<std::vector<int64_t>>(name, "a list of integers");
    if (!value)
        missing(name);
    return *value;
}

std::vector<int64_t> Attributes::getInts(std::string_view name,
                                         std::vector<int64_t> fallback) const {
    const auto* value = get<std::vector<int64_t>>(name, "a list of integers");
    if (value)
        return *value;
    return fallback;
}

std::vector<float> Attributes::getFloats(std::string_view name, std::vector<float> fallback) const {
    const auto* value = get<std::vector<float>>(name, "a list of floats");
    if (value)
        return *value;
    return fallback;
}

const Tensor& Attributes::getTensor(std::string_view name) const {
    const auto* value = get<Tensor>(name, "a tensor");
    if (!value)
        missing(name);
    return *value;
}

}  // namespace clipscope::graph
