// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/session_file.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <fstream>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/data/npy.h"
#include "analysis/data/zip_archive.h"
#include "analysis/session/session_json.h"

namespace clipscope::session {
namespace {

using data::ZipReader;
using data::ZipWriter;
using histogram::EqualBins;
using histogram::TensorStatistics;
using nlohmann::ordered_json;

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

std::string entryName(const char* folder, size_t index) {
    return fmt::format("{}/{:06}.npy", folder, index);
}

template <typename T>
std::string npyOf(Shape shape, const std::vector<T>& values) {
    return data::npyBytes(Tensor::of<T>(std::move(shape), values));
}

std::string binsNpy(const histogram::Histogram& histogram) {
    const std::vector<histogram::Bin> bins = histogram.bins();
    std::vector<uint64_t> values;
    values.reserve(2 * bins.size());
    for (const histogram::Bin& bin : bins) {
        values.push_back(bin.bits);
        values.push_back(bin.count);
    }
    return npyOf<uint64_t>({static_cast<int64_t>(values.size() / 2), 2}, values);
}

std::string channelsNpy(const TensorStatistics& statistics) {
    std::vector<float> values;
    for (const auto& range : statistics.channels) {
        values.push_back(range.seen() ? range.min : kNone);
        values.push_back(range.seen() ? range.max : kNone);
    }
    return npyOf<float>({static_cast<int64_t>(values.size() / 2), 2}, values);
}

std::string amaxNpy(const TensorStatistics& statistics) {
    std::vector<double> values;
    for (const auto& sample : statistics.sampleAmax) {
        values.push_back(static_cast<double>(sample.sample));
        values.push_back(static_cast<double>(sample.amax));
    }
    return npyOf<double>({static_cast<int64_t>(values.size() / 2), 2}, values);
}

/// Reads the arrays of one archive, each error naming its entry. Threads may share it.
class ArrayReader {
public:
    explicit ArrayReader(const std::filesystem::path& path) : m_path(path.string()), m_zip(path) {}

    const std::string& path() const { return m_path; }
    const ZipReader& zip() const { return m_zip; }

    /// Undefined where there is no such entry.
    Tensor read(const char* folder, size_t index, DType type, size_t rank) const {
        const std::string name = entryName(folder, index);
        if (!m_zip.contains(name))
            return {};
        const std::string bytes = m_zip.read(name);
        Tensor tensor = data::parseNpy(std::as_bytes(std::span(bytes)), name);
        if (tensor.type() != type || tensor.rank() != rank || (rank == 2 && tensor.shape()[1] != 2))
            throw Error(ErrorCode::BadInput,
                        fmt::format("{} holds {}, not what it should", name, tensor.toString()));
        return tensor;
    }

    histogram::Histogram readHistogram(size_t index, const TensorScalars& scalars) const {
        histogram::Histogram::State state = scalars.histogram;
        const Tensor bins = read("histograms", index, DType::UInt64, 2);
        if (bins.isDefined()) {
            const auto values = bins.values<uint64_t>();
            for (size_t i = 0; i + 1 < values.size(); i += 2)
                state.bins.push_back({static_cast<uint32_t>(values[i]), 0, values[i + 1]});
        }
        auto histogram = histogram::Histogram::fromState(state);
        if (scalars.finiteCount && histogram.finiteCount() != *scalars.finiteCount)
            throw Error(ErrorCode::BadInput,
                        fmt::format("its bins hold {} values, tensors.json says {}",
                                    histogram.finiteCount(), *scalars.finiteCount));
        return histogram;
    }

private:
    std::string m_path;
    ZipReader m_zip;
};

/// The histograms of an archive that were asked for last.
class HistogramCache {
public:
    explicit HistogramCache(std::shared_ptr<const ArrayReader> arrays)
        : m_arrays(std::move(arrays)) {}

