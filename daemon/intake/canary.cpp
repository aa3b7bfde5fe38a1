#include "daemon/intake/canary.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "common/base/files.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/ignoring.h"

namespace dropload::intake {

Result<void> send_canary(const std::filesystem::path& directory) {
  const auto held = HeldDirectory::open(directory);
  if (!held) return held.error();
  const auto path = held->path(std::string(canary_name));
  (void)::unlink(path.c_str());  // of a process that was killed in between
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return error_from_errno(errno, "cannot make a file in it");
  if (::unlink(path.c_str()) != 0) return error_from_errno(errno, "cannot remove a file from it");
  return {};
}

}  // namespace dropload::intake
