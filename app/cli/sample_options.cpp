// SPDX-License-Identifier: Apache-2.0
#include "app/cli/sample_options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::cli {

void SampleOptions::add(CLI::App& command) {
    command.add_option("--data", m_data,
                       "Folder of images (PNG, JPEG), .npy, or .npz with an array per input");
    command.add_option("--input", m_inputs, "NAME=PATH: samples of one input");
    command.add_option("--preprocess", m_preprocess,
                       "Recipe file or preset: imagenet-torch, imagenet-caffe, imagenet-tf, yolo, "
                       "unit, raw (default: MODEL.preprocess.json, else unit)");
    command.add_option("--limit", m_limit, "Use the first N samples only")
        ->check(CLI::PositiveNumber);
    command
        .add_option("--batch", m_batch, "Samples a run (default: the model's fixed batch, or 1)")
        ->check(CLI::PositiveNumber);
    command.add_option("--device", m_device, "auto or cpu")->check(CLI::IsMember({"auto", "cpu"}));
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
    return request;
}

}  // namespace clipscope::cli
