#pragma once

// Every network wait has a deadline. Asio 1.26 has no cancel_after: this is `operation || timer`.

#include <exception>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.h"
#include "common/http/message.h"

namespace dropload::http {

// Whether this is how a cancelled wait ends: operation_aborted, alone or as the two that `||` throws when both its
// sides were cancelled.
bool is_cancellation(const std::exception_ptr& thrown);

// For what waits without exceptions (redirect_error): ends a coroutine that was cancelled meanwhile, by
// operation_aborted.
Awaitable<void> throw_if_cancelled();

// Waits that long, or until cancelled (then it throws operation_aborted like any Asio call under use_awaitable).
Awaitable<void> sleep_for(Milliseconds duration);

// A wait that somebody else ends: "something changed, look again". Notifications are kept: one that comes while nobody
// waits makes the next wait return at once; several are one. One io thread.
class Wakeup {
 public:
  explicit Wakeup(asio::any_io_executor executor);
  void notify();
  // Until notified, or at most this long; no limit when empty.
  Awaitable<void> wait(std::optional<Milliseconds> at_most);

 private:
  asio::steady_timer timer_;
  bool notified_ = false;
};

}  // namespace dropload::http
