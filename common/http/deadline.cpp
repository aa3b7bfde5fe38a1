#include "common/http/deadline.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace dropload::http {

bool is_cancellation(const std::exception_ptr& thrown) {
  if (!thrown) return false;
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (const asio::multiple_exceptions& e) {
    return is_cancellation(e.first_exception());
  } catch (...) {
    return false;
  }
}

// Asio looks for a cancellation before it enters an awaited coroutine, so there is nothing left to do in it.
Awaitable<void> throw_if_cancelled() {
  co_return;
}

Awaitable<void> sleep_for(Milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

Wakeup::Wakeup(asio::any_io_executor executor) : timer_(executor) {}

void Wakeup::notify() {
  notified_ = true;
  timer_.cancel();
}

Awaitable<void> Wakeup::wait(std::optional<Milliseconds> at_most) {
  if (!notified_) {
    if (at_most) {
      timer_.expires_after(*at_most);
    } else {
      timer_.expires_at(asio::steady_timer::time_point::max());
    }
    boost::system::error_code ec;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (ec && !notified_) throw boost::system::system_error(ec);
  }
  notified_ = false;
}

}  // namespace dropload::http
