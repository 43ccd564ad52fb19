// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "analysis/base/error.h"

namespace clipscope::cli {
namespace {

/// "0:05", "1:02:03".
std::string duration(double seconds) {
    const auto total = static_cast<int64_t>(seconds + 0.5);
    const int64_t hours = total / 3600;
    return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, total / 60 % 60, total % 60)
                     : fmt::format("{}:{:02}", total / 60, total % 60);
}

/// Characters on the screen, for UTF-8.
size_t displayWidth(const std::string& text) {
    return static_cast<size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, size_t width, bool right) {
    const std::string space(width - std::min(width, displayWidth(text)), ' ');
    return right ? space + text : text + space;
}

}  // namespace

ProgressPrinter::ProgressPrinter()
    : m_isTerminal(::isatty(STDERR_FILENO) == 1), m_start(Clock::now()), m_last(m_start) {}

ProgressPrinter::~ProgressPrinter() {
    finish();
}

void ProgressPrinter::finish() {
    if (m_lineOpen)
        std::fputc('\n', stderr);
    m_lineOpen = false;
}

void ProgressPrinter::show(const Progress& progress) {
    const Clock::time_point now = Clock::now();
    if (progress.stage != m_stage) {
        finish();
        m_stage = progress.stage;
        m_start = now;
        m_last = {};
        m_lastTenth = 0;
    }
    const bool isEnd = progress.done == progress.total;
    const int64_t tenth = progress.total > 0 ? 10 * progress.done / progress.total : 0;
    if (m_isTerminal ? now - m_last < std::chrono::milliseconds(100) && !isEnd
                     : tenth == m_lastTenth)
        return;
    m_last = now;
    m_lastTenth = tenth;
    const double seconds = std::chrono::duration<double>(now - m_start).count();
    const double rate = seconds > 0 ? static_cast<double>(progress.done) / seconds : 0;
    std::string line = fmt::format("{}: {} of {} {}", progress.stage, progress.done, progress.total,
                                   progress.unit);
    if (rate > 0)
        line += fmt::format(", {:.{}f} {}/s, {} left", rate,
                            rate < 10    ? 2
                            : rate < 100 ? 1
                                         : 0,
                            progress.unit,
                            duration(static_cast<double>(progress.total - progress.done) / rate));
    if (m_isTerminal) {
        fmt::print(stderr, "\r\x1b[K{}", line);
        std::fflush(stderr);
        m_lineOpen = true;
        if (isEnd)
            finish();
    } else {
        fmt::print(stderr, "{}\n", line);
    }
}

void TextTable::print() const {
    std::vector<size_t> widths;
    for (size_t c = 0; c < m_columns.size(); ++c) {
        widths.push_back(displayWidth(m_columns[c].header));
        for (const auto& row : m_rows)
            widths[c] = std::max(widths[c], displayWidth(row[c]));
    }
    auto printRow = [&](auto&& cell) {
        std::string line;
        for (size_t c = 0; c < m_columns.size(); ++c)
            line += (c > 0 ? "  " : "") + padded(cell(c), widths[c], m_columns[c].isNumber);
        line.erase(line.find_last_not_of(' ') + 1);
        cli::print(line);
    };
    printRow([&](size_t c) { return m_columns[c].header; });
    for (const auto& row : m_rows)
        printRow([&](size_t c) { return row[c]; });
}

std::string significant(double value, int digits) {
    if (value == 0 || !std::isfinite(value))
        return fmt::format("{:g}", value);
    const std::string scientific = fmt::format("{:.{}e}", value, digits - 1);
    const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
    return exponent < -4 || exponent >= digits
               ? scientific
               : fmt::format("{:.{}f}", value, digits - 1 - exponent);
}

std::string percent(double value) {
    if (value == 0)
        return "0";
    if (value < 0.001)
        return "<0.001";
    return fmt::format("{:.{}f}", value, value < 0.1 ? 3 : value < 10 ? 2 : 1);
}

std::string decibels(double value) {
    if (std::isnan(value))
        return "-";
    return std::isinf(value) ? (value > 0 ? "inf" : "-inf") : fmt::format("{:.1f}", value);
}

std::string thousands(uint64_t value) {
    std::string digits = std::to_string(value);
    for (size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ",");
    return digits;
}

void print(const std::string& line) {
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() ||
        std::fputc('\n', stdout) == EOF)
        flushOutput();
}

void flushOutput() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot write to the standard output: {}", std::strerror(errno)));
}

void warn(const std::string& message) {
    fmt::print(stderr, "clipscope: {}\n", message);
}

void printJson(const nlohmann::ordered_json& json) {
    print(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace clipscope::cli
