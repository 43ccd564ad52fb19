// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/file_kind.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/data/zip_archive.h"
#include "analysis/session/session_file.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

namespace fs = std::filesystem;

const fs::path kExamples = CLIPSCOPE_EXAMPLES;
const fs::path kData = CLIPSCOPE_TEST_DATA;

class FileKindTest : public testing::Test {
protected:
    fs::path write(const char* name, std::string_view content) const {
        writeFileAtomically(m_folder / name, content);
        return m_folder / name;
    }
    /// The example's bytes under another name.
    fs::path copy(const fs::path& from, const char* name) const {
        fs::copy_file(from, m_folder / name);
        return m_folder / name;
    }
    static void expectRefused(const fs::path& path, ErrorCode code, const std::string& says) {
        try {
            fileKind(path);
            ADD_FAILURE() << path << " was taken";
        } catch (const Error& error) {
            const std::string message = error.what();
            EXPECT_EQ(error.code(), code) << message;
            EXPECT_NE(message.find(path.filename().string()), std::string::npos) << message;
            EXPECT_NE(message.find(says), std::string::npos) << message;
        }
    }

    TemporaryFolder m_folder;
};

TEST_F(FileKindTest, ContentTellsWhateverTheName) {
    EXPECT_EQ(fileKind(kExamples / "lenet.onnx"), FileKind::Model);
    EXPECT_EQ(fileKind(copy(kExamples / "shifted.onnx", "model.pb")), FileKind::Model);
    EXPECT_EQ(fileKind(kExamples / "digits"), FileKind::Samples);
    EXPECT_EQ(fileKind(kData / "npy/stored.npz"), FileKind::Samples);
    EXPECT_EQ(fileKind(copy(kData / "npy/stored.npz", "arrays")), FileKind::Samples);
    EXPECT_EQ(fileKind(copy(kData / "npy/version2.npy", "array.bin")), FileKind::Samples);
    for (const fs::directory_entry& image : fs::directory_iterator(kExamples / "digits")) {
        if (image.path().extension() != ".png")
            continue;
        EXPECT_EQ(fileKind(image.path()), FileKind::Samples);
        break;
    }
    EXPECT_EQ(fileKind(kExamples / "lenet.preprocess.json"), FileKind::Recipe);
    EXPECT_EQ(fileKind(write("recipe.json", R"({"version": 1, "scale": 0.5})")), FileKind::Recipe);
    EXPECT_EQ(fileKind(write("ranges", "TRT-8601-EntropyCalibration2\ndata: 3c010a14\n")),
              FileKind::Ranges);
}

TEST_F(FileKindTest, ASessionIsTheZipWithAManifest) {
    Session session;
    session.modelName = "lenet.onnx";
    saveSession(session, m_folder / "s.clipscope");
    EXPECT_EQ(fileKind(m_folder / "s.clipscope"), FileKind::Session);
    EXPECT_EQ(fileKind(copy(m_folder / "s.clipscope", "renamed")), FileKind::Session);

    data::ZipWriter other(m_folder / "other.zip");
    other.add("readme.txt", "hello", data::ZipWriter::Compression::Stored);
    other.commit();
    expectRefused(m_folder / "other.zip", ErrorCode::BadInput, "neither a session nor an .npz");
}

TEST_F(FileKindTest, DamagedFilesAreLeftToTheirReaders) {
    const std::string model = readFile(kExamples / "lenet.onnx");
    EXPECT_EQ(fileKind(write("cut.onnx", std::string_view(model).substr(0, model.size() / 2))),
              FileKind::Model);
    EXPECT_EQ(fileKind(write("cut.clipscope", "PK\x03\x04 and no more")), FileKind::Session);
}

TEST_F(FileKindTest, WhatItIsNotIsSaidWithItsName) {
    expectRefused(m_folder / "nowhere.onnx", ErrorCode::Io, "No such file");
    expectRefused(write("text.onnx", "hello, I am text\n"), ErrorCode::BadInput, "ONNX model");
    expectRefused(write("empty.onnx", ""), ErrorCode::BadInput, "empty");
    expectRefused(write("lfs.onnx", "version https://git-lfs.github.com/spec/v1\n"),
                  ErrorCode::BadInput, "git lfs pull");
    expectRefused(write("text.clipscope", "hello\n"), ErrorCode::BadInput, "no session");
    expectRefused(write("notes.txt", "hello\n"), ErrorCode::BadInput, "no range file");
    expectRefused(write("empty", ""), ErrorCode::BadInput, "empty");
    expectRefused(write("out.json", R"({"clipscope": "1.0", "version": 1})"), ErrorCode::BadInput,
                  "Clipscope's own");
    expectRefused(write("encodings.json", R"({"version": "0.6.1", "activation_encodings": {}})"),
                  ErrorCode::BadInput, "AIMET");
    expectRefused(write("engine.trt", std::string_view("ftrt\0\0", 6)), ErrorCode::BadInput,
                  "engine");
    fs::create_directory(m_folder / "bare");
    expectRefused(m_folder / "bare", ErrorCode::BadInput, "holds no");
}

}  // namespace
}  // namespace clipscope::session
