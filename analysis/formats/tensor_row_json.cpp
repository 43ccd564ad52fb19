// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/tensor_row_json.h"

#include <charconv>
#include <cmath>

#include "analysis/formats/row_fields.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

/// The double whose shortest digits are those of the float32: 0.1F gives 0.1.
double withShortDigits(float value) {
    const std::string digits = shortestText(value);
    double result = value;
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
    return result;
}

void put(nlohmann::ordered_json& object, const std::string& key, double value, double printed) {
    if (std::isfinite(value)) {
        object[key] = printed;
        return;
    }
    object[key] = nullptr;
    object[key + "_reason"] = std::isnan(value) ? "not a number"
                              : value > 0       ? "infinite"
                                                : "minus infinite";
}

struct Put {
    nlohmann::ordered_json& object;
    std::string key;

    void operator()(Absent) const { object[key] = nullptr; }
    void operator()(bool value) const { object[key] = value; }
    void operator()(int64_t value) const { object[key] = value; }
    void operator()(uint64_t value) const { object[key] = value; }
    void operator()(float value) const { putNumber(object, key, std::optional(value)); }
    void operator()(double value) const { putNumber(object, key, std::optional(value)); }
    void operator()(std::string_view value) const { object[key] = withValidUtf8(value); }
    void operator()(const Extents* value) const { object[key] = *value; }
};

}  // namespace

void putNumber(nlohmann::ordered_json& object, const std::string& key, std::optional<float> value) {
    if (value)
        put(object, key, *value, withShortDigits(*value));
    else
        object[key] = nullptr;
}

void putNumber(nlohmann::ordered_json& object, const std::string& key,
               std::optional<double> value) {
    if (value)
        put(object, key, *value, *value);
    else
        object[key] = nullptr;
}

nlohmann::ordered_json toJson(const TensorRow& row) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const RowField& field : rowFields())
        std::visit(Put{object, std::string(field.key)}, field.value(row));
    return object;
}

}  // namespace clipscope::formats
