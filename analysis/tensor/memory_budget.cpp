// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/memory_budget.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope {
namespace {

thread_local std::shared_ptr<MemoryBudget> t_current;

}  // namespace

MemoryBudget::MemoryBudget(size_t limit, std::string reason)
    : m_limit(limit), m_reason(std::move(reason)) {}

void MemoryBudget::requireRoom(size_t bytes) const {
    const size_t taken = used();
    if (taken <= m_limit && bytes <= m_limit - taken)
        return;
    throw Error(ErrorCode::OutOfMemory,
                fmt::format("{} more beside {} in use are over the limit of {}: {}",
                            byteText(bytes), byteText(taken), byteText(m_limit), m_reason));
}

void MemoryBudget::take(size_t bytes) {
    requireRoom(bytes);
    m_used.fetch_add(bytes, std::memory_order_relaxed);
}

void MemoryBudget::giveBack(size_t bytes) noexcept {
    m_used.fetch_sub(bytes, std::memory_order_relaxed);
}

std::shared_ptr<MemoryBudget> MemoryBudget::current() {
    return t_current;
}

MemoryBudget::Scope::Scope(std::shared_ptr<MemoryBudget> budget)
    : m_outer(std::exchange(t_current, std::move(budget))) {}

MemoryBudget::Scope::~Scope() {
    t_current = std::move(m_outer);
}

void requireRoom(int64_t count, size_t bytesEach) {
    if (!t_current)
        return;
    size_t bytes = 0;
    if (__builtin_mul_overflow(static_cast<size_t>(std::max<int64_t>(0, count)), bytesEach, &bytes))
        bytes = SIZE_MAX;
    t_current->requireRoom(bytes);
}

std::string byteText(size_t bytes) {
    constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024)
        return fmt::format("{} bytes", bytes);
    double value = static_cast<double>(bytes) / 1024;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit)
        value /= 1024;
    return fmt::format("{:.{}f} {}", value, value < 10 ? 1 : 0, kUnits[unit]);
}

}  // namespace clipscope
