// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "analysis/data/npy.h"
#include "analysis/data/zip_archive.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// An array on disk, read item by item along its first axis, so that memory holds what is asked
/// for and not the array. Elements are native and in C order. Threads may share one. Errors are
/// those of npy.h and name file and array; a file that is cut short or exchanged while it is read
/// is an error, too.
class ArrayRows {
public:
    virtual ~ArrayRows() = default;

    virtual NpyInfo info() const = 0;

    /// Item `index` as an array of one (1 x ...); of a scalar the scalar. An array in Fortran
    /// order, whose items do not lie together, is read whole with the first of them.
    virtual Tensor row(int64_t index) const = 0;

    virtual Tensor whole() const = 0;
};

/// A .npy file: what is asked for is read where it stands.
std::unique_ptr<const ArrayRows> openNpy(const std::filesystem::path& path);

/// A .npy in an archive, stored or deflated, which `what` names in errors. It is read as a stream,
/// so the checksum is verified where rows are asked for nearly in order, as the threads of a run
/// do. Other orders are slower where it is deflated: it is inflated again from its start, and kept
/// whole in memory after as much as two inflations was for nothing.
std::unique_ptr<const ArrayRows> openNpy(const ZipReader& archive, const std::string& entry,
                                         const std::string& what);

}  // namespace clipscope::data
