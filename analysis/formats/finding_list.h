// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/formats/finding.h"

namespace clipscope::formats {

/// Collects the findings of a file: the first hundred of each code; of the others only how many
/// there are, so that a file of garbage does not give a million lines.
class FindingList {
public:
    void add(Severity severity, std::string code, size_t line, std::string message,
             std::string fix = {});
    /// By line, those of the whole file last; empties the list.
    std::vector<Finding> takeSorted();

private:
    struct Kind {
        size_t count = 0;
        Severity severity = Severity::Info;
    };
    std::vector<Finding> m_list;
    std::map<std::string, Kind> m_kinds;
};

}  // namespace clipscope::formats
