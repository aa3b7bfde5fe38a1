#pragma once

// One deadline that is set anew for each wait of a connection. Cheaper than `operation || timer` for each of them:
// nothing is spawned. One io thread.

#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "common/base/clock.h"
#include "common/http/message.h"

namespace dropload::http {

class Watchdog {
 public:
  // `on_expired` must end the wait. It is never called after the watchdog is gone.
  Watchdog(const asio::any_io_executor& executor, std::function<void()> on_expired);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Replaces the deadline there was and forgets that it passed.
  void arm(Milliseconds from_now);
  void disarm();
  // Whether the last deadline that was armed has passed. To be asked after each wait, whatever came of it: the
  // operation may have completed just before it could be ended.
  [[nodiscard]] bool expired() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace dropload::http
