// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/row_writers.h"

#include <fmt/format.h>

#include "analysis/formats/row_fields.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/tensor_row_json.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

struct CsvCell {
    std::string operator()(Absent) const { return {}; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(uint64_t value) const { return fmt::format("{}", value); }
    std::string operator()(float value) const { return shortestText(value); }
    std::string operator()(double value) const { return shortestText(value); }

    std::string operator()(std::string_view value) const {
        if (value.find_first_of(",\"\r\n") == std::string_view::npos)
            return std::string(value);
        std::string quoted = "\"";
        for (char c : value) {
            quoted += c;
            if (c == '"')
                quoted += c;
        }
        return quoted + '"';
    }

    std::string operator()(const Extents* shape) const {
        if (shape->empty())
            return "scalar";
        std::string text;
        for (int64_t extent : *shape) {
            text += text.empty() ? "" : "x";
            text += extent < 0 ? "?" : fmt::format("{}", extent);
        }
        return text;
    }
};

}  // namespace

std::string writeCsv(const ExportRequest& request) {
    std::string csv;
    for (const RowField& field : rowFields())
        csv.append(csv.empty() ? "" : ",").append(field.key);
    csv += '\n';
    for (const TensorRow& row : request.rows) {
        bool first = true;
        for (const RowField& field : rowFields()) {
            csv.append(first ? "" : ",").append(std::visit(CsvCell{}, field.value(row)));
            first = false;
        }
        csv += '\n';
    }
    return csv;
}

std::string writeJson(const ExportRequest& request) {
    nlohmann::ordered_json document = {{"clipscope", 1}, {"command", "export"}};
    document["tensors"] = nlohmann::ordered_json::array();
    for (const TensorRow& row : request.rows)
        document["tensors"].push_back(toJson(row));
    return document.dump(2) + "\n";
}

}  // namespace clipscope::formats
