#include "common/http/watchdog.h"

#include <cstdint>

#include <boost/asio/steady_timer.hpp>

namespace dropload::http {

struct Watchdog::State {
  asio::steady_timer timer;
  std::function<void()> on_expired;
  std::uint64_t round = 0;  // tells a wait that was replaced after it had ended but before its handler ran
  bool expired = false;
};

Watchdog::Watchdog(const asio::any_io_executor& executor, std::function<void()> on_expired)
    : state_(std::make_shared<State>(State{asio::steady_timer(executor), std::move(on_expired)})) {}

Watchdog::~Watchdog() {
  disarm();
}

void Watchdog::arm(Milliseconds from_now) {
  state_->expired = false;
  const auto round = ++state_->round;
  state_->timer.expires_after(from_now);
  state_->timer.async_wait([state = state_, round](const boost::system::error_code& ec) {
    if (ec || state->round != round) return;
    state->expired = true;
    state->on_expired();
  });
}

void Watchdog::disarm() {
  ++state_->round;
  state_->timer.cancel();
}

bool Watchdog::expired() const {
  return state_->expired;
}

}  // namespace dropload::http
