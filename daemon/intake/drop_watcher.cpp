#include "daemon/intake/drop_watcher.h"

#include <boost/asio/this_coro.hpp>

#include "daemon/intake/watching.h"

namespace dropload::intake {

http::Awaitable<void> DropWatcher::run(Parts parts, const queue::Route& route) {
  Watching watching(parts, route, co_await http::asio::this_coro::executor);
  co_await watching.run();
}

}  // namespace dropload::intake
