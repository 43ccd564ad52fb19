// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <set>
#include <string>

namespace clipscope {

/// Paths of the shared libraries that this process has loaded.
inline std::set<std::string> loadedLibraries() {
    std::set<std::string> libraries;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (const size_t path = line.find('/');
            path != std::string::npos && line.find(".so", path) != std::string::npos)
            libraries.insert(line.substr(path));
    return libraries;
}

}  // namespace clipscope
