// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/samples.h"

#include <algorithm>
#include <mutex>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/data/open_arrays.h"
#include "analysis/data/sample_pieces.h"

namespace clipscope::data {
namespace {

namespace fs = std::filesystem;

UnreadableSample unreadable(const Error& error) {
    return {error.code(), error.what()};
}

std::string lastName(const fs::path& path) {
    fs::path normal = path.lexically_normal();
    if (!normal.has_filename())
        normal = normal.parent_path();
    if (normal.empty() || normal == "." || normal.filename() == "..") {
        std::error_code ignored;
        normal = fs::weakly_canonical(path, ignored);
    }
    return normal.filename().string();
}

}  // namespace

struct SampleSource::State {
    std::vector<InputSpec> inputs;
    std::vector<SampleColumn> columns;  ///< one an input
    std::vector<Recipe> recipes;        ///< one an input
    int64_t count = 0;
    size_t idColumn = 0;
    std::map<fs::path, std::string> labels;  ///< of the given paths
    mutable OpenArrays arrays;               ///< of the given files

    void label(const SampleOptions& options);
    size_t indexOf(const std::string& name) const;
    void addFiles(size_t input, const fs::path& path, const SampleFiles& files);
    void addNpz(const fs::path& path, const std::set<size_t>& wanted);
    void addData(const fs::path& path, const std::set<size_t>& wanted);
    void settleCount(int64_t limit);
    Tensor read(size_t input, int64_t sample) const;
    Tensor readAnew(const SamplePiece& piece, int64_t index, size_t input) const;
    Tensor readImageOf(const SamplePiece& piece, size_t input) const;
    Tensor readRowOf(const SamplePiece& piece, int64_t index) const;
};

/// The name a path lends to ids: its last one, unless another given path has the same.
void SampleSource::State::label(const SampleOptions& options) {
    std::vector<fs::path> paths = options.data;
    for (const auto& [name, path] : options.inputs)
        paths.push_back(path);
    std::map<std::string, std::set<fs::path>> named;
    for (const fs::path& path : paths)
        named[lastName(path)].insert(path);
    for (const fs::path& path : paths) {
        const std::string last = lastName(path);
        labels[path] = named[last].size() == 1 ? last : path.generic_string();
    }
    std::set<fs::path> seen;
    for (const fs::path& path : options.data) {
        if (!seen.insert(path.lexically_normal()).second)
            throw Error(ErrorCode::Usage, fmt::format("'{}' is given twice", path.string()));
    }
}

size_t SampleSource::State::indexOf(const std::string& name) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].name == name)
            return i;
        names.push_back(inputs[i].name);
    }
    throw Error(ErrorCode::Usage, fmt::format("the model has no input '{}'; it has {}", name,
                                              fmt::join(names, ", ")));
}

void SampleSource::State::addFiles(size_t input, const fs::path& path, const SampleFiles& files) {
    for (const fs::path& file : files.paths) {
        std::string source = labels.at(path);
        if (files.isFolder)
            source.append("/").append(file.filename().string());
        if (files.kind == SampleFileKind::Image) {
            columns[input].add({std::move(source), file});
            columns[input].pieces.back().isImage = true;
        } else if (files.isFolder) {
            columns[input].add(listedPiece(std::move(source), file, inputs[input]));
        } else {
            SamplePiece piece(std::move(source), file);
            piece.setArray(arrays.rows(file, "")->info(), inputs[input], file.string());
            columns[input].add(std::move(piece));
        }
    }
}

/// Arrays by the names of the inputs; one of a single sample stands for as many as the longest has,
/// so that several archives can follow one another.
void SampleSource::State::addNpz(const fs::path& path, const std::set<size_t>& wanted) {
    std::map<size_t, SamplePiece> pieces;
    int64_t most = 0;
    for (const size_t input : wanted) {
        SamplePiece piece(labels.at(path), path);
        piece.array = inputs[input].name;
        piece.setArray(arrays.rows(path, piece.array)->info(), inputs[input],
                       fmt::format("{}: {}", path.string(), piece.array));
        most = std::max(most, piece.count);
        pieces[input] = std::move(piece);
    }
    for (auto& [input, piece] : pieces) {
        piece.repeats = piece.count == 1 && most > 1;
        if (piece.count != most && !piece.repeats)
            throw Error(ErrorCode::BadInput,
                        fmt::format("'{}' has {} samples of input '{}' and {} of another",
                                    path.string(), piece.count, inputs[input].name, most));
        piece.count = most;
        columns[input].add(std::move(piece));
    }
}

void SampleSource::State::addData(const fs::path& path, const std::set<size_t>& wanted) {
    const SampleFiles files = listSampleFiles(path);
    if (wanted.empty())
        throw Error(ErrorCode::Usage,
                    fmt::format("'{}' feeds no input: each has its own --input", path.string()));
    if (files.kind == SampleFileKind::Npz)
        return addNpz(path, wanted);
    if (wanted.size() > 1) {
        std::vector<std::string> names;
        for (const size_t input : wanted)
            names.push_back(inputs[input].name);
        throw Error(ErrorCode::Usage,
                    fmt::format("'{}' could feed each of the inputs {}; name them with --input "
                                "NAME=PATH, or give an .npz with an array an input",
                                path.string(), fmt::join(names, ", ")));
    }
    addFiles(*wanted.begin(), path, files);
}

