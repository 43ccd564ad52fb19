// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "analysis/session/sample_run.h"

namespace clipscope::cli {

/// The options that say which samples feed a model.
class SampleOptions {
public:
    void add(CLI::App& command);
    void addShard(CLI::App& command);
    /// Throws Error(Usage) for a malformed --input or --shard.
    session::SampleRequest request() const;

private:
    std::vector<std::string> m_data;
    std::vector<std::string> m_inputs;
    std::string m_preprocess;
    std::string m_shard;
    int64_t m_limit = 0;
    int64_t m_batch = 0;
};

}  // namespace clipscope::cli
