#include "daemon/intake/permission.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "common/base/files.h"
#include "common/base/text.h"

namespace dropload::intake {
namespace {

std::string own_user() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  (void)::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? found->pw_name : std::to_string(::geteuid());
}

}  // namespace

std::string how_to_permit(const std::filesystem::path& directory) {
  const auto user = own_user();
  const auto path = escaped(shown(directory));
  return fmt::format(
      "dropload runs as {} (uid {}) and must be able to read it and to write to it: say `chown {} '{}'` and `chmod "
      "u+rwx '{}'`, or `setfacl -m u:{}:rwx '{}'`",
      user, ::geteuid(), user, path, path, user, path);
}

Result<void> check_may_move(const std::filesystem::path& directory) {
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
  const int reason = errno;
  const auto path = escaped(shown(directory));
  if (reason == EROFS) {
    return error(Errc::permission_denied,
                 "{} is on a file system that is mounted read-only, so nothing can be moved out of it: mount it for "
                 "writing, or say when_done = \"leave\" for the route",
                 path);
  }
  if (reason != EACCES) return {};  // what is done there finds out
  return error(Errc::permission_denied, "files cannot be moved out of {}: {}", path, how_to_permit(directory));
}

}  // namespace dropload::intake
