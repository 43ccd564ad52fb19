// SPDX-License-Identifier: Apache-2.0
#include "app/cli/inspect_tensor.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/formats/tensor_row_json.h"
#include "analysis/quantization/best_range.h"
#include "analysis/session/rows.h"
#include "analysis/session/verdict.h"
#include "app/cli/console.h"

namespace clipscope::cli {
namespace {

using nlohmann::ordered_json;
using quantization::BestRange;
using session::TensorEntry;

histogram::EqualBins equalBins(const TensorEntry& tensor, const TensorView& view) {
    const auto n = static_cast<size_t>(view.histogramBins);
    const histogram::TensorStatistics& statistics = tensor.statistics;
    if (view.isSigned)
        return histogram::resampleSigned(statistics.histogram, n,
                                         static_cast<double>(statistics.histogram.min()),
                                         static_cast<double>(statistics.histogram.max()));
    if (statistics.exactAbs && statistics.exactAbs->counts.size() == n)
        return *statistics.exactAbs;
    return histogram::resampleAbs(statistics.histogram, n);
}

void showHistogram(const TensorEntry& tensor, const TensorView& view, const Context& context) {
    const histogram::EqualBins bins = equalBins(tensor, view);
    if (!context.json) {
        print(fmt::format("# {} of '{}', {} zeros among them", view.isSigned ? "values x" : "|x|",
                          tensor.name, thousands(tensor.statistics.histogram.zeros())));
        print("from\tto\tcount");
        for (size_t i = 0; i < bins.counts.size(); ++i)
            print(
                fmt::format("{:.9g}\t{:.9g}\t{}", bins.edge(i), bins.edge(i + 1), bins.counts[i]));
        return;
    }
    ordered_json json = jsonHeader("inspect");
    json["tensor"] = tensor.name;
    json["signed"] = view.isSigned;
    json["edges"] = ordered_json::array();
    for (size_t i = 0; i <= bins.counts.size(); ++i)
        json["edges"].push_back(bins.edge(i));
    json["counts"] = bins.counts;
    json["zeros"] = tensor.statistics.histogram.zeros();
    printJson(json);
}

void showConvergence(const session::Session& session, const TensorEntry& tensor,
                     const Context& context) {
    ordered_json json = jsonHeader("inspect");
    json["tensor"] = tensor.name;
    auto& rows = json["convergence"] = ordered_json::array();
    float amax = 0;
    for (const auto& sample : tensor.statistics.sampleAmax) {
        const bool grew = sample.amax > amax;
        amax = std::max(amax, sample.amax);
        ordered_json row = {{"sample", session.samples.at(static_cast<size_t>(sample.sample))}};
        formats::putNumber(row, "amax", std::optional(sample.amax));
        formats::putNumber(row, "amax_so_far", std::optional(amax));
        row["grew"] = grew;
        rows.push_back(std::move(row));
    }
    if (context.json)
        return printJson(json);
    TextTable table({{"Sample"}, {"amax", true}, {"amax so far", true}, {""}});
    for (const ordered_json& row : rows)
        table.add({row["sample"], significant(row["amax"]), significant(row["amax_so_far"]),
                   row["grew"].get<bool>() ? "grew" : ""});
    table.print();
    if (rows.empty())
        print("No amax per sample: the first axis of this tensor is not the batch. Run --batch 1.");
}

ordered_json rangeJson(const BestRange& best) {
    ordered_json json = {{"lo", best.lo},
                         {"hi", best.hi},
                         {"scale", best.quantizer.scale},
                         {"zero_point", best.quantizer.zeroPoint},
                         {"clip_percent", best.error.clipPercent},
                         {"codes_used", best.error.codesUsed},
                         {"bits_lost", best.error.bitsLost}};
    const double sqnr = best.error.sqnrDb();
    json["sqnr_db"] = std::isfinite(sqnr) ? ordered_json(sqnr) : ordered_json();
    if (!std::isfinite(sqnr))
        json["sqnr_db_reason"] = "no error, or no signal";
    return json;
}

void showSummary(const session::Session& session, const TensorEntry& tensor,
                 const Context& context) {
    const formats::TensorRow row = session::makeRow(session, session.indexOf(tensor.name));
    const quantization::Density density(tensor.statistics.histogram);
    const auto ranges = quantization::compareRanges(density);
    const histogram::Histogram& histogram = tensor.statistics.histogram;
    if (context.json) {
        ordered_json json = jsonHeader("inspect");
        json["tensors"] = ordered_json::array({formats::toJson(row)});
        json["ranges"] = {{"symmetric", rangeJson(ranges.symmetric)},
                          {"affine", rangeJson(ranges.affine)},
                          {"free_affine", rangeJson(ranges.freeAffine)}};
        json["verdict"] = session::verdict(histogram, ranges);
        return printJson(json);
    }
    print(fmt::format("{}: {} output, {} {}", tensor.name, tensor.op, row.dtype,
                      tensor.shape.toString()));
    print(fmt::format("  count {}  zeros {}  NaN {}  inf {}", thousands(row.count),
                      thousands(row.zeros), thousands(row.nan), thousands(row.inf)));
    print(fmt::format("  min {}  max {}  amax {}{}",
                      significant(static_cast<double>(histogram.min())),
                      significant(static_cast<double>(histogram.max())),
                      significant(static_cast<double>(histogram.amax())),
                      row.amaxSample.empty() ? "" : " set by " + row.amaxSample));
    const auto channels = tensor.statistics.channels.size();
    if (channels > 0)
        print(fmt::format("  {} channels", channels));
    print(fmt::format("  {}: {}  scale {}  hex {}  SQNR {} dB  clipped {} %", row.method,
                      row.threshold
                          ? "T " + significant(static_cast<double>(*row.threshold))
                          : fmt::format("{}…{}", significant(*row.lo), significant(*row.hi)),
                      significant(static_cast<double>(row.scale.value_or(0)), 6), row.hex,
                      row.sqnrDb ? decibels(*row.sqnrDb) : "-",
                      row.clipPercent ? percent(*row.clipPercent) : "-"));
    if (!row.reason.empty())
        print("  " + row.reason);
    if (density.isEmpty() || !(density.amax() > 0))
        return;
    TextTable table({{"Best range"},
                     {"lo", true},
                     {"hi", true},
                     {"SQNR dB", true},
                     {"Codes used", true},
                     {"Bits lost", true},
                     {"Clip %", true}});
    auto add = [&](const char* label, const BestRange& best) {
        table.add({label, significant(best.lo), significant(best.hi), decibels(best.error.sqnrDb()),
                   std::to_string(best.error.codesUsed), fmt::format("{:.1f}", best.error.bitsLost),
                   percent(best.error.clipPercent)});
    };
    add("symmetric", ranges.symmetric);
    add("affine with 0 inside", ranges.affine);
    add("free affine (not expressible in QuantizeLinear)", ranges.freeAffine);
    table.print();
    print(session::verdict(histogram, ranges));
}

}  // namespace

void inspectTensor(const session::Session& session, const TensorView& view,
                   const Context& context) {
    const TensorEntry& tensor = session.find(view.tensor);
    if (view.histogramBins > 0)
        showHistogram(tensor, view, context);
    else if (view.convergence)
        showConvergence(session, tensor, context);
    else
        showSummary(session, tensor, context);
}

}  // namespace clipscope::cli
