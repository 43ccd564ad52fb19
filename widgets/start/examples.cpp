// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/examples.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace clipscope::widgets {
namespace {

struct Examples {
    Q_DECLARE_TR_FUNCTIONS(clipscope::widgets::Examples)
};

}  // namespace

QString examplesFolder() {
    const QString program = QCoreApplication::applicationDirPath();
    for (const QString& folder : {qEnvironmentVariable("CLIPSCOPE_EXAMPLES"),
                                  program + QStringLiteral("/../../../resources/examples"),
                                  program + QStringLiteral("/../share/clipscope/examples")}) {
        if (!folder.isEmpty() && QFileInfo::exists(folder + QStringLiteral("/lenet.onnx")))
            return QDir(folder).canonicalPath();
    }
    return {};
}

QList<Example> examples(const QString& folder) {
    const QList<Example> all = {
        {Examples::tr("LeNet, ReLU"),
         Examples::tr("10 tensors, 360 images: after ReLU half the codes stay unused"),
         QStringLiteral("lenet.onnx")},
        {Examples::tr("Shifted, asymmetric"),
         Examples::tr("24 tensors, 360 images: SiLU, GELU, values around 5"),
         QStringLiteral("shifted.onnx")},
    };
    QList<Example> found;
    for (Example example : all) {
        example.model = folder + QLatin1Char('/') + example.model;
        if (!folder.isEmpty() && QFileInfo::exists(example.model))
            found << example;
    }
    return found;
}

}  // namespace clipscope::widgets
