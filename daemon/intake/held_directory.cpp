#include "daemon/intake/held_directory.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "common/base/text.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

// O_PATH: a directory that may be searched but not listed can be worked in.
constexpr int held_flags = O_PATH | O_DIRECTORY | O_CLOEXEC;

Error cannot_enter(int reason, const fs::path& path) {
  struct stat info {};
  const std::string name = escaped(shown(path));
  if ((reason == ENOTDIR || reason == ELOOP) && ::lstat(path.c_str(), &info) == 0) {
    if (S_ISLNK(info.st_mode)) {
      return error(Errc::invalid_argument,
                   "{} is a symbolic link, and links are not followed; put a directory in its place", name);
    }
    return error(Errc::invalid_argument, "{} is not a directory; move it away", name);
  }
  return error_from_errno(reason, fmt::format("cannot open the directory {}", name));
}

}  // namespace

Result<HeldDirectory> HeldDirectory::open(const fs::path& root) {
  UniqueFd fd(::open(root.c_str(), held_flags));
  if (!fd) return cannot_enter(errno, root);
  return HeldDirectory(std::move(fd));
}

// A machine that was restarted may give its devices other numbers, and whoever makes a directory anew gives it another
// inode; under a file system that is not mounted both are others.
Result<HeldDirectory> HeldDirectory::open_again(const fs::path& root, const queue::FileIdentity& then) {
  auto held = open(root);
  if (!held && held.error().code == Errc::not_found) {
    return error(Errc::unavailable, "the drop directory {} is not there; mount it, or make it again",
                 escaped(root.string()));
  }
  if (!held || then.inode == 0) return held;
  const auto now = held->identity();
  if (!now) return now.error();
  if (now->device != then.device && now->inode != then.inode) {
    return error(Errc::unavailable,
                 "the drop directory {} is another one than the file was taken from: mount its file system",
                 escaped(root.string()));
  }
  return held;
}

Result<queue::FileIdentity> HeldDirectory::identity() const {
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) {
    const int reason = errno;
    return error_from_errno(reason, fmt::format("cannot examine {}", escaped(shown(path()))));
  }
  return queue::FileIdentity{info.st_dev, info.st_ino};
}

Result<HeldDirectory> HeldDirectory::step(const fs::path& name) const {
  UniqueFd fd(::openat(fd_.get(), name.c_str(), held_flags | O_NOFOLLOW));
  if (!fd) return cannot_enter(errno, path() / name);
  return HeldDirectory(std::move(fd));
}

// One name after the other, each relative to the directory that is held: openat2 could do it in one call, but is
// forbidden in many containers, and making what is missing needs the single steps anyway.
template <typename Missing>
Result<HeldDirectory> HeldDirectory::walk(const fs::path& below, Missing missing) const {
  auto at = step(".");
  for (const auto& name : below) {
    if (!at) return at;
    if (name.empty() || name == ".") continue;
    if (name == ".." || name.is_absolute()) {
      return error(Errc::invalid_argument, "'{}' does not lie below a drop directory", escaped(below.string()));
    }
    auto next = at->step(name);
    if (!next && next.error().code == Errc::not_found) {
      if (auto mended = missing(*at, name, next.error()); !mended) return mended.error();
      next = at->step(name);
    }
    at = std::move(next);
  }
  return at;
}

Result<HeldDirectory> HeldDirectory::enter(const fs::path& below) const {
  return walk(below, [](const HeldDirectory&, const fs::path&, const Error& why) -> Result<void> { return why; });
}

Result<HeldDirectory> HeldDirectory::make(Files& files, const fs::path& below) const {
  return walk(below, [&files](const HeldDirectory& at, const fs::path& name, const Error&) -> Result<void> {
    if (auto made = files.make_directories(at.path() / name); !made) return made;
    return files.sync_directory(at.path());
  });
}

fs::path HeldDirectory::path() const {
  return fmt::format("/proc/self/fd/{}", fd_.get());
}

}  // namespace dropload::intake
