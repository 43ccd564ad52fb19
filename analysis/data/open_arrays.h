// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "analysis/data/array_rows.h"

namespace clipscope::data {

/// The files of a run that are open at a time: those read last, so that thousands of them use up
/// neither descriptors nor memory. Threads share it. Internal to samples.cpp.
class OpenArrays {
public:
    /// An array of an .npz, or the one of a .npy, whose `array` is "". Throws as openNpy.
    std::shared_ptr<const ArrayRows> rows(const std::filesystem::path& path,
                                          const std::string& array);

private:
    struct File;
    std::shared_ptr<File> file(const std::filesystem::path& path);

    std::mutex m_mutex;
    std::list<std::shared_ptr<File>> m_files;  ///< read last first
};

}  // namespace clipscope::data
