// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/model_identity.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"

namespace clipscope::session {

std::string sha256OfFile(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    bool isFine = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    constexpr size_t kChunk = size_t{16} << 20;  // what is hashed need not stay in memory
    for (auto rest = file->bytes(); isFine && !rest.empty();) {
        const auto chunk = rest.first(std::min(kChunk, rest.size()));
        isFine = EVP_DigestUpdate(context.get(), chunk.data(), chunk.size()) == 1;
        MappedFile::forget(chunk);
        rest = rest.subspan(chunk.size());
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (!isFine || EVP_DigestFinal_ex(context.get(), digest, &size) != 1)
        throw Error(ErrorCode::Internal, "OpenSSL has no SHA-256");
    std::string hex;
    for (unsigned int i = 0; i < size; ++i)
        hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

}  // namespace clipscope::session
