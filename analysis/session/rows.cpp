// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/rows.h"

#include <fmt/format.h>

#include "analysis/base/parallel.h"
#include "analysis/formats/scale_text.h"
#include "analysis/quantization/best_range.h"
#include "analysis/quantization/error.h"

namespace clipscope::session {
namespace {

using formats::TensorRow;

void addStatistics(const Session& session, const TensorEntry& tensor, TensorRow& row) {
    const histogram::Histogram& histogram = tensor.statistics.histogram;
    row.hasStatistics = true;
    row.count = histogram.count();
    row.zeros = histogram.zeros();
    row.nan = histogram.nan();
    row.inf = histogram.infinities();
    row.min = histogram.min();
    row.max = histogram.max();
    row.amax = histogram.amax();
    if (const auto sample = tensor.statistics.amaxSample())
        if (const auto index = static_cast<size_t>(sample->sample); index < session.samples.size())
            row.amaxSample = session.samples[index];
}

void addSetting(const Setting& setting, TensorRow& row) {
    row.method = setting.method;
    row.isAffine = setting.isAffine;
    row.scale = setting.scale;
    row.hex = formats::hexOfScale(setting.scale);
    row.zeroPoint = setting.zeroPoint;
    const quantization::Quantizer quantizer = setting.quantizer();
    row.lo = quantizer.lowest();
    row.hi = quantizer.highest();
    if (!setting.isAffine)
        row.threshold = setting.threshold();
}

void addErrors(const TensorEntry& tensor, const Setting& current, TensorRow& row) {
    const quantization::Density density(tensor.statistics.histogram);
    if (density.isEmpty())
        return;
    const auto error = quantization::evaluate(density, current.quantizer());
    row.clipPercent = error.clipPercent;
    row.sqnrDb = error.sqnrDb();
    row.clipMse = error.clipMse;
    row.roundMse = error.roundMse;
    row.codesUsed = error.codesUsed;
    row.bitsLost = error.bitsLost;
    if (density.amax() > 0)
        row.affineGainDb = quantization::affineGainDb(density);
}

/// The method's reason, whether its curve is unstable, and what TensorRT would do.
std::string reasonOf(const TensorEntry& tensor, const Setting& current) {
    std::string text;
    auto add = [&](const std::string& part) {
        if (!part.empty())
            text += (text.empty() ? "" : "; ") + part;
    };
    add(current.keepFloat ? "set to stay float" : "");
    add(current.reason);
    add(current.unstable ? "unstable" : "");
    add(tensor.coverageReason);
    return text;
}

}  // namespace

TensorRow makeRow(const Session& session, size_t index, RowDetail detail) {
    return makeRow(session, index, session.tensors[index].current, detail);
}

TensorRow makeRow(const Session& session, size_t index, const Setting& current, RowDetail detail) {
    const TensorEntry& tensor = session.tensors[index];
    TensorRow row;
    row.name = tensor.name;
    row.op = tensor.op;
    row.dtype = tensor.type == DType::Undefined ? "" : std::string(name(tensor.type));
    row.shape = tensor.shape.extents();
    row.inCache = tensor.isActivation() && !current.keepFloat;
    row.isFloat = current.keepFloat;
    row.reason = reasonOf(tensor, current);
    row.edited = !(current == tensor.original);
    if (tensor.group >= 0)
        row.group = session.groups[static_cast<size_t>(tensor.group)].name;
    if (!tensor.isActivation())
        return row;
    if (!session.samples.empty() || tensor.statistics.histogram.count() > 0)
        addStatistics(session, tensor, row);
    if (!current.isSet())
        return row;
    addSetting(current, row);
    if (detail == RowDetail::Errors)
        addErrors(tensor, current, row);
    return row;
}

std::vector<Setting> currentSettings(const Session& session) {
    std::vector<Setting> settings;
    settings.reserve(session.tensors.size());
    for (const TensorEntry& tensor : session.tensors)
        settings.push_back(tensor.current);
    return settings;
}

std::vector<TensorRow> makeRows(const Session& session, std::span<const Setting> current,
                                RowDetail detail, const CancellationToken& cancel) {
    std::vector<TensorRow> rows(session.tensors.size());
    parallelForEach(static_cast<int64_t>(rows.size()), [&](int64_t i) {
        cancel.check();
        const auto index = static_cast<size_t>(i);
        rows[index] = makeRow(session, index, current[index], detail);
    });
    return rows;
}

std::vector<TensorRow> makeRows(const Session& session, RowDetail detail,
                                const CancellationToken& cancel) {
    return makeRows(session, currentSettings(session), detail, cancel);
}

}  // namespace clipscope::session
