// SPDX-License-Identifier: Apache-2.0
#include "app/cli/sample_options.h"

#include <charconv>
#include <limits>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::cli {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

/// "2/8" as index 1 of 8.
void parseShard(const std::string& text, session::SampleRequest& request) {
    int64_t part = 0;
    int64_t count = 0;
    const char* end = text.data() + text.size();
    const auto [slash, error] = std::from_chars(text.data(), end, part);
    if (error == std::errc() && slash != end && *slash == '/') {
        const auto [last, countError] = std::from_chars(slash + 1, end, count);
        if (countError == std::errc() && last == end && part >= 1 && part <= count) {
            request.shardIndex = part - 1;
            request.shardCount = count;
            return;
        }
    }
    throw Error(ErrorCode::Usage,
                fmt::format("--shard wants I/N with I from 1 to N, not '{}'", text));
}

}  // namespace

void SampleOptions::add(CLI::App& command) {
    command.add_option("--data", m_data,
                       "Folder of images (PNG, JPEG), .npy, or .npz with an array per input");
    command.add_option("--input", m_inputs, "NAME=PATH: samples of one input");
    command.add_option("--preprocess", m_preprocess,
                       "Recipe file or preset: imagenet-torch, imagenet-caffe, imagenet-tf, yolo, "
                       "unit, raw (default: MODEL.preprocess.json, else unit)");
    command.add_option("--limit", m_limit, "Use the first N samples only")
        ->check(CLI::Range(int64_t{1}, kMost));
    command
        .add_option("--batch", m_batch, "Samples a run (default: the model's fixed batch, or 1)")
        ->check(CLI::Range(int64_t{1}, kMost));
}

void SampleOptions::addShard(CLI::App& command) {
    command.add_option(
        "--shard", m_shard,
        "I/N: only the I-th of N parts of the samples; 'clipscope merge' joins them");
}

session::SampleRequest SampleOptions::request() const {
    session::SampleRequest request;
    for (const std::string& path : m_data)
        request.data.emplace_back(path);
    for (const std::string& pair : m_inputs) {
        const size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
            throw Error(ErrorCode::Usage, fmt::format("--input wants NAME=PATH, not '{}'", pair));
        request.inputs.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    request.preprocess = m_preprocess;
    request.limit = m_limit;
    request.batch = m_batch;
    if (!m_shard.empty())
        parseShard(m_shard, request);
    return request;
}

}  // namespace clipscope::cli
