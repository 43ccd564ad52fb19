// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "analysis/base/available_memory.h"
#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

constexpr const char* kVariable = "CLIPSCOPE_MEMORY_GIB";
constexpr size_t kForAnyModel = size_t{1} << 30;
constexpr size_t kPerByte = 1024;

std::optional<size_t> chosenLimit() {
    const char* text = std::getenv(kVariable);
    if (!text || !*text)
        return {};
    double gibibytes = 0;
    const std::string_view view(text);
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), gibibytes);
    if (error != std::errc() || end != view.data() + view.size() || !(gibibytes > 0) ||
        gibibytes > 1e6)
        throw Error(ErrorCode::Usage,
                    fmt::format("{} is '{}', not a number of GiB", kVariable, text));
    return static_cast<size_t>(gibibytes * static_cast<double>(size_t{1} << 30));
}

}  // namespace

size_t memoryLimit(size_t given) {
    if (const auto chosen = chosenLimit())
        return *chosen;
    const size_t proportional =
        given > (SIZE_MAX - kForAnyModel) / kPerByte ? SIZE_MAX : kForAnyModel + given * kPerByte;
    return std::min(proportional, availableMemory());
}

std::shared_ptr<MemoryBudget> memoryBudget(size_t given) {
    return std::make_shared<MemoryBudget>(
        memoryLimit(given),
        fmt::format("a model whose weights and inputs take {} gets 1 GiB and {} times that, at "
                    "most what the machine has left; check the shapes, or allow more with {}",
                    byteText(given), kPerByte, kVariable));
}

}  // namespace clipscope::runtime
