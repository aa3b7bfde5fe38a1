#pragma once

// The kernel's events about one directory tree, as far as a drop watcher wants to know. Only plumbing: what is to be
// watched, and what follows from an event, is the watcher's. One thread at a time.
//
// Measured: `cp` ends with CLOSE_WRITE, `mv` is MOVED_TO only, `ln` and a linked O_TMPFILE are CREATE only, a directory
// that is moved in is one event with nothing for its contents, and 20,000 unread events leave 16,384 and Q_OVERFLOW
// with wd -1.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/http/message.h"

namespace dropload::intake {

// Names are below the root: "a.csv", "north/a.csv"; the root itself is "".
struct Changes {
  std::set<std::string> files;
  std::set<std::string> directories;  // new: their contents have no events of their own
  // What is watched is not what is there any more (events were lost, or the root or a directory was moved or removed):
  // begin anew.
  bool start_over = false;
};

class Inotify {
 public:
  // Errors: unavailable when the limit of instances is reached, with the sysctl to raise; io.
  static Result<std::unique_ptr<Inotify>> open(http::asio::any_io_executor executor);

  // Watches the directory at `path`, not what is below it; its files are told of as below `name`. Errors: unavailable
  // when the limit of watches is reached, with the sysctl to raise; not_found; permission_denied; io.
  Result<void> watch(const std::filesystem::path& path, const std::string& name);
  // Until there is something to read; throws when cancelled.
  http::Awaitable<void> readable();
  // All that has happened, without waiting.
  Changes read();

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
