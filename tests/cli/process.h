// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace clipscope {

/// What a finished process left behind.
struct ProcessResult {
    int status = -1;  ///< exit status; 128 + signal where one ended it
    std::string out;
    std::string err;
};

/// The clipscope executable as a process of its own.
class Process {
public:
    /// Starts it; `inChild` runs between fork and exec (to set limits). `binary`: another one.
    explicit Process(const std::vector<std::string>& arguments,
                     const std::function<void()>& inChild = {},
                     const std::string& binary = CLIPSCOPE_BINARY);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void interrupt() const;  ///< Ctrl+C
    /// Waits until its stderr holds `text`; false when it ended without.
    bool waitForError(const std::string& text);
    ProcessResult wait();

private:
    std::string read(const std::filesystem::path& path) const;

    pid_t m_pid = -1;
    std::filesystem::path m_folder;
};

/// Runs it to its end.
ProcessResult clipscope(const std::vector<std::string>& arguments);

}  // namespace clipscope
