// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/process.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace clipscope {
namespace {

void redirect(const std::filesystem::path& path, int to) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(fd, to);
    ::close(fd);
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::function<void()>& inChild,
                 const std::string& binary) {
    std::string name = (std::filesystem::temp_directory_path() / "clipscope-run-XXXXXX").string();
    m_folder = ::mkdtemp(name.data());
    std::vector<std::string> words{binary};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    m_pid = ::fork();
    if (m_pid == 0) {
        redirect(m_folder / "out", STDOUT_FILENO);
        redirect(m_folder / "err", STDERR_FILENO);
        if (inChild)
            inChild();
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
}

Process::~Process() {
    if (m_pid > 0) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

void Process::interrupt() const {
    ::kill(m_pid, SIGINT);
}

bool Process::waitForError(const std::string& text) {
    for (;;) {
        if (read(m_folder / "err").find(text) != std::string::npos)
            return true;
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT);
        if (info.si_pid != 0)
            return read(m_folder / "err").find(text) != std::string::npos;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

ProcessResult Process::wait() {
    int status = 0;
    ::waitpid(m_pid, &status, 0);
    m_pid = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            read(m_folder / "out"), read(m_folder / "err")};
}

std::string Process::read(const std::filesystem::path& path) const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

ProcessResult clipscope(const std::vector<std::string>& arguments) {
    return Process(arguments).wait();
}

}  // namespace clipscope
