// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_columns.h"

#include <QCoreApplication>

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("TensorColumns", text);
}

}  // namespace

ColumnInfo columnInfo(TensorColumn column) {
    switch (column) {
        case TensorColumn::Name:
            return {tr("Tensor"), tr("Tensor"), tr("Name of the value in the model."), 130};
        case TensorColumn::Op:
            return {tr("Op"), tr("Operator"), tr("Operator that produces it."), 68};
        case TensorColumn::Shape:
            return {tr("Shape"),
                    tr("Shape"),
                    tr("Shape of the last run, with its batch; as "
                       "declared before a calibration."),
                    96,
                    false,
                    false};
        case TensorColumn::Distribution:
            return {tr("Distribution"), tr("Distribution"),
                    tr("All values seen, counts on a logarithmic scale. Lines: the threshold. "
                       "Beyond them: what clips."),
                    80};
        case TensorColumn::Method:
            return {tr("Method"), tr("Method"),
                    tr("Where the threshold comes from; manual: set by hand. "
                       "Double click to change it."),
                    58};
        case TensorColumn::Threshold:
            return {tr("T"), tr("Threshold T"),
                    tr("Threshold: the |x| that maps to the largest code, 127 times the scale. "
                       "For affine ranges lo … hi."),
                    58, true};
        case TensorColumn::Sqnr:
            return {tr("SQNR dB"), tr("SQNR, dB"),
                    tr("Signal to quantization noise ratio, clipping and rounding together."), 60,
                    true};
        case TensorColumn::Clip:
            return {tr("Clip %"), tr("Clipped, %"), tr("Share of the values beyond the range."), 50,
                    true};
        case TensorColumn::Bits:
            return {tr("Bits lost"), tr("Bits lost"),
                    tr("log2 of 256 over the codes between the least and the largest value: "
                       "1.0 where a sign is kept for values that have none."),
                    60, true};
        case TensorColumn::Gain:
            return {tr("Affine gain dB"),
                    tr("Affine gain, dB"),
                    tr("SQNR of the best affine range minus that of the best symmetric one."),
                    90,
                    true,
                    false};
        case TensorColumn::Coverage:
            return {tr("Coverage"),
                    tr("Coverage"),
                    tr("Whether the tensor gets a scale, and what TensorRT does with it. A scale "
                       "does not prove that a layer runs in INT8: TensorRT picks by speed."),
                    112,
                    false,
                    false};
        case TensorColumn::Marks:
            return {QString(), tr("Marks"), tr("Point at an icon to read what it says."), 46};
        case TensorColumn::Count:
            break;
    }
    return {};
}

}  // namespace clipscope::widgets