    std::shared_ptr<const histogram::Histogram> load(size_t index, const TensorScalars& scalars) {
        {
            const std::scoped_lock lock(m_mutex);
            for (const auto& [known, histogram] : m_latest)
                if (known == index)
                    return histogram;
        }
        auto histogram =
            std::make_shared<const histogram::Histogram>(m_arrays->readHistogram(index, scalars));
        const std::scoped_lock lock(m_mutex);
        m_latest.emplace_front(index, histogram);
        if (m_latest.size() > kKept)
            m_latest.pop_back();
        return histogram;
    }
    const std::string& path() const { return m_arrays->path(); }

private:
    static constexpr size_t kKept = 16;  ///< several threads work on some tensors at a time

    std::shared_ptr<const ArrayReader> m_arrays;
    std::mutex m_mutex;
    std::deque<std::pair<size_t, std::shared_ptr<const histogram::Histogram>>> m_latest;
};

/// The histogram of one tensor, still in the file.
class StoredHistogram : public histogram::HistogramSource {
public:
    StoredHistogram(std::shared_ptr<HistogramCache> cache, size_t index, std::string tensor,
                    const TensorScalars& scalars)
        : m_cache(std::move(cache)),
          m_index(index),
          m_tensor(std::move(tensor)),
          m_scalars(scalars) {}

    std::shared_ptr<const histogram::Histogram> load() const override {
        try {
            return m_cache->load(m_index, m_scalars);
        } catch (const Error& error) {
            throw error.within(fmt::format("cannot read tensor '{}' of the session '{}'", m_tensor,
                                           m_cache->path()));
        }
    }

private:
    std::shared_ptr<HistogramCache> m_cache;
    size_t m_index;
    std::string m_tensor;
    TensorScalars m_scalars;
};

/// What the arrays of the amax of each sample and of the exact bins must hold to be used.
void checkStatistics(const TensorStatistics& statistics, size_t samples) {
    for (const auto& sample : statistics.sampleAmax)
        if (sample.sample < 0 || static_cast<size_t>(sample.sample) >= samples ||
            !(sample.amax >= 0) || !std::isfinite(sample.amax))
            throw Error(ErrorCode::BadInput,
                        fmt::format("amax {} of sample {} cannot be: the session has {} samples",
                                    sample.amax, sample.sample, samples));
    if (statistics.exactAbs && statistics.exactAbs->total() != statistics.histogram.finiteCount())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the exact bins hold {} values, the histogram {}",
                                statistics.exactAbs->total(), statistics.histogram.finiteCount()));
}

/// Everything but the histogram, which is there.
void readArrays(const ArrayReader& arrays, size_t index, TensorStatistics& statistics) {
    if (const Tensor ranges = arrays.read("channels", index, DType::Float32, 2);
        ranges.isDefined()) {
        const auto values = ranges.values<float>();
        for (size_t i = 0; i + 1 < values.size(); i += 2) {
            const bool seen = !std::isnan(values[i]);
            statistics.channels.push_back(seen ? TensorStatistics::Range{values[i], values[i + 1]}
                                               : TensorStatistics::Range{});
        }
    }
    if (const Tensor amax = arrays.read("amax", index, DType::Float64, 2); amax.isDefined()) {
        const auto values = amax.values<double>();
        for (size_t i = 0; i + 1 < values.size(); i += 2)
            statistics.sampleAmax.push_back(
                {static_cast<int64_t>(values[i]), static_cast<float>(values[i + 1])});
    }
    if (const Tensor exact = arrays.read("exact", index, DType::UInt64, 1); exact.isDefined()) {
        const auto values = exact.values<uint64_t>();
        statistics.exactAbs = EqualBins{0.0, statistics.histogram.amax(),
                                        std::vector<uint64_t>(values.begin(), values.end())};
    }
}

ordered_json parse(const ZipReader& zip, const char* entry) {
    try {
        return ordered_json::parse(zip.read(entry));
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::BadInput, fmt::format("{} is damaged: {}", entry, error.what()));
    }
}

