// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/model_identity.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"

namespace clipscope::session {

std::string sha256OfFile(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(file->bytes().data(), file->bytes().size(), digest, &size, EVP_sha256(),
                   nullptr) != 1)
        throw Error(ErrorCode::Internal, "OpenSSL has no SHA-256");
    std::string hex;
    for (unsigned int i = 0; i < size; ++i)
        hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

}  // namespace clipscope::session
