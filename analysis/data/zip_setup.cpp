// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/zip_setup.h"

#include <zip.h>

namespace clipscope::data {

void setUpZip() {
    [[maybe_unused]] static const bool once = [] {
        zip_source_t* nothing = zip_source_buffer_create(nullptr, 0, 0, nullptr);
        if (!nothing)
            return false;
        if (zip_t* zip = zip_open_from_source(nothing, ZIP_CREATE | ZIP_TRUNCATE, nullptr))
            zip_discard(zip);
        else
            zip_source_free(nothing);
        return true;
    }();
}

}  // namespace clipscope::data
