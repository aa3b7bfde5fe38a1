#include "tests/support/mounts.h"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/files.h"

namespace dropload::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::generic_category().message(errno) +
                           ". This test mounts file systems: run it as root (in a container with CAP_SYS_ADMIN), or "
                           "below `unshare --user --map-root-user --mount`");
}

}  // namespace

void enter_mount_namespace() {
  static const bool entered = [] {
    if (::unshare(CLONE_NEWNS) != 0) fail("cannot make a mount namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) fail("cannot keep mounts to this process");
    return true;
  }();
  (void)entered;
}

Mount Mount::tmpfs(const std::filesystem::path& at, std::uint64_t bytes) {
  enter_mount_namespace();
  const auto options = "mode=0755,size=" + std::to_string(bytes);
  if (::mount("tmpfs", at.c_str(), "tmpfs", 0, options.c_str()) != 0) fail("cannot mount a tmpfs at " + at.string());
  return Mount(at);
}

Mount Mount::read_only(const std::filesystem::path& at) {
  enter_mount_namespace();
  if (::mount(at.c_str(), at.c_str(), nullptr, MS_BIND, nullptr) != 0) fail("cannot bind " + at.string());
  Mount mount(at);
  if (::mount(nullptr, at.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
    fail("cannot make " + at.string() + " read-only");
  return mount;
}

void Mount::unmount() {
  if (!at_.empty()) ::umount2(at_.c_str(), MNT_DETACH);
  at_.clear();
}

void fill_disk(const std::filesystem::path& file, std::uint64_t but_for) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) fail("cannot make " + file.string());
  struct statvfs room {};
  const std::string zeros(4096, '\0');
  while (::fstatvfs(fd.get(), &room) == 0 && room.f_bavail * room.f_frsize > but_for) {
    if (::write(fd.get(), zeros.data(), zeros.size()) <= 0) return;
  }
}

}  // namespace dropload::test
