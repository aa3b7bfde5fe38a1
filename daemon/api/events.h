#pragma once

// What happens, as it happens, for whoever follows it (GET /v1/events): server-sent events out of the timelines in the
// store, and out of what is paused there. After a commit that changed something the new rows are read once, at most ten
// times a second, and given to all listeners.
//
//   event: submission     id: 812 (of the timeline's row)
//                         data: {"id": 41, "state": "done", "what": "done", "route": …, "organization": …, "table": …,
//                         "file_name": …, "at": …}, its state as it was when the row was read
//   event: organization   data: {"name": …}: it was paused or resumed, or something of it has happened, so that its
//   event: route          slots may have changed; a route: it was paused or resumed
//   event: reset          look at all anew: nothing is known of what happened before this
//
// A listener that comes back with the id of the last event it had gets what happened since from the store, if that is
// no more than `most_kept`; else, and at first, it begins with a reset. So does one that is so slow that more than
// `most_kept` wait for it. Nothing is read, and nothing costs, while nobody listens.
//
// One io thread. Outlives its streams.

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "common/http/deadline.h"
#include "common/http/server.h"
#include "daemon/queue/store_thread.h"
#include "daemon/queue/timeline.h"

namespace dropload::api {

class Events {
 public:
  static constexpr std::size_t most_kept = 1'000;
  static constexpr std::size_t most_listeners = 64;

  struct Settings {
    Milliseconds comment_every{15'000};  // so that a connection that has died is found out
    Milliseconds read_every{100};        // at most that often
  };
  struct Filter {
    std::optional<std::string> route{};
    std::optional<std::string> organization{};
  };

  Events(queue::StoreThread& store, http::asio::any_io_executor executor)
      : Events(store, std::move(executor), Settings{}) {}
  Events(queue::StoreThread& store, http::asio::any_io_executor executor, Settings settings);
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  // Reads and gives on until it is cancelled; belongs in a task group.
  http::Awaitable<void> run();
  // A new listener, from behind the event `after` or from now on. unavailable: there are as many as there may be; the
  // store's errors.
  http::Awaitable<Result<std::shared_ptr<http::BodySource>>> listen(Filter filter, std::optional<queue::EventId> after);
  // All streams end, and no new one begins.
  void close();

 private:
  class Stream;
  struct Kept {
    std::uint64_t number = 0;
    queue::EventId id = 0;  // 0: of an organization or a route
    std::string route;
    std::string organization;
    std::string text;
  };
  http::Awaitable<Result<bool>> read_more();
  void keep(queue::EventId id, std::string route, std::string organization, std::string text);

  queue::StoreThread& store_;
  Settings settings_;
  http::asio::any_io_executor executor_;
  std::shared_ptr<http::Wakeup> changed_;
  std::deque<Kept> kept_;
  std::uint64_t last_number_ = 0;
  queue::EventId last_id_ = 0;
  queue::AllPauses pauses_;
  std::set<Stream*> streams_;
  bool closed_ = false;
};

}  // namespace dropload::api
