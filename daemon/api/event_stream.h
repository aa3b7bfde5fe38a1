#pragma once

// One listener of Events. Private to the room.

#include <vector>

#include "daemon/api/events.h"
#include "daemon/api/json_types.h"

namespace dropload::api {

// As they are sent.
std::string event_text(const queue::Happened& happened);
std::string event_text(std::string_view kind, const std::string& name);

class Events::Stream final : public http::BodySource {
 public:
  Stream(Events& events, const http::asio::any_io_executor& executor, Filter filter);
  ~Stream() override;

  // Behind `newest`; `missed` is what is told before, nothing: a reset.
  void begin(queue::EventId newest, const std::optional<std::vector<queue::Happened>>& missed);
  http::Awaitable<Result<std::string_view>> next() override;

  http::Wakeup wakeup;

 private:
  void collect();
  void reset();
  [[nodiscard]] bool is_wanted(const std::string& route, const std::string& organization) const;

  Events& events_;
  Filter filter_;
  std::uint64_t told_ = 0;      // the number of the last one that was kept
  queue::EventId told_id_ = 0;  // timeline rows up to this are told, or were before it came
  std::string waiting_;         // to be sent next
  std::string sent_;            // the piece that is under way
};

}  // namespace dropload::api
