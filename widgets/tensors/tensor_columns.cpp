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
            return {.title = tr("Tensor"),
                    .name = tr("Tensor"),
                    .tooltip = tr("Name of the value in the model."),
                    .width = 150};
        case TensorColumn::Op:
            return {.title = tr("Op"),
                    .name = tr("Operator"),
                    .tooltip = tr("Operator that produces it."),
                    .width = 62};
        case TensorColumn::Shape:
            return {.title = tr("Shape"),
                    .name = tr("Shape"),
                    .tooltip = tr("Shape of the last run, with its batch; as declared before a "
                                  "calibration."),
                    .width = 96,
                    .isShown = false};
        case TensorColumn::Distribution:
            return {.title = tr("Distribution"),
                    .name = tr("Distribution"),
                    .tooltip = tr("All values seen, counts on a logarithmic scale. Lines: the "
                                  "threshold. Beyond them: what clips."),
                    .width = 82};
        case TensorColumn::Method:
            return {.title = tr("Method"),
                    .name = tr("Method"),
                    .tooltip = tr("Where the threshold comes from; manual: set by hand. Double "
                                  "click to change it."),
                    .width = 58};
        case TensorColumn::Threshold:
            return {.title = tr("T"),
                    .name = tr("Threshold T"),
                    .tooltip = tr("Threshold: the |x| that maps to the largest code, 127 times the "
                                  "scale. For affine ranges lo … hi."),
                    .width = 52,
                    .isNumber = true};
        case TensorColumn::Sqnr:
            return {.title = tr("SQNR dB"),
                    .name = tr("SQNR, dB"),
                    .tooltip = tr("Signal to quantization noise ratio, clipping and rounding "
                                  "together."),
                    .width = 64,
                    .isNumber = true};
        case TensorColumn::Clip:
            return {.title = tr("Clip %"),
                    .name = tr("Clipped, %"),
                    .tooltip = tr("Share of the values beyond the range."),
                    .width = 50,
                    .isNumber = true};
        case TensorColumn::Bits:
            return {.title = tr("Bits lost"),
                    .name = tr("Bits lost"),
                    .tooltip = tr("log2 of 256 over the codes between the least and the largest "
                                  "value: 1.0 where a sign is kept for values that have none."),
                    .width = 58,
                    .isNumber = true};
        case TensorColumn::Gain:
            return {.title = tr("Affine gain dB"),
                    .name = tr("Affine gain, dB"),
                    .tooltip = tr("SQNR of the best affine range minus that of the best symmetric "
                                  "one."),
                    .width = 96,
                    .isNumber = true,
                    .isShown = false};
        case TensorColumn::Coverage:
            return {.title = tr("Coverage"),
                    .name = tr("Coverage"),
                    .tooltip = tr("Whether the tensor gets a scale, and what TensorRT does with "
                                  "it. A scale does not prove that a layer runs in INT8: TensorRT "
                                  "picks by speed."),
                    .width = 130,
                    .isShown = false};
        case TensorColumn::Marks:
            return {.title = QString(),
                    .name = tr("Marks"),
                    .tooltip = tr("Point at an icon to read what it says."),
                    .width = 40};
        case TensorColumn::Count:
            break;
    }
    return {};
}

}  // namespace clipscope::widgets
