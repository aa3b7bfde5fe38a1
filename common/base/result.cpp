#include "common/base/result.h"

#include <cerrno>
#include <stdexcept>

namespace dropload {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::not_found:
      return "not_found";
    case Errc::already_exists:
      return "already_exists";
    case Errc::stale:
      return "stale";
    case Errc::too_large:
      return "too_large";
    case Errc::permission_denied:
      return "permission_denied";
    case Errc::no_space:
      return "no_space";
    case Errc::cross_device:
      return "cross_device";
    case Errc::io:
      return "io";
    case Errc::busy:
      return "busy";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timed_out:
      return "timed_out";
    case Errc::connection:
      return "connection";
    case Errc::protocol:
      return "protocol";
    case Errc::corrupt:
      return "corrupt";
    case Errc::internal:
      return "internal";
  }
  return "unknown";
}

Error Error::while_doing(std::string_view what) const {
  return Error{code, fmt::format("{}: {}", what, message)};
}

namespace {

Errc code_of_errno(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return Errc::no_space;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::permission_denied;
    case ENOENT:
      return Errc::not_found;
    case EEXIST:
      return Errc::already_exists;
    case EXDEV:
      return Errc::cross_device;
    default:
      return Errc::io;
  }
}

}  // namespace

Error error_from_errno(int error_number, std::string_view what) {
  return Error{code_of_errno(error_number), fmt::format("{}: {}", what, std::generic_category().message(error_number))};
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(fmt::format("value of a failed result at {}:{}: {}: {}", where.file_name(), where.line(),
                                     to_string(error.code), error.message));
}

}  // namespace dropload