Session readSession(const std::shared_ptr<const ArrayReader>& arrays, Loading loading) {
    const ZipReader& zip = arrays->zip();
    if (!zip.contains("manifest.json") || !zip.contains("tensors.json"))
        throw Error(ErrorCode::BadInput, "it has no manifest.json and tensors.json");
    const ordered_json manifest = parse(zip, "manifest.json");
    const ordered_json tensors = parse(zip, "tensors.json");
    Session session;
    try {
        const int version = manifest.at("clipscope_session").get<int>();
        if (version > kFormatVersion)
            throw Error(ErrorCode::BadInput,
                        fmt::format("it was written by a newer Clipscope ({}; session format {}, "
                                    "this program reads up to {}): update Clipscope",
                                    manifest.value("tool", "unknown"), version, kFormatVersion));
        manifestFromJson(manifest, session);
        const std::vector<TensorScalars> scalars = tensorsFromJson(tensors, session);
        const auto cache = std::make_shared<HistogramCache>(arrays);
        for (size_t i = 0; i < session.tensors.size(); ++i) {
            TensorEntry& tensor = session.tensors[i];
            try {
                tensor.statistics.histogram =
                    loading == Loading::OnDemand && scalars[i].finiteCount
                        ? histogram::Histogram::fromSource(
                              scalars[i].histogram, *scalars[i].finiteCount,
                              std::make_shared<StoredHistogram>(cache, i, tensor.name, scalars[i]))
                        : arrays->readHistogram(i, scalars[i]);
                readArrays(*arrays, i, tensor.statistics);
                checkStatistics(tensor.statistics, session.samples.size());
            } catch (const Error& error) {
                throw error.within(fmt::format("tensor '{}'", tensor.name));
            }
        }
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::BadInput,
                    fmt::format("manifest.json or tensors.json is damaged: {}", error.what()));
    }
    return session;
}

}  // namespace

void saveSession(const Session& session, const std::filesystem::path& path) {
    ZipWriter zip(path);
    constexpr auto kDeflated = ZipWriter::Compression::Deflated;
    zip.add("manifest.json", manifestToJson(session).dump(1) + "\n", kDeflated);
    zip.add("tensors.json", tensorsToJson(session).dump(1) + "\n", kDeflated);
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        const TensorStatistics& statistics = session.tensors[i].statistics;
        if (!session.tensors[i].isActivation())
            continue;
        zip.add(entryName("histograms", i), binsNpy(statistics.histogram), kDeflated);
        if (!statistics.channels.empty())
            zip.add(entryName("channels", i), channelsNpy(statistics), kDeflated);
        if (!statistics.sampleAmax.empty())
            zip.add(entryName("amax", i), amaxNpy(statistics), kDeflated);
        if (statistics.exactAbs) {
            const std::vector<uint64_t>& counts = statistics.exactAbs->counts;
            zip.add(entryName("exact", i),
                    npyOf<uint64_t>({static_cast<int64_t>(counts.size())}, counts), kDeflated);
        }
    }
    zip.commit();
}

Session loadSession(const std::filesystem::path& path, Loading loading) {
    if (std::filesystem::is_regular_file(path) && !isSessionFile(path))
        throw Error(ErrorCode::BadInput,
                    fmt::format("'{}' is no session; 'clipscope calibrate --session' writes one",
                                path.string()));
    const auto arrays = std::make_shared<const ArrayReader>(path);
    try {
        return readSession(arrays, loading);
    } catch (const Error& error) {
        throw error.within(fmt::format("cannot read the session '{}'", path.string()));
    }
}

bool isSessionFile(const std::filesystem::path& path) {
    char start[4] = {};
    std::ifstream(path, std::ios::binary).read(start, sizeof start);
    return std::string_view(start, sizeof start) == "PK\x03\x04";
}

}  // namespace clipscope::session
