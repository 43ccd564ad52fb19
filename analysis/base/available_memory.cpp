// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/available_memory.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace clipscope {
namespace {

/// The number after `key` in a file of such pairs.
std::optional<size_t> numberAfter(const char* path, const std::string& key) {
    std::ifstream file(path);
    for (std::string word; file >> word;) {
        size_t value = 0;
        if (word == key && file >> value)
            return value;
    }
    return {};
}

/// What the control group may take; none where there is no limit ("max").
std::optional<size_t> groupLimit() {
    std::ifstream file("/sys/fs/cgroup/memory.max");
    size_t value = 0;
    if (file >> value)
        return value;
    return {};
}

}  // namespace

size_t availableMemory() {
    const auto machine = numberAfter("/proc/meminfo", "MemAvailable:");
    const size_t available = machine ? *machine << 10 : SIZE_MAX;
    const auto most = groupLimit();
    // Its cached files are given up when memory is short: only what it allocated counts.
    const auto used = numberAfter("/sys/fs/cgroup/memory.stat", "anon");
    if (!most || !used)
        return available;
    return std::min(available, *most > *used ? *most - *used : 0);
}

}  // namespace clipscope
