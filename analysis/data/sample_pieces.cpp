// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/sample_pieces.h"

#include <algorithm>

namespace clipscope::data {

void SamplePiece::setArray(NpyInfo given, const InputSpec& input, const std::string& what) {
    layout = matchArray(given, input, what);
    count = layout.count;
    info = std::move(given);
}

SamplePiece listedPiece(std::string source, const std::filesystem::path& path,
                        const InputSpec& input) {
    SamplePiece piece(std::move(source), path);
    piece.isListed = true;
    NpyInfo info;
    try {
        info = readNpyInfo(path);
    } catch (const Error& error) {
        piece.damage = error;
        return piece;
    }
    piece.setArray(std::move(info), input, path.string());
    return piece;
}

void SampleColumn::add(SamplePiece piece) {
    starts.push_back(count);
    count += piece.count;
    pieces.push_back(std::move(piece));
}

std::pair<const SamplePiece*, int64_t> SampleColumn::at(int64_t sample) const {
    if (count == 1)
        sample = 0;
    const auto next = std::upper_bound(starts.begin(), starts.end(), sample);
    const auto piece = static_cast<size_t>(next - starts.begin()) - 1;
    return {&pieces[piece], sample - starts[piece]};
}

}  // namespace clipscope::data
