// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>

namespace clipscope::widgets {

/// A tensor's name made to fit, keeping what tells it from its neighbours. Exporters name by path:
/// of "/layer1/layer1.0/conv1/Conv_output_0" first the end goes that repeats the operator, then
/// folders from the left ("…layer1.0/conv1"); what is left is cut in its middle.
QString elidedName(const QString& name, const QString& op,
                   const std::function<bool(const QString&)>& fits);

}  // namespace clipscope::widgets
