// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/tensor/tensor.h"

namespace clipscope::graph {

using Attribute = std::variant<int64_t, float, std::string, Tensor, std::vector<int64_t>,
                               std::vector<float>, std::vector<std::string>>;

/// The attributes of a node by name. The getters throw Error(BadInput) when the attribute has
/// another type, and (where no fallback is taken) when it is absent.
class Attributes {
public:
    void set(std::string name, Attribute value);
    bool has(std::string_view name) const;
    const Attribute* find(std::string_view name) const;

    int64_t getInt(std::string_view name) const;
    int64_t getInt(std::string_view name, int64_t fallback) const;
    float getFloat(std::string_view name, float fallback) const;
    std::string getString(std::string_view name, std::string_view fallback) const;
    std::vector<int64_t> getInts(std::string_view name) const;
    std::vector<int64_t> getInts(std::string_view name, std::vector<int64_t> fallback) const;
    std::vector<float> getFloats(std::string_view name, std::vector<float> fallback) const;
    const Tensor& getTensor(std::string_view name) const;

    auto begin() const { return m_values.begin(); }
    auto end() const { return m_values.end(); }

private:
    template <typename T>
    const T* get(std::string_view name, std::string_view expected) const;

    std::map<std::string, Attribute, std::less<>> m_values;
};

}  // namespace clipscope::graph