void SampleSource::State::settleCount(int64_t limit) {
    for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].count == 0)
            throw Error(ErrorCode::BadInput,
                        fmt::format("there are no samples for input '{}'", inputs[i].name));
        if (columns[i].count > columns[idColumn].count)
            idColumn = i;
    }
    count = columns[idColumn].count;
    for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].count != count && columns[i].count != 1)
            throw Error(
                ErrorCode::BadInput,
                fmt::format("input '{}' has {} samples and input '{}' has {}; the numbers "
                            "must be equal, or one of them 1",
                            inputs[i].name, columns[i].count, inputs[idColumn].name, count));
    }
    for (SampleColumn& column : columns) {
        for (SamplePiece& piece : column.pieces) {
            if (piece.repeats || (column.count == 1 && count > 1))
                piece.kept = std::make_shared<KeptSample>();
        }
    }
    if (limit > 0)
        count = std::min(count, limit);
}

Tensor SampleSource::State::read(size_t input, int64_t sample) const {
    const auto [piece, index] = columns[input].at(sample);
    if (!piece->kept)
        return readAnew(*piece, index, input);
    const std::scoped_lock lock(piece->kept->mutex);
    if (!piece->kept->tensor)
        piece->kept->tensor = readAnew(*piece, 0, input);
    return *piece->kept->tensor;
}

Tensor SampleSource::State::readAnew(const SamplePiece& piece, int64_t index, size_t input) const {
    if (piece.damage)
        throw unreadable(*piece.damage);
    if (piece.isImage)
        return readImageOf(piece, input);
    return sampleOf(readRowOf(piece, index), piece.layout, inputs[input], piece.path.string());
}

Tensor SampleSource::State::readImageOf(const SamplePiece& piece, size_t input) const {
    Image image;
    try {
        image = readImage(piece.path);
    } catch (const Error& error) {
        throw unreadable(error);
    }
    try {
        const Tensor tensor = apply(recipes[input], image, inputs[input]);
        std::vector<int64_t> extents = tensor.shape().extents();
        extents.insert(extents.begin(), 1);
        return tensor.reshaped(Shape(std::move(extents)));
    } catch (const Error& error) {
        throw error.within(piece.path.string());
    }
}

/// A file of a folder that cannot be read leaves its samples out; one that was given stops the run.
Tensor SampleSource::State::readRowOf(const SamplePiece& piece, int64_t index) const {
    const auto rowOf = [&](const ArrayRows& rows) {
        const NpyInfo info = rows.info();
        if (info.type != piece.info.type || info.shape != piece.info.shape)
            throw Error(ErrorCode::BadInput,
                        fmt::format("'{}' has changed meanwhile", piece.path.string()));
        return rows.row(index);
    };
    if (!piece.isListed)
        return rowOf(*arrays.rows(piece.path, piece.array));
    std::unique_ptr<const ArrayRows> rows;
    try {
        rows = openNpy(piece.path);
    } catch (const Error& error) {
        throw unreadable(error);
    }
    return rowOf(*rows);
}

SampleSource::SampleSource(std::vector<InputSpec> inputs, const SampleOptions& options) {
    auto state = std::make_unique<State>();
    state->inputs = std::move(inputs);
    state->columns.resize(state->inputs.size());
    for (const InputSpec& input : state->inputs)
        state->recipes.push_back(options.recipe ? *options.recipe : defaultRecipe(input));
    if (options.data.empty() && options.inputs.empty())
        throw Error(ErrorCode::Usage, "no samples are given; use --data PATH");
    state->label(options);

    std::set<size_t> wanted;
    for (size_t i = 0; i < state->inputs.size(); ++i)
        wanted.insert(i);
    for (const auto& [name, path] : options.inputs) {
        const size_t input = state->indexOf(name);
        wanted.erase(input);
        const SampleFiles files = listSampleFiles(path);
        if (files.kind == SampleFileKind::Npz)
            state->addNpz(path, {input});
        else
            state->addFiles(input, path, files);
    }
    for (const fs::path& path : options.data)
        state->addData(path, wanted);
    state->settleCount(options.limit);
    m_state = std::move(state);
}

SampleSource::~SampleSource() = default;
SampleSource::SampleSource(SampleSource&&) noexcept = default;
SampleSource& SampleSource::operator=(SampleSource&&) noexcept = default;

const std::vector<InputSpec>& SampleSource::inputs() const {
    return m_state->inputs;
}

int64_t SampleSource::sampleCount() const {
    return m_state->count;
}

bool SampleSource::hasImages() const {
    return std::any_of(
        m_state->columns.begin(), m_state->columns.end(), [](const SampleColumn& column) {
            return std::any_of(column.pieces.begin(), column.pieces.end(),
                               [](const SamplePiece& piece) { return piece.isImage; });
        });
}

bool SampleSource::samplesAreRows() const {
    return std::none_of(
        m_state->columns.begin(), m_state->columns.end(), [](const SampleColumn& column) {
            return std::any_of(
                column.pieces.begin(), column.pieces.end(),
                [](const SamplePiece& piece) { return piece.layout.itemsAsTheyAre; });
        });
}

std::string SampleSource::id(int64_t index) const {
    const auto [piece, within] = m_state->columns[m_state->idColumn].at(index);
    return fmt::format("{}#{}", piece->source, within);
}

Sample SampleSource::load(int64_t index) const {
    if (index < 0 || index >= m_state->count)
        throw Error(ErrorCode::Internal,
                    fmt::format("sample {} of {} was asked for", index, m_state->count));
    Sample sample;
    sample.id = id(index);
    for (size_t input = 0; input < m_state->inputs.size(); ++input)
        sample.inputs[m_state->inputs[input].name] = m_state->read(input, index);
    return sample;
}

std::optional<Sample> SampleSource::tryLoad(int64_t index,
                                            std::vector<SkippedSample>& skipped) const {
    try {
        return load(index);
    } catch (const UnreadableSample& error) {
        skipped.push_back({id(index), error.what()});
        return std::nullopt;
    }
}

}  // namespace clipscope::data
