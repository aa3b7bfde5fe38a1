#include "common/zoho/own_disk.h"

#include <fmt/format.h>

namespace dropload::zoho {
namespace {

constexpr int internal_server_error = 7005;
constexpr std::string_view beginning = "The import service cannot use its own disk";

}  // namespace

bool is_of_own_disk(const Error& failure) {
  switch (failure.code) {
    case Errc::no_space:
    case Errc::io:
    case Errc::permission_denied:
    case Errc::busy:
      return true;
    default:
      return false;
  }
}

std::string own_disk_message(const Error& failure) {
  if (failure.code == Errc::no_space) {
    return fmt::format("{}, which is full ({}). Make room there, or raise the quota.", beginning, failure.message);
  }
  return fmt::format("{} ({}). Look at the disk that holds its tables, and who may write there.", beginning,
                     failure.message);
}

bool says_own_disk(int code, std::string_view message) {
  return code == internal_server_error && message.starts_with(beginning);
}

}  // namespace dropload::zoho
