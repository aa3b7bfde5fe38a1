#pragma once

// Expected failures are values: Result<T> holds a T or an Error. Exceptions are for what nobody foresaw; they are
// stopped at two fences only, the HTTP request (common/http/server) and the owner of a thread or task group.
//
// An Error carries a code for code (stable, compared in tests) and a sentence for people (shown in logs, problem
// documents, reason files). A sentence says what happened, to what, and, where we know it, what to do. It never holds a
// secret.

#include <string>
#include <system_error>

#include <fmt/format.h>
#include <boost/system/result.hpp>

namespace dropload {

// Starts at 1: a zero would read as success wherever a code is tested for truth.
enum class Errc {
  invalid_argument = 1,  // the caller's input is wrong; the sentence says where and what instead
  not_found,             // no such thing
  already_exists,        // the name is taken, and it was to be new
  stale,                 // compare-and-set failed: the row is not in the state the caller believed it to be in
  too_large,             // over a limit of ours
  permission_denied,
  no_space,      // disk full or over quota
  cross_device,  // a rename between two file systems
  io,            // any other failure of a file or a disk
  busy,          // somebody else holds it (a lock, a database)
  unavailable,   // shutting down, or a part that is needed is not there
  timed_out,     // a deadline of ours passed
  connection,    // resolving, connecting, TLS, or a connection that broke
  protocol,      // a peer said something that its protocol does not allow
  corrupt,       // our own data is not what we wrote
  internal       // a bug: an exception that nobody foresaw
};

// The code as a word, as it stands in logs and JSON: "not_found".
std::string_view to_string(Errc code);

struct Error {
  Errc code = Errc::internal;
  std::string message;

  // The same error with what was being done put in front: "cannot read /x: no such file".
  [[nodiscard]] Error while_doing(std::string_view what) const;
};

template <typename T>
using Result = boost::system::result<T, Error>;

template <typename... Args>
[[nodiscard]] Error error(Errc code, fmt::format_string<Args...> format, Args&&... args) {
  return Error{code, fmt::format(format, std::forward<Args>(args)...)};
}

// The error of a failed system call. ENOSPC and EDQUOT become no_space, EACCES and EPERM permission_denied, ENOENT
// not_found, EEXIST already_exists, EXDEV cross_device, the rest io. The sentence is "<what>: <strerror>".
[[nodiscard]] Error error_from_errno(int error_number, std::string_view what);

// Called by boost::system::result when value() is asked of a failure: a bug in the caller, so it throws
// std::logic_error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace dropload
