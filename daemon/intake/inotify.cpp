#include "daemon/intake/inotify.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/inotify.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/files.h"
#include "common/base/text.h"
#include "daemon/intake/watch_limits.h"

namespace dropload::intake {
namespace {

constexpr std::uint32_t wanted =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

Error watch_failed(int reason, const std::filesystem::path& path) {
  if (reason == ENOSPC) {
    return error(Errc::unavailable, "{}", watches_missing(1, shown(path), inotify_limit("max_user_watches")));
  }
  return error_from_errno(reason, fmt::format("cannot watch {}", escaped(shown(path))));
}

}  // namespace

Result<std::unique_ptr<Events>> Inotify::open(http::asio::any_io_executor executor) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd >= 0) return std::unique_ptr<Events>(new Inotify(std::move(executor), fd));
  if (errno == EMFILE) {
    return error(Errc::unavailable, "{}", instances_missing(inotify_limit("max_user_instances")));
  }
  return error_from_errno(errno, "cannot use inotify");
}

Result<void> Inotify::watch(const std::filesystem::path& path, const std::string& name) {
  const int watch = ::inotify_add_watch(descriptor_.native_handle(), path.c_str(), wanted);
  if (watch < 0) return watch_failed(errno, path);
  directories_[watch] = name;
  return {};
}

http::Awaitable<void> Inotify::readable() {
  co_await descriptor_.async_wait(http::asio::posix::stream_descriptor::wait_read, http::asio::use_awaitable);
}

Changes Inotify::read() {
  Changes changes;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const auto n = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return changes;
    for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      // The name is padded with NULs to the event's length.
      const char* name = buffer.data() + at + sizeof event;
      apply({event.wd, event.mask, std::string(name, ::strnlen(name, event.len))}, changes);
      at += sizeof event + event.len;
    }
  }
}

void Inotify::apply(const Event& event, Changes& changes) {
  const auto watched = directories_.find(event.watch);
  if ((event.mask & IN_Q_OVERFLOW) != 0) changes.start_over = changes.lost = true;
  if (watched == directories_.end()) return;
  const bool is_root = watched->second.empty();
  if ((event.mask & IN_IGNORED) != 0) {
    changes.start_over |= is_root;
    directories_.erase(watched);
  } else if ((event.mask & (IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
    // The names of all that is below it are others now.
    changes.start_over = true;
  } else if (!event.name.empty()) {
    auto& names = (event.mask & IN_ISDIR) != 0 ? changes.directories : changes.files;
    names.insert(is_root ? event.name : watched->second + "/" + event.name);
  }
}

}  // namespace dropload::intake
