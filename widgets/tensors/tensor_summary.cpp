// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_summary.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("TensorSummary", text);
}

/// NaN where nothing is known yet.
double median(std::vector<double> values) {
    if (values.empty())
        return NAN;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

QString comparedText(const session::Session& session) {
    const auto count = [&](session::RangeFileState state) {
        return std::ranges::count(session.tensors, state, &session::TensorEntry::fileState);
    };
    QStringList parts;
    if (const auto missing = count(session::RangeFileState::Missing))
        parts << tr("%1 missing").arg(missing);
    if (const auto extra = count(session::RangeFileState::Extra))
        parts << tr("%1 extra").arg(extra);
    return parts.join(QStringLiteral(", "));
}

}  // namespace

QString tableSummary(const TensorModel& model, const TensorProxy& proxy, int selected) {
    const session::Session* session = model.document().session();
    if (!session || session->tensors.empty())
        return {};
    std::vector<double> sqnr;
    for (int row = 0; row < proxy.rowCount(); ++row) {
        const int tensor = proxy.tensorAt(row);
        const auto& figures = model.loader().entry(tensor).figures;
        if (figures.sqnrDb && !model.setting(tensor).keepFloat)
            sqnr.push_back(*figures.sqnrDb);
    }
    QStringList parts{QString::fromStdString(session::scaleSummary(*session))};
    if (const QString compared = comparedText(*session); !compared.isEmpty())
        parts << compared;
    if (proxy.rowCount() < model.rowCount())
        parts << tr("%1 shown").arg(proxy.rowCount());
    if (const int edited = model.document().editedCount())
        parts << tr("%1 edited").arg(edited);
    if (const double middle = median(std::move(sqnr)); !std::isnan(middle))
        parts << tr("median SQNR %1 dB").arg(decibelText(middle));
    if (selected > 1)
        parts << tr("selected %1").arg(selected);
    return parts.join(QStringLiteral(" · "));
}

}  // namespace clipscope::widgets
