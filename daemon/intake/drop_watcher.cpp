#include "daemon/intake/drop_watcher.h"

#include <boost/asio/this_coro.hpp>

#include "daemon/intake/watching.h"

namespace dropload::intake {

http::Awaitable<void> DropWatcher::run(Parts parts, const queue::Route& route) {
  const auto executor = co_await http::asio::this_coro::executor;
  Watching watching(std::move(parts), route, executor);
  co_await watching.run();
}

}  // namespace dropload::intake
