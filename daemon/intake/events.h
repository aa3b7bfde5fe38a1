#pragma once

// What tells of changes below a drop directory; the kernel's is inotify.h. One thread at a time.

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "common/http/message.h"

namespace dropload::intake {

// Names are below the root: "a.csv", "north/a.csv"; the root itself is "".
struct Changes {
  std::set<std::string> files;
  std::set<std::string> directories;  // new: their contents have no events of their own
  // What is watched is not what is there any more (the root or a directory was moved or removed): begin anew.
  bool start_over = false;
  bool lost = false;  // more happened than was kept for us: what is there must be looked for. Also a start_over
};

class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  virtual ~Events() = default;

  // Watches the directory at `path`, not what is below it; its files are told of as below `name`. Errors: unavailable
  // when the limit of watches is reached; not_found; permission_denied; io.
  virtual Result<void> watch(const std::filesystem::path& path, const std::string& name) = 0;
  // Until there is something to read; throws when cancelled.
  virtual http::Awaitable<void> readable() = 0;
  // All that has happened, without waiting.
  virtual Changes read() = 0;
};

// Errors: unavailable when the system has no more of them, with what to raise; io.
using OpenEvents = std::function<Result<std::unique_ptr<Events>>(http::asio::any_io_executor)>;

}  // namespace dropload::intake
