// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/finding_list.h"

#include <algorithm>

#include <fmt/format.h>

namespace clipscope::formats {
namespace {

constexpr size_t kMostOfACode = 100;

}  // namespace

void FindingList::add(Severity severity, std::string code, size_t line, std::string message,
                      std::string fix) {
    Kind& kind = m_kinds[code];
    kind.severity = severity;
    if (++kind.count <= kMostOfACode)
        m_list.push_back({severity, std::move(code), line, std::move(message), std::move(fix)});
}

std::vector<Finding> FindingList::takeSorted() {
    for (const auto& [code, kind] : m_kinds) {
        if (kind.count > kMostOfACode)
            m_list.push_back({kind.severity, code, 0,
                              fmt::format("{} more like these", kind.count - kMostOfACode)});
    }
    m_kinds.clear();
    std::stable_sort(m_list.begin(), m_list.end(), [](const Finding& a, const Finding& b) {
        return a.line - 1 < b.line - 1;  // 0, the whole file, wraps round to the end
    });
    return std::move(m_list);
}

}  // namespace clipscope::formats
