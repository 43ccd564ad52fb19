// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "widgets/document/document.h"

namespace clipscope::widgets {

/// Which affine ranges keep the document from a format that holds symmetric ones only; empty where
/// none do.
QString affineProblem(const session::Session& session);

/// Gives each of them the least symmetric range that clips nothing more, as one undoable step.
void widenAffine(Document& document);

}  // namespace clipscope::widgets
