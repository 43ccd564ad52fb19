// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QTest>
#include <memory>

#include "tests/widgets/small_session.h"
#include "widgets/tensors/tensor_model.h"

namespace clipscope::widgets {

/// Waits until all figures are there.
inline bool awaitFigures(TensorModel& model) {
    const bool isDone = QTest::qWaitFor([&] { return model.loader().isDone(); }, 120000);
    QCoreApplication::processEvents();
    return isDone;
}

/// What a cell shows.
inline std::string shown(const QAbstractItemModel& model, int row, TensorColumn column,
                         int role = Qt::DisplayRole) {
    return model.index(row, index(column)).data(role).toString().toStdString();
}

/// Many tensors with a few values each; t00000 has the smallest amax, the next a larger one.
inline std::shared_ptr<session::Session> manyTensors(int count) {
    auto made = std::make_shared<session::Session>();
    made->modelName = "many.onnx";
    made->samples = {"a.npy#0"};
    for (int i = 0; i < count; ++i) {
        session::TensorEntry tensor;
        tensor.name = QStringLiteral("t%1").arg(i, 5, 10, QLatin1Char('0')).toStdString();
        tensor.op = "Relu";
        tensor.type = DType::Float32;
        tensor.shape = Shape({1, 3});
        const float most = 1 + static_cast<float>(i) / 1000;
        tensor.statistics.histogram.add(std::vector<float>{0, most / 3, most});
        tensor.original = tensor.current =
            session::symmetricSetting(static_cast<double>(most), "minmax");
        made->tensors.push_back(std::move(tensor));
    }
    return made;
}

}  // namespace clipscope::widgets
