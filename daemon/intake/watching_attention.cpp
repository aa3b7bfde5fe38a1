#include <algorithm>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "common/http/deadline.h"
#include "common/http/on_pool.h"
#include "daemon/intake/canary.h"
#include "daemon/intake/permission.h"
#include "daemon/intake/watching.h"

// What a drop watcher knows of its directory as a whole: is it there, and is all heard that happens in it?

namespace dropload::intake {

// What lies at its path now; watches of another one would tell nothing of it.
void Watching::found(const queue::FileIdentity& root) {
  if (root != root_) deaf_from_now_on();
  root_ = root;
  if (!events_) open_events();
}

// Do events tell all that happens there? Where they do not, it is looked for, all of it or what lacks a watch.
void Watching::assess(const Scanned& scanned) {
  std::string why_not = no_events_;
  if (why_not.empty() && scanned.network)
    why_not = fmt::format("{} tells nothing of what other machines write", *scanned.network);
  if (why_not.empty() && hears_ == false)
    why_not = "its file system tells of no changes: a file that was made for a test was not heard of within a second";
  const bool all_is_polled = !why_not.empty();
  if (why_not.empty() && scanned.not_watched) why_not = scanned.not_watched->message;
  const auto now = parts_.clock.now();
  polled_ = all_is_polled ? std::vector<std::string>() : topmost(scanned.unwatched);
  standing_.unwatched = all_is_polled ? scanned.directories : scanned.unwatched.size();
  const bool starts_over = !events_ && no_events_.empty();  // what was watched went away meanwhile
  if (!starts_over)
    rescan_at_ = now + (all_is_polled ? std::min(drop_.rescan_every, drop_.poll_every) : drop_.rescan_every);
  poll_at_ = now + drop_.poll_every;
  const auto attention = why_not.empty() ? Attention::watched : Attention::polled;
  standing_.become(attention, std::move(why_not), now);
  say_attention();
}

http::Awaitable<void> Watching::listen_for_canary() {
  using namespace http::asio::experimental::awaitable_operators;
  const bool is_time = !hears_ || (!*hears_ && parts_.clock.now() >= canary_after_);
  if (!is_time) co_return;
  canary_came_ = false;
  canary_after_ = parts_.clock.now() + drop_.rescan_every;
  const auto sent = co_await on_pool(parts_.pool, [this] { return send_canary(drop_.directory); });
  if (!sent) co_return;
  co_await (hear_canary() || http::sleep_for(canary_heard_within));
  // It may have come with the end of the wait.
  collect_events();
  // Without events there is a reason of its own.
  if (events_) hears_ = canary_came_;
}

http::Awaitable<void> Watching::hear_canary() {
  for (collect_events(); events_ && !canary_came_; collect_events()) co_await events_->readable();
}

void Watching::deaf_from_now_on() {
  events_.reset();
  hears_.reset();
}

void Watching::open_events() {
  auto opened = parts_.open_events(executor_);
  no_events_ = opened ? "" : opened.error().message;
  if (opened) events_ = std::move(*opened);
}

// What was known of its files stays known, but for how long they had been at rest: nobody has seen what was done to
// them meanwhile. The scan that finds it again finds them too.
void Watching::go_offline(const Error& why) {
  deaf_from_now_on();
  root_ = {};
  marked_.clear();
  polled_.clear();
  settling_.forget_all();
  const Error with_advice = why.code == Errc::permission_denied
                                ? Error{why.code, fmt::format("{}; {}", why.message, how_to_permit(drop_.directory))}
                                : why;
  standing_.become(Attention::offline, with_advice.message, parts_.clock.now());
  say_offline(with_advice);
}

}  // namespace dropload::intake
