#pragma once

// The kernel's events about one directory tree, as far as a drop watcher wants to know. Only plumbing: what is to be
// watched, and what follows from an event, is the watcher's. One thread at a time.
//
// Measured: `cp` ends with CLOSE_WRITE, `mv` is MOVED_TO only, `ln` and a linked O_TMPFILE are CREATE only, a directory
// that is moved in is one event with nothing for its contents, and 20,000 unread events leave 16,384 and Q_OVERFLOW
// with wd -1.

#include <cstdint>
#include <map>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "daemon/intake/events.h"

namespace dropload::intake {

class Inotify final : public Events {
 public:
  // Errors: unavailable when the limit of instances is reached, with the sysctl to raise; io.
  static Result<std::unique_ptr<Events>> open(http::asio::any_io_executor executor);

  Result<void> watch(const std::filesystem::path& path, const std::string& name) override;
  http::Awaitable<void> readable() override;
  Changes read() override;

 private:
  Inotify(http::asio::any_io_executor executor, int fd) : descriptor_(std::move(executor), fd) {}
  struct Event {
    int watch;
    std::uint32_t mask;
    std::string name;
  };
  void apply(const Event& event, Changes& changes);

  http::asio::posix::stream_descriptor descriptor_;
  std::map<int, std::string> directories_;  // by watch descriptor
};

}  // namespace dropload::intake
