// SPDX-License-Identifier: Apache-2.0
// Every operator has a case whose expected outputs another tool computed.
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/registry.h"
#include "tests/temporary_folder.h"
#include "tests/zip_files.h"

namespace clipscope::runtime {
namespace {

using Rows = std::set<const OperatorRow*>;

void addRows(const std::vector<graph::Node>& nodes, Rows& rows) {
    for (const graph::Node& node : nodes) {
        rows.insert(findOperator(node.domain, node.type, node.opset));
        for (const graph::Body& body : node.bodies)
            addRows(body.nodes, rows);
    }
}

/// The rows that run in the cases of a zip.
void addRowsOf(const std::filesystem::path& zip, Rows& rows) {
    const TemporaryFolder folder;
    for (const auto& [name, bytes] : readZip(zip)) {
        if (!name.ends_with("model.onnx"))
            continue;
        std::ofstream(folder / "model.onnx", std::ios::binary) << bytes;
        try {
            addRows(graph::readOnnx(folder / "model.onnx").nodes, rows);
        } catch (const Error&) {  // one of those that the conformance runner skips
        }
    }
}

TEST(OperatorRegistry, EveryRowHasACase) {
    Rows rows;
    const std::filesystem::path data = CLIPSCOPE_TEST_DATA;
    for (const auto& entry : std::filesystem::directory_iterator(data / "operators"))
        if (entry.path().extension() == ".zip")
            addRowsOf(entry.path(), rows);
    addRowsOf(data / "conformance" / "node.zip", rows);
    for (const OperatorRow& row : operatorRows())
        EXPECT_TRUE(rows.contains(&row))
            << fmt::format("{} {} of opset {} has no case: add one to tests/data/operators",
                           row.domain, row.type, row.since);
}

}  // namespace
}  // namespace clipscope::runtime
