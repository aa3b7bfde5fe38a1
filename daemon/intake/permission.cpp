#include "daemon/intake/permission.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
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

Error why_not_moved(const Error& why, const std::filesystem::path& directory) {
  struct stat info {};
  if (why.code != Errc::permission_denied || ::stat(directory.c_str(), &info) != 0) return why;
  if ((info.st_mode & S_ISVTX) == 0 || info.st_uid == ::geteuid()) return why;
  const auto user = own_user();
  const auto path = escaped(shown(directory));
  return error(why.code,
               "{}; {} has the sticky bit, so that only who owns it, or the file, may move the file: say `chown {} "
               "'{}'`, as dropload runs as {} (uid {}), or `chmod -t '{}'`",
               why.message, path, user, path, user, ::geteuid(), path);
}

Error with_how_to_own(const Error& why, const std::filesystem::path& directory) {
  if (why.code != Errc::permission_denied) return why;
  const auto user = own_user();
  const auto path = escaped(shown(directory));
  return error(
      why.code,
      "{}; dropload runs as {} (uid {}) and must be able to read and to write all that is in {}: say `chown -R "
      "{} '{}'` and `chmod -R u+rwX '{}'`",
      why.message, user, ::geteuid(), path, user, path, path);
}

Result<void> check_may_use(const std::filesystem::path& directory, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto file = directory / name;
    if (::faccessat(AT_FDCWD, file.c_str(), R_OK | W_OK, AT_EACCESS) == 0 || errno != EACCES) continue;
    return with_how_to_own(error(Errc::permission_denied, "{} may not be read and written", escaped(shown(file))),
                           directory);
  }
  return {};
}

}  // namespace dropload::intake
