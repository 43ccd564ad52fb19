// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/quantization/curves.h"
#include "analysis/session/session_file.h"
#include "analysis/session/thresholds.h"
#include "analysis/threshold/explain.h"
#include "app/cli/command.h"
#include "app/cli/console.h"

namespace clipscope::cli {
namespace {

using nlohmann::ordered_json;
using session::TensorEntry;

struct CurveOptions {
    std::string session;
    std::string tensor;
    std::string kind = "kl";
    std::string method;
    bool affine = false;
    int at = -1;
};

/// A curve of any kind: what is minimised (or, for sqnr, maximised) against the threshold.
struct Series {
    std::string method;
    std::vector<double> threshold;
    std::vector<double> value;
    int chosen = -1;
};

/// The divergence needs an entropy method: the one asked for, else the session's, else entropy.
const threshold::Method& divergenceMethod(const CurveOptions& options,
                                          const session::Session& session) {
    const std::string id = !options.method.empty()                 ? options.method
                           : session.method.starts_with("entropy") ? session.method
                                                                   : "entropy";
    if (!id.starts_with("entropy"))
        throw Error(ErrorCode::Usage,
                    fmt::format("method '{}' minimises no divergence; use --kind mse", id));
    return threshold::findMethod(id);
}

threshold::Parameters parametersFor(const threshold::Method& method,
                                    const session::Session& session) {
    return method.id == session.method ? session.parameters : threshold::Parameters();
}

Series divergenceSeries(const CurveOptions& options, const session::Session& session,
                        const TensorEntry& tensor) {
    if (options.affine)
        throw Error(ErrorCode::Usage, "--affine has error curves: add --kind mse, clip or round");
    const threshold::Method& method = divergenceMethod(options, session);
    const threshold::Result result =
        session::computeThreshold(tensor, method, parametersFor(method, session));
    if (result.curve.value.empty())
        throw Error(ErrorCode::Usage, fmt::format("tensor '{}' has no divergence curve: {}",
                                                  tensor.name, result.reason));
    return {std::string(method.id), result.curve.threshold, result.curve.value,
            result.curve.chosen};
}

double pick(const quantization::ErrorParts& parts, const std::string& kind, double meanSquare) {
    if (kind == "clip")
        return parts.clipMse;
    if (kind == "round")
        return parts.roundMse;
    return kind == "mse" ? parts.total() : 10 * std::log10(meanSquare / parts.total());
}

Series errorSeries(const CurveOptions& options, const TensorEntry& tensor) {
    if (!options.method.empty())
        throw Error(ErrorCode::Usage, "--method chooses a divergence: use it with --kind kl");
    const quantization::Density density(tensor.statistics.histogram);
    if (!(density.amax() > 0))
        throw Error(ErrorCode::Usage, fmt::format("tensor '{}' has no error curve: {}", tensor.name,
                                                  density.isEmpty() ? "it has no finite value"
                                                                    : "all its values are zero"));
    const quantization::ErrorCurve curve =
        options.affine
            ? quantization::affineErrorCurve(density, tensor.current.lo, tensor.current.hi)
            : quantization::symmetricErrorCurve(density);
    Series series{"", curve.threshold, {}, -1};
    const double meanSquare = density.total() > 0 ? density.squares() / density.total() : 0;
    for (const quantization::ErrorParts& parts : curve.error)
        series.value.push_back(pick(parts, options.kind, meanSquare));
    series.chosen = options.kind == "clip" || options.kind == "round" ? -1 : curve.least;
    return series;
}

ordered_json numbers(const std::vector<double>& values) {
    ordered_json array = ordered_json::array();
    for (const double value : values)
        array.push_back(std::isfinite(value) ? ordered_json(value) : ordered_json());
    return array;
}

/// Which values of the curve are null, and why.
void addNullReason(ordered_json& json, const std::vector<double>& values) {
    for (const double value : values)
        if (!std::isfinite(value)) {
            json["null_reason"] =
                "infinite where a bin of P is filled and Q's is empty; undefined "
                "where all bins are empty or there is no error";
            return;
        }
}

void printSeries(const CurveOptions& options, const Series& series, bool asJson) {
    if (asJson) {
        ordered_json json = jsonHeader("curve");
        json["tensor"] = options.tensor;
        json["kind"] = options.kind;
        json["method"] = series.method;
        json["threshold"] = numbers(series.threshold);
        json["value"] = numbers(series.value);
        json["chosen"] = series.chosen;
        addNullReason(json, series.value);
        return printJson(json);
    }
    const std::string unit = options.kind == "kl"     ? "kl nats"
                             : options.kind == "sqnr" ? "sqnr dB"
                                                      : options.kind + " squared units";
    print(fmt::format("# {} of '{}' against the threshold{}", options.kind, options.tensor,
                      series.chosen >= 0 ? "; * marks the chosen one" : ""));
    print("threshold\t" + unit);
    for (size_t i = 0; i < series.value.size(); ++i)
        print(fmt::format("{:.9g}\t{:.9g}{}", series.threshold[i], series.value[i],
                          static_cast<int>(i) == series.chosen ? "\t*" : ""));
}

void printDetail(const CurveOptions& options, const session::Session& session,
                 const TensorEntry& tensor, bool asJson) {
    if (options.kind != "kl")
        throw Error(ErrorCode::Usage, "--at explains a divergence: use it with --kind kl");
    const threshold::Method& method = divergenceMethod(options, session);
    const threshold::Explanation explained =
        threshold::explain(method, threshold::Distribution(tensor.statistics),
                           parametersFor(method, session), options.at);
    const threshold::DivergenceDetail& detail = explained.detail;
    if (asJson) {
        ordered_json json = jsonHeader("curve");
        json["tensor"] = options.tensor;
        json["kind"] = "kl";
        json["method"] = method.id;
        json["at"] = options.at;
        json["threshold"] = explained.threshold;
        json["divergence"] =
            std::isfinite(detail.divergence) ? ordered_json(detail.divergence) : ordered_json();
        json["outliers"] = detail.outliers;
        json["total"] = detail.total;
        json["levels"] = explained.levels;
        json["p"] = numbers(detail.p);
        json["q"] = numbers(detail.q);
        json["contribution"] = numbers(detail.contribution);
        addNullReason(json, detail.contribution);
        return printJson(json);
    }
    print(fmt::format("# {}: P is bins 0 to {} with {} outliers added to the last, Q has {} levels",
                      method.id, options.at - 1, thousands(static_cast<uint64_t>(detail.outliers)),
                      explained.levels));
    print(fmt::format("# T {}, divergence {:.9g} nats", significant(explained.threshold),
                      detail.divergence));
    print("bin\tp\tq\tcontribution nats");
    for (size_t k = 0; k < detail.p.size(); ++k)
        print(fmt::format("{}\t{:.9g}\t{:.9g}\t{:.9g}", k, detail.p[k], detail.q[k],
                          detail.contribution[k]));
}

void runCurve(const CurveOptions& options, const Context& context) {
    const session::Session session = session::loadSession(options.session);
    const TensorEntry& tensor = session.find(options.tensor);
    if (options.at >= 0)
        return printDetail(options, session, tensor, context.json);
    printSeries(options,
                options.kind == "kl" ? divergenceSeries(options, session, tensor)
                                     : errorSeries(options, tensor),
                context.json);
}

}  // namespace

void addCurve(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(
        app, context, "curve",
        "The divergence or error of one tensor against the threshold.\n"
        "  kl     divergence sum P ln(P/Q), nats, of each candidate of an entropy method\n"
        "  mse    total mean squared error; clip and round are its two parts\n"
        "  sqnr   10 log10(sum x^2 / sum e^2), dB\n"
        "--at I shows P, Q and each bin's contribution for the candidate of I bins.",
        "clipscope curve lenet.clipscope ip2 --kind kl --at 1500 --json");
    auto options = std::make_shared<CurveOptions>();
    command.add_option("session", options->session, "Session file")->required();
    command.add_option("tensor", options->tensor, "Name of the tensor")->required();
    command.add_option("--kind", options->kind, "kl, mse, clip, round or sqnr")
        ->check(CLI::IsMember({"kl", "mse", "clip", "round", "sqnr"}));
    command.add_option("--method", options->method,
                       "Entropy method of --kind kl (default: the session's, else entropy)");
    command.add_flag("--affine", options->affine,
                     "Errors of affine ranges: lo moves left of 0, hi right of 0");
    command.add_option("--at", options->at, "Explain the candidate of this many bins")
        ->check(CLI::Range(1, std::numeric_limits<int>::max()));
    command.callback([options, &context] { runCurve(*options, context); });
}

}  // namespace clipscope::cli
