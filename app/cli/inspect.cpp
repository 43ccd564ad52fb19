// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/formats/format_table.h"
#include "analysis/formats/tensor_row_json.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/formats/text.h"
#include "analysis/graph/coverage.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/session/file_kind.h"
#include "analysis/session/rows.h"
#include "analysis/session/session_file.h"
#include "analysis/session/tensor_figures.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/inspect_tensor.h"
#include "app/cli/listing.h"

namespace clipscope::cli {
namespace {

using nlohmann::ordered_json;

struct InspectOptions {
    std::string input;
    TensorView view;
    bool coverage = false;
};

std::string shapeText(const std::optional<graph::DeclaredShape>& shape) {
    if (!shape)
        return "";
    std::string text;
    for (const int64_t extent : *shape)
        text += (text.empty() ? "" : "x") + (extent < 0 ? "?" : std::to_string(extent));
    return text.empty() ? "scalar" : text;
}

ordered_json coverageJson(const graph::ValueCoverage& row, const graph::Graph& graph) {
    ordered_json json = {{"name", row.name}, {"op", row.op}};
    if (row.value.isValid()) {
        json["dtype"] = name(graph[row.value].type);
        json["shape"] =
            graph[row.value].shape ? ordered_json(*graph[row.value].shape) : ordered_json();
    }
    json["in_cache"] = row.kind == graph::CoverageClass::Activation;
    json["coverage"] = graph::name(row.kind);
    json["reason"] = row.reason;
    return json;
}

void inspectModel(const InspectOptions& options, const Context& context) {
    const graph::Graph graph = graph::readOnnx(options.input);
    const std::vector<graph::ValueCoverage> rows = graph::coverage(graph);
    if (context.json) {
        ordered_json json = jsonHeader("inspect");
        json["model"] = options.input;
        json["summary"] = graph::summarize(rows);
        for (const graph::ValueCoverage& row : rows)
            json["tensors"].push_back(coverageJson(row, graph));
        return printJson(json);
    }
    print(fmt::format("{}: {} nodes, opset {}, IR {}{}{}", options.input, graph.nodes.size(),
                      graph.opsets.contains("") ? graph.opsets.at("") : 0, graph.irVersion,
                      graph.producer.empty() ? "" : ", from ", graph.producer));
    TextTable table({{"Tensor"}, {"Op"}, {"Type"}, {"Shape"}, {"Scale"}, {"Why"}});
    for (const graph::ValueCoverage& row : rows) {
        const bool isScaled = row.kind == graph::CoverageClass::Activation;
        const bool hasValue = row.value.isValid();
        table.add({row.name, row.op,
                   hasValue ? std::string(name(graph[row.value].type)) : std::string(),
                   hasValue ? shapeText(graph[row.value].shape) : std::string(),
                   isScaled ? "yes" : std::string(graph::name(row.kind)), row.reason});
    }
    table.print();
    print(graph::summarize(rows));
}

void inspectRanges(const InspectOptions& options, const Context& context) {
    const std::string bytes = readFile(options.input);
    formats::detectFormat(bytes, options.input);
    const auto cache = formats::TensorRtCache::parse(bytes, options.input);
    if (context.json) {
        ordered_json json = jsonHeader("inspect");
        json["format"] = "tensorrt";
        json["header"] = cache.header();
        json["tensors"] = ordered_json::array();
        for (const formats::TensorRow& row :
             formats::readFormat(formats::findFormat("tensorrt"), bytes, options.input).rows)
            json["tensors"].push_back(formats::toJson(row));
        return printJson(json);
    }
    print(fmt::format("{}: {}", options.input, cache.header()));
    TextTable table({{"Tensor"}, {"T", true}, {"scale", true}, {"value"}});
    for (const formats::CacheEntry& entry : cache.entries())
        table.add({formats::shown(entry.name), significant(static_cast<double>(entry.threshold)),
                   significant(static_cast<double>(entry.scale), 6), entry.value});
    table.print();
    for (const formats::Finding& finding : cache.findings())
        warn(fmt::format("{}{}: {}", toString(finding.severity),
                         finding.line > 0 ? fmt::format(" line {}", finding.line) : "",
                         finding.message));
    print(fmt::format("{} tensors", cache.entries().size()));
}

void printCoverage(const session::Session& session) {
    TextTable table({{"Tensor"}, {"Op"}, {"Scale"}, {"Why"}});
    for (const session::TensorEntry& tensor : session.tensors)
        table.add({tensor.name, tensor.op,
                   tensor.current.keepFloat ? "float"
                   : tensor.isActivation()  ? "yes"
                                            : std::string(graph::name(tensor.coverage)),
                   tensor.coverageReason});
    table.print();
    print(session::scaleSummary(session));
    print("A scale in a cache does not prove that the layer ran in INT8: TensorRT picks by speed.");
}

void inspectSession(const InspectOptions& options, const Context& context) {
    const session::Session session = session::loadSession(options.input);
    if (!options.view.tensor.empty())
        return inspectTensor(session, options.view, context);
    if (options.view.histogramBins > 0 || options.view.convergence)
        throw Error(ErrorCode::Usage,
                    "--histogram and --convergence show one tensor: add --tensor");
    if (options.coverage && !context.json)
        return printCoverage(session);
    const std::vector<formats::TensorRow> rows =
        session::makeRows(session, session::RowDetail::Errors, context.cancel);
    if (context.json)
        return printJson(listingJson("inspect", session, rows));
    printListing(session, rows);
    for (const std::string& note : session.notes)
        print("note: " + note);
}

void runInspect(const InspectOptions& options, const Context& context) {
    const session::FileKind kind = session::fileKind(options.input);
    if (kind == session::FileKind::Session)
        return inspectSession(options, context);
    if (!options.view.tensor.empty())
        throw Error(ErrorCode::Usage,
                    "--tensor needs a session: calibrate the model with --session first");
    if (kind == session::FileKind::Model)
        return inspectModel(options, context);
    if (kind != session::FileKind::Ranges)
        throw Error(
            ErrorCode::BadInput,
            fmt::format("'{}' holds {}; inspect lists a session, a model or a cache", options.input,
                        kind == session::FileKind::Recipe ? "a recipe" : "samples"));
    inspectRanges(options, context);
}

}  // namespace

void addInspect(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(
        app, context, "inspect",
        "Lists the tensors of a session, a model or a TensorRT cache, or shows one tensor.",
        "clipscope inspect lenet.clipscope --tensor conv1 --histogram 64");
    auto options = std::make_shared<InspectOptions>();
    command.add_option("input", options->input, "Session, ONNX model or TensorRT cache")
        ->required();
    command.add_option("--tensor", options->view.tensor, "Show this tensor");
    command
        .add_option("--histogram", options->view.histogramBins,
                    "Its histogram in N bins of |x| over [0, amax]")
        ->check(CLI::Range(1, 1 << 20));
    command.add_flag("--signed", options->view.isSigned, "--histogram over [min, max] instead");
    command.add_flag("--convergence", options->view.convergence,
                     "How its amax grew from sample to sample");
    command.add_flag("--coverage", options->coverage,
                     "Which tensors get a scale, which not, and why");
    command.callback([options, &context] { runInspect(*options, context); });
}

}  // namespace clipscope::cli
