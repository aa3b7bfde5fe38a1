#include "daemon/intake/watching.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "common/base/text.h"
#include "common/http/deadline.h"
#include "common/http/on_pool.h"
#include "daemon/intake/inotify.h"
#include "daemon/intake/intake.h"
#include "daemon/intake/ready_markers.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {
namespace {

constexpr Milliseconds pause_min{1'000};
constexpr Milliseconds pause_max{60'000};
// Looked at in one go, so that a hundred thousand files need no more memory than a thousand.
constexpr std::size_t looked_at_together = 1'000;
// Taken at once: the more, the more syncs the disk does in one, and the more files are on their way in a crash.
constexpr std::size_t taken_together = 32;
constexpr int rest_after_a_poll = 20;  // times as long as it took

}  // namespace

Watching::Watching(DropWatcher::Parts parts, const queue::Route& route, http::asio::any_io_executor executor)
    : parts_(std::move(parts)),
      route_(route),
      drop_(route.drop.value()),
      executor_(std::move(executor)),
      standing_(parts_.standing != nullptr ? *parts_.standing : own_standing_),
      presence_(drop_.directory, drop_.online_marker),
      canary_after_(parts_.clock.now()),
      settling_(settle_settings(false)),
      rescan_at_(parts_.clock.now()),
      poll_at_(parts_.clock.now()) {
  if (!parts_.open_events) parts_.open_events = Inotify::open;
}

http::Awaitable<void> Watching::run() {
  for (;;) {
    if (parts_.clock.now() >= rescan_at_) co_await rescan();
    co_await scan_new_directories();
    if (!polled_.empty() && parts_.clock.now() >= poll_at_) co_await poll();
    if (!paused_ && !is_offline()) co_await work_off();
    standing_.arriving = settling_.size();
    co_await wait_for_something();
    collect_events();
  }
}

http::Awaitable<void> Watching::rescan() {
  paused_ = false;
  new_directories_.clear();
  rescan_at_ = parts_.clock.now() + drop_.rescan_every;
  const auto present = co_await on_pool(parts_.pool, [this] { return presence_.look(); });
  if (!present) {
    go_offline(present.error());
    co_return;
  }
  found(*present);
  (void)co_await parts_.intake.recover_later(route_);
  auto scanned = co_await on_pool(parts_.pool, [this] { return scan(route_, events_.get(), ""); });
  if (scanned.unreadable) {
    go_offline(*scanned.unreadable);
    co_return;
  }
  if (route_.leave_when_done) {
    // What could not be looked into may hold files that are not gone.
    const auto root = scanned.problems.empty() ? *present : queue::FileIdentity{};
    scanned.files = co_await parts_.intake.without_left_of_all(route_, root, std::move(scanned.files));
  }
  if (events_ && !scanned.network) co_await listen_for_canary();
  use_scan(std::move(scanned));
}

void Watching::use_scan(Scanned scanned) {
  standing_.directories = scanned.directories;
  say_claimed(scanned);
  say_found(scanned);
  assess(scanned);
  settling_.use(settle_settings(scanned.network.has_value()));
  standing_.ignored = std::move(scanned.ignored);
  const std::set<std::string> files(scanned.files.begin(), scanned.files.end());
  said_of_files_.keep_only(files);
  retries_.keep_only(files);
  NamesWithReasons still_there;
  for (const auto& [name, why] : standing_.not_taken.first()) {
    if (files.contains(name)) still_there.add(name, why);
  }
  standing_.not_taken = std::move(still_there);
  if (files.empty()) standing_.stopped.reset();  // nothing is kept back any more
  mark(std::move(scanned.files));
}

SettleSettings Watching::settle_settings(bool on_network) const {
  if (drop_.complete_when != queue::CompleteWhen::settled) return {Milliseconds{0}, Milliseconds{0}};
  return {on_network ? std::max(drop_.stable_for, drop_.network_stable_for) : drop_.stable_for, drop_.empty_grace};
}

http::Awaitable<void> Watching::scan_new_directories() {
  const auto directories = std::exchange(new_directories_, {});
  for (const auto& directory : directories) {
    auto scanned = co_await on_pool(parts_.pool, [this, &directory] { return scan(route_, events_.get(), directory); });
    say_found(scanned);
    standing_.directories += scanned.directories;
    standing_.unwatched += scanned.unwatched.size();
    if (scanned.not_watched && standing_.attention == Attention::watched) {
      standing_.become(Attention::polled, scanned.not_watched->message, parts_.clock.now());
      say_attention();
    }
    polled_.insert(polled_.end(), scanned.unwatched.begin(), scanned.unwatched.end());
    polled_ = topmost(std::move(polled_));
    for (const auto& [name, rule] : scanned.ignored.first()) standing_.ignored.add(name, rule);
    mark(std::move(scanned.files));
  }
}

// Watches are tried again by the rescans only: whoever asks for them all the time finds no time for anything else.
http::Awaitable<void> Watching::poll() {
  const auto begun = parts_.clock.now();
  for (const auto& directory : polled_) {
    auto scanned = co_await on_pool(parts_.pool, [this, &directory] { return scan(route_, nullptr, directory); });
    say_found(scanned);
    mark(std::move(scanned.files));
  }
  const auto now = parts_.clock.now();
  poll_at_ = now + std::max(drop_.poll_every, (now - begun) * rest_after_a_poll);
}

http::Awaitable<void> Watching::work_off() {
  auto due = settling_.due(parts_.clock.now());
  marked_.insert(std::make_move_iterator(due.begin()), std::make_move_iterator(due.end()));
  auto names = retries_.take_ready(marked_, parts_.clock.now());
  if (route_.leave_when_done && !names.empty()) names = co_await parts_.intake.without_left(route_, std::move(names));
  if (names.empty()) co_return;
  auto order = [this, &names] { return oldest_first(drop_, std::move(names)); };
  const auto ordered = co_await on_pool(parts_.pool, std::move(order));
  for (std::size_t at = 0; at < ordered.size() && !paused_; at += looked_at_together) {
    const auto end = std::min(ordered.size(), at + looked_at_together);
    std::vector<std::string> some(ordered.begin() + static_cast<std::ptrdiff_t>(at),
                                  ordered.begin() + static_cast<std::ptrdiff_t>(end));
    co_await work_off(std::move(some));
    // The kernel keeps so many events and no more.
    if (end < ordered.size()) collect_events();
  }
}

http::Awaitable<void> Watching::work_off(std::vector<std::string> names) {
  const auto looked = co_await on_pool(parts_.pool, [this, &names] { return look_at_all(drop_, std::move(names)); });
  std::vector<Looked> settled;
  for (const auto& file : looked) {
    if (!file.look || file.waits_for) {
      looked_at(file);
    } else if (const auto found = settling_.look(file.name, *file.look, parts_.clock.now());
               const auto* again = std::get_if<LookAgain>(&found)) {
      say_held_open(file.name, again->held_open);
    } else {
      settled.push_back(file);
    }
    if (settled.size() == taken_together) co_await take(std::exchange(settled, {}));
    // The rescan that ends the pause finds the rest.
    if (paused_) co_return;
  }
  if (!settled.empty()) co_await take(std::move(settled));
}

void Watching::looked_at(const Looked& file) {
  if (!file.look) {
    cannot_look(file);
  } else if (!standing_.ignored.full()) {
    standing_.ignored.add(file.name, *file.waits_for);
  }
}

http::Awaitable<void> Watching::take(std::vector<Looked> settled) {
  std::vector<FileToTake> files;
  for (const auto& looked : settled) {
    const std::filesystem::path path(looked.name);
    files.push_back({path.parent_path().string(), path.filename().string(), *looked.look});
  }
  const auto came_of = co_await parts_.intake.take_all(route_, std::move(files));
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (came_of[i]) co_await taken(settled[i]);
  }
  // Behind those, which end a pause.
  for (std::size_t i = 0; i < settled.size() && !paused_; ++i) {
    if (!came_of[i]) not_taken(settled[i], came_of[i].error());
  }
}

http::Awaitable<void> Watching::taken(Looked looked) {
  said_of_files_.forget(looked.name);
  retries_.forget(looked.name);
  standing_.not_taken.forget(looked.name);
  standing_.ignored.forget(looked.name);
  if (wants_marker(drop_) && !route_.leave_when_done) co_await forget_marker(looked.name);
  pause_wait_ = Milliseconds{0};
  standing_.stopped.reset();
  if (said_.forget("pause")) spdlog::info("route {}: files are taken again", route_.name);
}

http::Awaitable<void> Watching::forget_marker(std::string name) {
  const auto removed = co_await on_pool(parts_.pool, [this, &name] { return remove_marker(drop_, name); });
  if (!removed) spdlog::warn("route {}: {}; remove it", route_.name, readable(removed.error().message));
}

http::Awaitable<void> Watching::wait_for_something() {
  using namespace http::asio::experimental::awaitable_operators;
  const auto wait = std::max(next_time() - parts_.clock.now(), Milliseconds{0});
  if (!events_ || paused_) {
    co_await http::sleep_for(wait);
  } else {
    co_await (events_->readable() || http::sleep_for(wait));
  }
}

Time Watching::next_time() const {
  if (paused_ || is_offline()) return rescan_at_;
  const auto polls = polled_.empty() ? rescan_at_ : poll_at_;
  const auto settles = settling_.next();
  const auto retried = retries_.next(marked_);
  return std::min({settles.value_or(rescan_at_), retried.value_or(rescan_at_), polls, rescan_at_});
}

void Watching::collect_events() {
  if (!events_) return;
  const auto changes = events_->read();
  for (const auto& name : changes.files) heard_of(name);
  for (const auto& directory : changes.directories) {
    if (may_be_entered(route_, directory)) new_directories_.insert(directory);
  }
  if (!changes.start_over) return;
  if (changes.lost) say_lost_events();
  deaf_from_now_on();
  // A pause has its own time.
  if (!paused_) rescan_at_ = parts_.clock.now();
}

void Watching::heard_of(const std::string& name) {
  if (name == canary_name) {
    canary_came_ = true;
  } else if (const auto file = marked_by(drop_, name)) {
    if (may_be_taken(route_, *file)) marked_.insert(*file);
  } else if (may_be_taken(route_, name)) {
    marked_.insert(name);
  } else if (const auto rule = ignored_by(drop_, std::filesystem::path(name).filename().string())) {
    if (!queue::claimed_by(name) && !standing_.ignored.full()) standing_.ignored.add(name, *rule);
  }
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
    standing_.not_taken.forget(looked.name);
  } else if (why.code == Errc::permission_denied) {
    const auto path = escaped((std::filesystem::path(drop_.directory) / looked.name).string());
    not_taken(looked, Error{why.code, fmt::format("{}; let dropload read it, with `chmod a+r '{}'` or where it is made",
                                                  why.message, path)});
  } else {
    not_taken(looked, why);
  }
}

void Watching::not_taken(const Looked& looked, const Error& why) {
  if (why.code == Errc::not_found) return;
  if (why.code == Errc::already_exists && route_.leave_when_done) return;  // it was touched, no more
  if (is_of_the_surroundings(why.code)) {
    pause(why);
    return;
  }
  if (looked.look) retries_.failed(looked.name, parts_.clock.now());
  if (why.code == Errc::stale) {
    // Somebody writes to it: no event may tell of the end of that.
    marked_.insert(looked.name);
  } else {
    standing_.not_taken.add(looked.name, why.message);
    say_not_taken(looked, why);
  }
}

void Watching::pause(const Error& why) {
  pause_wait_ = std::clamp(pause_wait_ * 2, pause_min, pause_max);
  paused_ = true;
  rescan_at_ = parts_.clock.now() + pause_wait_;
  if (!standing_.stopped) standing_.stopped.emplace(Standing::Stopped{"", parts_.clock.now()});
  standing_.stopped->reason = why.message;
  say_paused(why);
}

}  // namespace dropload::intake
