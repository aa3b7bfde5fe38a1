#include "daemon/api/event_stream.h"

namespace dropload::api {
namespace {

constexpr std::size_t event_piece_bytes = 64 * 1024;
// How long a browser waits before it comes back.
constexpr std::string_view greeting = "retry: 1000\n\n";

}  // namespace

Events::Stream::Stream(Events& events, const http::asio::any_io_executor& executor, Filter filter)
    : wakeup(executor), events_(events), filter_(std::move(filter)), told_(events.last_number_) {
  events_.streams_.insert(this);
}

Events::Stream::~Stream() {
  events_.streams_.erase(this);
}

void Events::Stream::reset() {
  told_ = events_.last_number_;
  told_id_ = events_.last_id_;
  waiting_ = fmt::format("event: reset\nid: {}\ndata: {{}}\n\n", told_id_);
}

void Events::Stream::begin(queue::EventId newest, const std::optional<std::vector<queue::Happened>>& missed) {
  told_id_ = newest;
  waiting_ = greeting;
  if (!missed) {
    waiting_ += fmt::format("event: reset\nid: {}\ndata: {{}}\n\n", newest);
    return;
  }
  for (const auto& happened : *missed) {
    if (is_wanted(happened.route, happened.organization)) waiting_ += event_text(happened);
  }
}

bool Events::Stream::is_wanted(const std::string& route, const std::string& organization) const {
  return (!filter_.route || route.empty() || *filter_.route == route) &&
         (!filter_.organization || organization.empty() || *filter_.organization == organization);
}

void Events::Stream::collect() {
  const auto& kept = events_.kept_;
  if (kept.empty() || kept.back().number <= told_) return;
  if (kept.front().number > told_ + 1) return reset();
  for (auto next = kept.begin() + static_cast<std::ptrdiff_t>(told_ + 1 - kept.front().number);
       next != kept.end() && waiting_.size() < event_piece_bytes; ++next) {
    told_ = next->number;
    if (next->id != 0 && next->id <= told_id_) continue;
    if (is_wanted(next->route, next->organization)) waiting_ += next->text;
  }
}

// A listener that wants nothing of what happens is told so by a comment: it knows that all is well, and we, when it
// cannot be sent, that nobody listens any more.
http::Awaitable<Result<std::string_view>> Events::Stream::next() {
  if (waiting_.empty()) collect();
  if (waiting_.empty() && !events_.closed_) {
    co_await wakeup.wait(events_.settings_.comment_every);
    collect();
    if (waiting_.empty()) waiting_ = ":\n\n";
  }
  if (events_.closed_) co_return std::string_view();
  sent_ = std::exchange(waiting_, {});
  co_return std::string_view(sent_);
}

}  // namespace dropload::api
