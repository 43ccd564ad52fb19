// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/opening.h"

#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/version.h"
#include "analysis/formats/format_table.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/session/model_identity.h"
#include "analysis/session/model_layout.h"

namespace clipscope::session {
namespace {

/// Whether scaleSetting() takes it.
bool isUsable(float scale) {
    return scale > 0 && std::isnormal(scale) && std::isfinite(127.0f * scale);
}

Setting settingOf(const formats::TensorRow& row) {
    const float scale = row.scale.value_or(0);
    Setting setting;
    if (isUsable(scale))
        setting = scaleSetting(scale, std::string(kFromFile));
    setting.reason = row.reason;
    if (!setting.isSet() && row.reason.empty())
        setting.reason = "unusable-scale";
    return setting;
}

void take(TensorEntry& tensor, const formats::TensorRow& row, RangeFileState state) {
    tensor.original = tensor.current = settingOf(row);
    tensor.fileState = state;
}

TensorEntry lineAlone(const formats::TensorRow& row, RangeFileState state) {
    TensorEntry tensor;
    tensor.name = row.name;
    take(tensor, row, state);
    return tensor;
}

void placeInModel(Session& session, const std::vector<formats::TensorRow>& rows) {
    std::unordered_map<std::string, size_t> tensorByName;
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        TensorEntry& tensor = session.tensors[i];
        tensorByName.emplace(tensor.name, i);
        if (tensor.isActivation())
            tensor.fileState = RangeFileState::Missing;
    }
    for (const formats::TensorRow& row : rows) {
        if (const auto found = tensorByName.find(row.name); found != tensorByName.end()) {
            take(session.tensors[found->second], row, RangeFileState::Listed);
            continue;
        }
        session.tensors.push_back(lineAlone(row, RangeFileState::Extra));
        session.tensors.back().coverageReason = "the model has no tensor of this name";
    }
}

}  // namespace

Session openModel(const std::filesystem::path& model) {
    const graph::Graph graph = graph::readOnnx(model);
    ModelLayout layout = layOutModel(graph);
    for (size_t i = 0; i < layout.tensors.size(); ++i)
        if (const graph::ValueId value = layout.values[i]; value.isValid() && graph[value].shape)
            layout.tensors[i].shape = Shape(*graph[value].shape);
    Session session;
    session.tensors = std::move(layout.tensors);
    session.groups = std::move(layout.groups);
    identifyModel(session, model, sha256OfFile(model));
    return session;
}

Session openRanges(const std::filesystem::path& ranges,
                   const std::optional<std::filesystem::path>& model) {
    std::string bytes = readFile(ranges);
    const formats::Format& format = formats::detectFormat(bytes, ranges.string());
    const formats::RangesFile file = formats::readFormat(format, bytes, ranges.string());

    Session session;
    if (model) {
        session = openModel(*model);
        placeInModel(session, file.rows);
    } else {
        session.toolVersion = fmt::format("clipscope {}", kVersion);
        for (const formats::TensorRow& row : file.rows)
            session.tensors.push_back(lineAlone(row, RangeFileState::NotCompared));
    }
    session.header = file.header;
    session.rangesPath = ranges.string();
    session.rangesBytes = std::move(bytes);
    for (const formats::Finding& finding : file.findings)
        session.notes.push_back(finding.line > 0
                                    ? fmt::format("line {}: {}", finding.line, finding.message)
                                    : finding.message);
    return session;
}

}  // namespace clipscope::session
