// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/affine_fix.h"

#include <QCoreApplication>
#include <vector>

#include "analysis/session/range_edit.h"

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("clipscope::widgets::ExportDialog", text);
}

std::vector<int> affineTensors(const session::Session& session) {
    std::vector<int> affine;
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        const session::TensorEntry& tensor = session.tensors[i];
        if (tensor.isActivation() && tensor.current.isAffine && !tensor.current.keepFloat)
            affine.push_back(static_cast<int>(i));
    }
    return affine;
}

}  // namespace

QString affineProblem(const session::Session& session) {
    const std::vector<int> affine = affineTensors(session);
    if (affine.empty())
        return {};
    const QString first =
        QString::fromStdString(session.tensors[static_cast<size_t>(affine.front())].name);
    if (affine.size() == 1)
        return tr("The format holds symmetric ranges only, and '%1' has an affine one.").arg(first);
    return tr("The format holds symmetric ranges only, and '%1' and %2 more have affine ones.")
        .arg(first)
        .arg(affine.size() - 1);
}

void widenAffine(Document& document) {
    document.undoStack().beginMacro(tr("Widen affine ranges to symmetric ones"));
    for (const int tensor : affineTensors(*document.session()))
        document.edit(
            tensor,
            session::asSymmetric(document.session()->tensors[static_cast<size_t>(tensor)].current),
            false, tr("Widen"));
    document.undoStack().endMacro();
}

}  // namespace clipscope::widgets
