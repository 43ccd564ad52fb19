// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace clipscope {

/// An index that cannot be mixed up with one of another kind. Default: invalid.
template <typename Tag>
struct Id {
    int32_t index = -1;

    constexpr Id() = default;
    constexpr explicit Id(size_t i) : index(static_cast<int32_t>(i)) {}
    constexpr bool isValid() const { return index >= 0; }
    constexpr size_t value() const { return static_cast<size_t>(index); }
    auto operator<=>(const Id&) const = default;
};

}  // namespace clipscope

template <typename Tag>
struct std::hash<clipscope::Id<Tag>> {
    size_t operator()(clipscope::Id<Tag> id) const noexcept {
        return std::hash<int32_t>()(id.index);
    }
};
