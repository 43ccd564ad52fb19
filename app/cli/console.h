// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/base/progress.h"

namespace clipscope::cli {

/// Prints progress to stderr: one line that is rewritten, with rate and time left, on a terminal;
/// a plain line every tenth of the way otherwise.
class ProgressPrinter {
public:
    ProgressPrinter();
    ~ProgressPrinter();
    ProgressPrinter(const ProgressPrinter&) = delete;
    ProgressPrinter& operator=(const ProgressPrinter&) = delete;

    void show(const Progress& progress);
    /// Ends the rewritten line, so that other output starts on a fresh one.
    void finish();

private:
    using Clock = std::chrono::steady_clock;

    bool m_isTerminal;
    bool m_lineOpen = false;
    std::string m_stage;
    Clock::time_point m_start;
    Clock::time_point m_last;
    int64_t m_lastTenth = -1;
};

/// Rows of text in aligned columns on stdout; the header names units. Columns of numbers are
/// right-aligned.
class TextTable {
public:
    struct Column {
        std::string header;
        bool isNumber = false;
    };
    explicit TextTable(std::vector<Column> columns) : m_columns(std::move(columns)) {}
    void add(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    void print() const;

private:
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

/// Four significant digits: thresholds, scales, amax.
std::string significant(double value, int digits = 4);
/// Clip percent: 3 decimals below 0.1, 2 below 10, "<0.001", "0" only for none.
std::string percent(double value);
/// "27.3"; "inf" without error.
std::string decibels(double value);
std::string thousands(uint64_t value);

/// Prints a line to stdout; to stderr with "clipscope: ".
void print(const std::string& line);
void warn(const std::string& message);
/// Throws Error(Io) where what was printed cannot be written, such as to a full disk.
void flushOutput();
void printJson(const nlohmann::ordered_json& json);

}  // namespace clipscope::cli
