// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace clipscope::data {

/// To be called before an archive is opened: libzip (1.7) fills in variables of its own when it
/// opens the first, without a lock, and a second thread then takes archives for read-only.
void setUpZip();

}  // namespace clipscope::data
