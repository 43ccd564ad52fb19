// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/row_fields.h"

namespace clipscope::formats {
namespace {

FieldValue wrap(const std::string& text) {
    return text.empty() ? FieldValue(Absent{}) : FieldValue(std::string_view(text));
}

FieldValue wrap(bool value) {
    return value;
}

FieldValue wrap(const std::optional<int>& value) {
    return value ? FieldValue(int64_t{*value}) : FieldValue(Absent{});
}

FieldValue wrap(const std::optional<Extents>& shape) {
    return shape ? FieldValue(&*shape) : FieldValue(Absent{});
}

template <typename Real>
FieldValue wrap(const std::optional<Real>& value) {
    return value ? FieldValue(*value) : FieldValue(Absent{});
}

template <auto Member>
FieldValue get(const TensorRow& row) {
    return wrap(row.*Member);
}

/// The counts say nothing about a tensor that no run has seen.
template <uint64_t TensorRow::*Member>
FieldValue counted(const TensorRow& row) {
    return row.hasStatistics ? FieldValue(row.*Member) : FieldValue(Absent{});
}

/// A listing always has a name and, even where they are empty, a reason and a group.
template <std::string TensorRow::*Member>
FieldValue text(const TensorRow& row) {
    return std::string_view(row.*Member);
}

}  // namespace

const std::vector<RowField>& rowFields() {
    using R = TensorRow;
    static const std::vector<RowField> kFields = {
        {"name", text<&R::name>},
        {"dtype", get<&R::dtype>},
        {"shape", get<&R::shape>},
        {"count", counted<&R::count>},
        {"zeros", counted<&R::zeros>},
        {"nan", counted<&R::nan>},
        {"inf", counted<&R::inf>},
        {"min", get<&R::min>},
        {"max", get<&R::max>},
        {"amax", get<&R::amax>},
        {"amax_sample", get<&R::amaxSample>},
        {"method", get<&R::method>},
        {"threshold", get<&R::threshold>},
        {"scale", get<&R::scale>},
        {"hex", get<&R::hex>},
        {"lo", get<&R::lo>},
        {"hi", get<&R::hi>},
        {"zero_point", get<&R::zeroPoint>},
        {"clip_percent", get<&R::clipPercent>},
        {"sqnr_db", get<&R::sqnrDb>},
        {"clip_mse", get<&R::clipMse>},
        {"round_mse", get<&R::roundMse>},
        {"codes_used", get<&R::codesUsed>},
        {"bits_lost", get<&R::bitsLost>},
        {"affine_gain_db", get<&R::affineGainDb>},
        {"in_cache", get<&R::inCache>},
        {"reason", text<&R::reason>},
        {"group", text<&R::group>},
        {"edited", get<&R::edited>},
        {"op", get<&R::op>},
        {"is_affine", get<&R::isAffine>},
        {"is_float", get<&R::isFloat>},
    };
    return kFields;
}

}  // namespace clipscope::formats
