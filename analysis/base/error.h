// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace clipscope {

/// What kind of thing went wrong; the command line maps it to its exit status.
enum class ErrorCode {
    Usage,        ///< the caller asked for something that does not exist or does not fit
    BadInput,     ///< a file or a value is not what it should be
    Unsupported,  ///< well-formed, but outside what Clipscope does
    Io,           ///< the operating system refused (message holds its reason)
    OutOfMemory,
    Internal,  ///< a defect of Clipscope itself
};

/// An error that the user can act on. `what()` is one or two plain sentences that name the file,
/// the place in it (line, tensor, node) and what to do.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message) : std::runtime_error(message), m_code(code) {}

    ErrorCode code() const { return m_code; }

    /// The same error with "prefix: " put before its message; adds the place while unwinding.
    Error within(const std::string& prefix) const { return {m_code, prefix + ": " + what()}; }

private:
    ErrorCode m_code;
};

/// The user asked to stop. Deliberately not an Error: cancelling is not failing.
class Cancelled : public std::exception {
public:
    const char* what() const noexcept override { return "cancelled"; }
};

}  // namespace clipscope
