#pragma once

// The daemon while it cannot start, as there is no room on its disk for what a start must write: it lives, says so to
// whoever asks, and accepts nothing.

#include <memory>

#include "common/base/result.h"
#include "daemon/config.h"

namespace dropload {

// Does a start that failed so only want for room? Where the index of a database's log finds none, it is an I/O error.
bool is_for_room(const Error& why, const Config& config);

class WaitingForRoom {
 public:
  // Listens where the REST API will; the service manager is told that the daemon is up. GET /healthz is 200, all else
  // 507 with the reason. Errors: those of http::Server::listen.
  static Result<std::unique_ptr<WaitingForRoom>> begin(const Config& config, const Error& why);
  virtual ~WaitingForRoom() = default;

  // Answers for a second, then the start is to be tried again, which may find another reason. False: it is to end
  // (SIGTERM, SIGINT).
  virtual bool wait(const Error& why) = 0;
  // Where it listens, for the API to do the same.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace dropload
