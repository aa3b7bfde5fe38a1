#include "daemon/intake/watching.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "common/base/text.h"
#include "common/http/deadline.h"
#include "common/http/on_pool.h"

namespace dropload::intake {
namespace {

constexpr Milliseconds pause_min{1'000};
constexpr Milliseconds pause_max{60'000};
constexpr Milliseconds worth_a_word{5 * 60'000};  // that a file is held open

// Errors that are not the file's: the next file would fail in the same way.
bool is_of_the_surroundings(Errc code) {
  return code == Errc::no_space || code == Errc::unavailable || code == Errc::busy || code == Errc::timed_out;
}

}  // namespace

Watching::Watching(DropWatcher::Parts parts, const queue::Route& route, http::asio::any_io_executor executor)
    : parts_(parts),
      route_(route),
      executor_(std::move(executor)),
      standing_(parts.standing != nullptr ? *parts.standing : own_standing_),
      presence_(route.drop.value().directory, route.drop->online_marker),
      settling_({.stable_for = route.drop->stable_for}),
      rescan_at_(parts.clock.now()) {}

http::Awaitable<void> Watching::run() {
  for (;;) {
    if (parts_.clock.now() >= rescan_at_) co_await rescan();
    co_await scan_new_directories();
    if (!paused_ && standing_.attention != Attention::offline) co_await work_off();
    co_await wait_for_something();
    collect_events();
  }
}

http::Awaitable<void> Watching::rescan() {
  paused_ = false;
  new_directories_.clear();
  rescan_at_ = parts_.clock.now() + route_.drop->rescan_every;
  const auto present = co_await on_pool(parts_.pool, [this] { return presence_.look(); });
  if (!present) {
    go_offline(present.error());
    co_return;
  }
  if (!inotify_) open_inotify();
  (void)co_await parts_.intake.recover_later(route_);
  auto scanned = co_await on_pool(parts_.pool, [this] { return scan(route_, inotify_.get(), ""); });
  if (scanned.unreadable) {
    go_offline(*scanned.unreadable);
    co_return;
  }
  report_claimed(scanned);
  report(scanned);
  assess(scanned);
  const std::set<std::string> found(scanned.files.begin(), scanned.files.end());
  said_of_files_.keep_only(found);
  retries_.keep_only(found);
  mark(std::move(scanned.files));
  rescan_at_ = parts_.clock.now() + route_.drop->rescan_every;
}

http::Awaitable<void> Watching::scan_new_directories() {
  const auto directories = std::exchange(new_directories_, {});
  for (const auto& directory : directories) {
    auto scanned =
        co_await on_pool(parts_.pool, [this, &directory] { return scan(route_, inotify_.get(), directory); });
    // It may be gone again; that is no trouble of the drop directory as a whole.
    scanned.unreadable.reset();
    report(scanned);
    mark(std::move(scanned.files));
  }
}

http::Awaitable<void> Watching::work_off() {
  auto due = settling_.due(parts_.clock.now());
  marked_.insert(std::make_move_iterator(due.begin()), std::make_move_iterator(due.end()));
  const auto names = retries_.take_ready(marked_, parts_.clock.now());
  if (names.empty()) co_return;
  const auto looked =
      co_await on_pool(parts_.pool, [this, &names] { return look_at_all(route_.drop->directory, names); });
  for (const auto& file : looked) {
    if (!file.look) {
      cannot_look(file);
    } else {
      const auto settled = settling_.look(file.name, *file.look, parts_.clock.now());
      if (const auto* again = std::get_if<LookAgain>(&settled)) {
        held_open(file.name, again->held_open);
      } else {
        co_await take(file);
      }
    }
    // The rescan that ends the pause finds the rest.
    if (paused_) co_return;
  }
}

http::Awaitable<void> Watching::take(Looked looked) {
  const std::filesystem::path path(looked.name);
  const auto taken =
      co_await parts_.intake.take(route_, path.parent_path().string(), path.filename().string(), *looked.look);
  if (!taken) {
    not_taken(looked, taken.error());
    co_return;
  }
  said_of_files_.forget(looked.name);
  retries_.forget(looked.name);
  pause_wait_ = Milliseconds{0};
  if (said_.forget("pause")) spdlog::info("route {}: files are taken again", route_.name);
}

http::Awaitable<void> Watching::wait_for_something() {
  using namespace http::asio::experimental::awaitable_operators;
  const auto wait = std::max(next_time() - parts_.clock.now(), Milliseconds{0});
  if (!inotify_ || paused_) {
    co_await http::sleep_for(wait);
  } else {
    co_await (inotify_->readable() || http::sleep_for(wait));
  }
}

Time Watching::next_time() const {
  if (paused_) return rescan_at_;
  const auto settles = settling_.next();
  const auto retried = retries_.next(marked_);
  return std::min({settles.value_or(rescan_at_), retried.value_or(rescan_at_), rescan_at_});
}

void Watching::open_inotify() {
  auto opened = Inotify::open(executor_);
  no_inotify_ = opened ? "" : opened.error().message;
  if (opened) {
    inotify_ = std::move(*opened);
    said_.forget("inotify");
  } else if (said_.is_new("inotify", opened.error().message)) {
    spdlog::warn("route {}: {}. Until then files are found by looking every {} s", route_.name, opened.error().message,
                 route_.drop->rescan_every.count() / 1000);
  }
}

void Watching::collect_events() {
  if (!inotify_) return;
  auto changes = inotify_->read();
  for (const auto& name : changes.files) {
    if (may_be_taken(route_, name)) marked_.insert(name);
  }
  for (const auto& directory : changes.directories) {
    if (may_be_entered(route_, directory)) new_directories_.insert(directory);
  }
  if (!changes.start_over) return;
  inotify_.reset();
  // A pause has its own time.
  if (!paused_) rescan_at_ = parts_.clock.now();
}

void Watching::mark(std::vector<std::string> files) {
  marked_.insert(std::make_move_iterator(files.begin()), std::make_move_iterator(files.end()));
}

void Watching::cannot_look(const Looked& looked) {
  settling_.forget(looked.name);
  const Error& why = looked.look.error();
  if (why.code == Errc::not_found) {
    said_of_files_.forget(looked.name);
    retries_.forget(looked.name);
  } else {
    not_taken(looked, why);
  }
}

// Most are large files that are still being written; but a program that never closes its file would wait for ever.
void Watching::held_open(const std::string& name, Milliseconds how_long) {
  if (how_long < worth_a_word || !said_of_files_.is_new(name, "held open")) return;
  spdlog::warn("route {}: {} has been open for writing in another program for {} min; it is taken when that closes it",
               route_.name, escaped(name), how_long.count() / 60'000);
}

void Watching::not_taken(const Looked& looked, const Error& why) {
  if (why.code == Errc::not_found) return;
  if (is_of_the_surroundings(why.code)) {
    pause(why);
    return;
  }
  if (looked.look) retries_.failed(looked.name, parts_.clock.now());
  if (why.code == Errc::stale) {
    // Somebody writes to it: no event may tell of the end of that.
    marked_.insert(looked.name);
  } else if (said_of_files_.is_new(looked.name, fmt::format("{} {}", looked.stamp, to_string(why.code)))) {
    spdlog::warn("route {}: {} stays where it is: {}", route_.name, escaped(looked.name), readable(why.message));
  }
}

void Watching::pause(const Error& why) {
  pause_wait_ = std::clamp(pause_wait_ * 2, pause_min, pause_max);
  paused_ = true;
  rescan_at_ = parts_.clock.now() + pause_wait_;
  if (said_.is_new("pause", std::string(to_string(why.code)))) {
    spdlog::warn("route {}: no file is taken for now: {}. It is tried again and again", route_.name,
                 readable(why.message));
  }
}

// What was known of its files stays known, but for how long they had been at rest: nobody has seen what was done to
// them meanwhile. The scan that finds it again finds them too.
void Watching::go_offline(const Error& why) {
  // What lies there the next time may be another directory.
  inotify_.reset();
  marked_.clear();
  settling_ = Settling({.stable_for = route_.drop->stable_for});
  standing_.become(Attention::offline, why.message, parts_.clock.now());
  if (!said_.is_new("directory", why.message)) return;
  spdlog::warn(
      "route {}: the drop directory {} is offline, and nothing in it is taken until it is back: {}. It is looked "
      "for again every {} s",
      route_.name, escaped(route_.drop->directory), readable(why.message), route_.drop->rescan_every.count() / 1000);
}

// Do events tell all that happens there?
void Watching::assess(const Scanned& scanned) {
  std::string why_not = no_inotify_;
  if (why_not.empty() && scanned.not_watched) why_not = scanned.not_watched->message;
  if (why_not.empty() && scanned.network)
    why_not = fmt::format("{} tells nothing of what other machines write", *scanned.network);
  const auto attention = why_not.empty() ? Attention::watched : Attention::polled;
  standing_.become(attention, std::move(why_not), parts_.clock.now());
}

// A spool that was lost or put back to an older state knows nothing of files that were on their way into it.
void Watching::report_claimed(const Scanned& scanned) {
  for (const auto& name : scanned.claimed) {
    const auto id = queue::claimed_by(std::filesystem::path(name).filename().string());
    if (!id || parts_.intake.has_entry(*id) || !said_.is_new(name, "")) continue;
    spdlog::warn(
        "route {}: {} is a file that an intake had claimed, and nothing is known of that any more; give it its name "
        "again to have it taken, or remove it",
        route_.name, escaped(name));
  }
}

void Watching::report(const Scanned& scanned) {
  if (said_.forget("directory"))
    spdlog::info("route {}: the drop directory {} is back", route_.name, escaped(route_.drop->directory));
  if (scanned.not_watched && said_.is_new("watch", scanned.not_watched->message)) {
    spdlog::warn("route {}: {}. Files there are found by looking every {} s", route_.name,
                 readable(scanned.not_watched->message), route_.drop->rescan_every.count() / 1000);
  }
  if (scanned.network && said_.is_new("network", std::string(*scanned.network))) {
    spdlog::warn(
        "route {}: {} lies on {}, which tells nothing of what other machines write. Files are found by looking every "
        "{} s, and are taken when they have not changed for {} ms (stable_for)",
        route_.name, escaped(route_.drop->directory), *scanned.network, route_.drop->rescan_every.count() / 1000,
        route_.drop->stable_for.count());
  }
  for (const auto& problem : scanned.problems) {
    if (said_.is_new(problem, "")) spdlog::warn("route {}: {}", route_.name, readable(problem));
  }
}

}  // namespace dropload::intake
