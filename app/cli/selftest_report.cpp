// SPDX-License-Identifier: Apache-2.0
#include "app/cli/selftest_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/console.h"

namespace clipscope::cli {
namespace {

using session::TensorComparison;

std::string plural(size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// JSON has no infinity: null, as everywhere.
nlohmann::ordered_json number(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr;
}

std::string error(double value, double allowed) {
    if (!std::isfinite(value))
        return "elements differ that must be equal";
    return allowed == 0 ? value == 0 ? "equal to the bit" : fmt::format("differs by {:.2g}", value)
                        : fmt::format("differs by {:.2g}, {:.2g} allowed", value, allowed);
}

std::string gigabytes(double bytesPerSecond) {
    return fmt::format("{} GB/s", significant(bytesPerSecond / 1e9, 3));
}

std::string detail(const gpu::BandwidthFigure& figure) {
    if (!figure.failure.empty())
        return figure.failure;
    std::string text = gigabytes(figure.bytesPerSecond);
    if (figure.share > 0)
        text += fmt::format(", {:.0f} % of the copy", 100 * figure.share);
    if (figure.wanted > 0)
        text += fmt::format(", {:.0f} % {}", 100 * figure.wanted,
                            figure.isLow() ? "expected" : "or more expected");
    return text;
}

std::string scientific(double value) {
    return value == 0 ? "0" : fmt::format("{:.1e}", value);
}

/// The row where `value` is largest.
template <typename Value>
const TensorComparison& worst(std::span<const TensorComparison> rows, Value value) {
    return *std::ranges::max_element(rows, {}, value);
}

std::string outcome(const TensorComparison& row) {
    return row.passed() ? "passed" : row.sameCount ? "DIFFERS" : "DIFFERS in number of values";
}

}  // namespace

SelftestReport::SelftestReport(bool isJson) : m_isJson(isJson), m_json(jsonHeader("selftest")) {
    m_json["devices"] = nlohmann::ordered_json::array();
}

void SelftestReport::skip(const std::string& reason) {
    m_json["skipped"] = reason;
    if (!m_isJson)
        print("skipped: " + reason);
}

void SelftestReport::device(const std::string& name) {
    m_json["devices"].push_back({{"name", name}});
    if (!m_isJson)
        print(name);
}

void SelftestReport::checks(std::span<const runtime::DeviceCheck> checks) {
    TextTable table({{"Check"}, {"Outcome"}, {"Held against the CPU"}});
    for (const runtime::DeviceCheck& check : checks) {
        const char* outcome = !check.passed() ? "DIFFERS" : check.leftToHost ? "skipped" : "passed";
        ++(!check.passed() ? m_differ : check.leftToHost ? m_skipped : m_passed);
        const std::string text = !check.failure.empty() ? check.failure
                                 : check.leftToHost     ? "the GPU has no kernel for it"
                                                        : error(check.error, check.tolerance);
        table.add({check.name, outcome, text});
        deviceJson()["checks"].push_back({{"name", check.name},
                                          {"outcome", check.passed() ? outcome : "differs"},
                                          {"error", number(check.error)},
                                          {"tolerance", check.tolerance},
                                          {"detail", text}});
    }
    if (!m_isJson)
        table.print();
}

void SelftestReport::bandwidth(std::span<const gpu::BandwidthFigure> figures) {
    TextTable table({{"Bandwidth"}, {"Outcome"}, {"Measured"}});
    for (const gpu::BandwidthFigure& figure : figures) {
        const bool isRight = figure.failure.empty();
        const char* outcome = !isRight             ? "DIFFERS"
                              : figure.isLow()     ? "low"
                              : figure.wanted == 0 ? "measured"
                                                   : "passed";
        ++(!isRight ? m_differ : m_passed);
        m_low += isRight && figure.isLow();
        table.add({figure.name, outcome, detail(figure)});
        deviceJson()["bandwidth"].push_back({{"name", figure.name},
                                             {"outcome", isRight ? outcome : "differs"},
                                             {"bytes_per_second", number(figure.bytesPerSecond)},
                                             {"share_of_copy", number(figure.share)},
                                             {"expected_share", figure.wanted},
                                             {"detail", detail(figure)}});
    }
    if (!m_isJson)
        table.print();
}

void SelftestReport::leftOut(const std::string& part, const std::string& reason) {
    ++m_skipped;
    deviceJson()["left_out"].push_back({{"part", part}, {"reason", reason}});
    if (!m_isJson)
        print(fmt::format("{} skipped: {}", part, reason));
}

void SelftestReport::calibration(const std::string& model, size_t samples,
                                 std::span<const TensorComparison> rows) {
    TextTable table({{"Tensor"},
                     {"amax", true},
                     {"CPU's", true},
                     {"Relative", true},
                     {"T", true},
                     {"CPU's", true},
                     {"Divergence above least %", true},
                     {"Outcome"}});
    nlohmann::ordered_json tensors = nlohmann::ordered_json::array();
    for (const TensorComparison& row : rows) {
        ++(row.passed() ? m_passed : m_differ);
        table.add({row.name, significant(static_cast<double>(row.amax)),
                   significant(static_cast<double>(row.referenceAmax)), scientific(row.amaxError),
                   significant(row.threshold), significant(row.referenceThreshold),
                   percent(100 * row.excessDivergence), outcome(row)});
        tensors.push_back({{"name", row.name},
                           {"amax", row.amax},
                           {"cpu_amax", row.referenceAmax},
                           {"amax_error", number(row.amaxError)},
                           {"threshold", row.threshold},
                           {"cpu_threshold", row.referenceThreshold},
                           {"excess_divergence", number(row.excessDivergence)},
                           {"same_count", row.sameCount},
                           {"passed", row.passed()}});
    }
    deviceJson()["calibration"] = {
        {"model", model}, {"samples", samples}, {"tensors", std::move(tensors)}};
    if (m_isJson)
        return;
    table.print();
    if (rows.empty())
        return print(fmt::format("{} has no tensor to compare", model));
    const TensorComparison& amax = worst(rows, &TensorComparison::amaxError);
    const TensorComparison& kl = worst(rows, &TensorComparison::excessDivergence);
    print(fmt::format(
        "{} of {}, {}: amax differs by {} at most ({}; {} allowed), the divergence at the "
        "GPU's T is {} % above the CPU's least at most ({}; {:.0f} % allowed)",
        plural(rows.size(), "tensor"), model, plural(samples, "sample"), scientific(amax.amaxError),
        amax.name, scientific(TensorComparison::kAmaxTolerance), percent(100 * kl.excessDivergence),
        kl.name, 100 * TensorComparison::kDivergenceTolerance));
}

bool SelftestReport::finish() {
    const bool passed = m_differ == 0;
    m_json["passed"] =
        m_json.contains("skipped") ? nlohmann::ordered_json() : nlohmann::ordered_json(passed);
    if (m_isJson)
        printJson(m_json);
    else if (!m_json.contains("skipped"))
        print(fmt::format("{}: {} passed, {} differ, {} skipped{}", passed ? "passed" : "FAILED",
                          m_passed, m_differ, m_skipped,
                          m_low == 0 ? "" : fmt::format(", {} slower than expected", m_low)));
    return passed;
}

}  // namespace clipscope::cli
