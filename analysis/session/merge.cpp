// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/merge.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/session/thresholds.h"

namespace clipscope::session {
namespace {

using histogram::TensorStatistics;

struct SampleId {
    std::string_view source;
    int64_t index = 0;
    auto operator<=>(const SampleId&) const = default;
};

SampleId parsed(std::string_view id) {
    const size_t hash = id.rfind('#');
    SampleId sample{id.substr(0, hash), 0};
    if (hash != std::string_view::npos)
        std::from_chars(id.data() + hash + 1, id.data() + id.size(), sample.index);
    return sample;
}

void requireSameModel(const Session& a, const Session& b) {
    if (a.modelSha256 != b.modelSha256)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the sessions come from different models ('{}' and '{}')",
                                a.modelName, b.modelName));
    if (a.recipe != b.recipe)
        throw Error(ErrorCode::BadInput,
                    "the sessions were made with different preprocessing recipes");
    if (!std::ranges::equal(a.tensors, b.tensors, {}, &TensorEntry::name, &TensorEntry::name))
        throw Error(ErrorCode::BadInput, "the sessions list different tensors");
}

void requireNewSamples(const Session& whole, const Session& part) {
    const std::set<std::string> known(whole.samples.begin(), whole.samples.end());
    for (const std::string& id : part.samples)
        if (known.contains(id))
            throw Error(ErrorCode::BadInput,
                        fmt::format("sample '{}' is in more than one of the sessions: it would "
                                    "count twice",
                                    id));
}

bool hasExactBins(const Session& session) {
    return std::ranges::any_of(session.tensors, [](const TensorEntry& tensor) {
        return tensor.statistics.exactAbs.has_value();
    });
}

bool firstSampleIsLess(const Session& a, const Session& b) {
    const auto first = [](const Session& session) {
        return std::ranges::min_element(session.samples, sampleIdLess);
    };
    return !a.samples.empty() && (b.samples.empty() || sampleIdLess(*first(a), *first(b)));
}

/// A shape is that of the first batch, as in one run over all samples.
void append(Session& whole, Session part) {
    requireSameModel(whole, part);
    requireNewSamples(whole, part);
    const bool isFirst = firstSampleIsLess(part, whole);
    const auto offset = static_cast<int64_t>(whole.samples.size());
    for (size_t i = 0; i < whole.tensors.size(); ++i) {
        TensorStatistics& statistics = part.tensors[i].statistics;
        for (TensorStatistics::SampleAmax& sample : statistics.sampleAmax)
            sample.sample += offset;
        try {
            whole.tensors[i].statistics.merge(statistics);
        } catch (const Error& error) {
            throw error.within(fmt::format("tensor '{}'", whole.tensors[i].name));
        }
        Shape& shape = whole.tensors[i].shape;
        if (part.tensors[i].shape.rank() > 0 && (isFirst || shape.rank() == 0))
            shape = part.tensors[i].shape;
    }
    std::ranges::move(part.samples, std::back_inserter(whole.samples));
    std::ranges::move(part.skipped, std::back_inserter(whole.skipped));
    for (std::string& note : part.notes)
        if (std::ranges::find(whole.notes, note) == whole.notes.end())
            whole.notes.push_back(std::move(note));
    whole.isPartial = whole.isPartial || part.isPartial;
}

}  // namespace

bool sampleIdLess(std::string_view a, std::string_view b) {
    return parsed(a) < parsed(b);
}

void sortSamples(Session& session) {
    std::vector<size_t> order(session.samples.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, [&](size_t a, size_t b) {
        return sampleIdLess(session.samples[a], session.samples[b]);
    });
    std::vector<std::string> samples;
    std::vector<int64_t> rank(order.size());
    for (const size_t from : order) {
        rank[from] = static_cast<int64_t>(samples.size());
        samples.push_back(std::move(session.samples[from]));
    }
    session.samples = std::move(samples);
    for (TensorEntry& tensor : session.tensors) {
        for (TensorStatistics::SampleAmax& sample : tensor.statistics.sampleAmax)
            sample.sample = rank.at(static_cast<size_t>(sample.sample));
        std::ranges::sort(tensor.statistics.sampleAmax, {}, &TensorStatistics::SampleAmax::sample);
    }
}

Session mergeSessions(std::vector<Session> parts) {
    if (parts.size() < 2)
        throw Error(ErrorCode::Usage, "merging needs at least two sessions");
    const bool hadExactBins = std::ranges::any_of(parts, hasExactBins);
    Session whole = std::move(parts.front());
    for (size_t i = 1; i < parts.size(); ++i)
        append(whole, std::move(parts[i]));
    if (hadExactBins && !hasExactBins(whole))
        whole.notes.emplace_back(
            "the parts' exact bins (two-pass) have different ranges and were dropped");
    sortSamples(whole);
    computeThresholds(whole, threshold::findMethod(whole.method), whole.parameters,
                      whole.useGroups);
    return whole;
}

}  // namespace clipscope::session
