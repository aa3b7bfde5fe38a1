#pragma once

// The loop of one drop watcher: gather names (rescan, polls, events, files that settle), look at them, take what is
// complete, wait until there is something to do. Io thread. Whether the directory is there and heard is in
// watching_attention.cpp, what is said to people in watching_words.cpp.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/http/message.h"
#include "daemon/intake/complaints.h"
#include "daemon/intake/drop_watcher.h"
#include "daemon/intake/looking.h"
#include "daemon/intake/presence.h"
#include "daemon/intake/retries.h"
#include "daemon/intake/scan.h"

namespace dropload::intake {

class Watching {
 public:
  Watching(DropWatcher::Parts parts, const queue::Route& route, http::asio::any_io_executor executor);
  // Until cancelled.
  http::Awaitable<void> run();

 private:
  http::Awaitable<void> rescan();
  http::Awaitable<void> scan_new_directories();
  http::Awaitable<void> poll();
  http::Awaitable<void> listen_for_canary();
  http::Awaitable<void> hear_canary();
  http::Awaitable<void> work_off();
  http::Awaitable<void> work_off(std::vector<std::string> names);
  http::Awaitable<void> take(std::vector<Looked> settled);
  http::Awaitable<void> taken(Looked looked);
  http::Awaitable<void> forget_marker(std::string name);
  http::Awaitable<void> wait_for_something();

  [[nodiscard]] bool is_offline() const { return standing_.attention == Attention::offline; }
  void go_offline(const Error& why);
  void found(const queue::FileIdentity& root);
  void open_events();
  void deaf_from_now_on();
  void use_scan(Scanned scanned);
  void assess(const Scanned& scanned);
  [[nodiscard]] SettleSettings settle_settings(bool on_network) const;
  void mark(std::vector<std::string> files);
  void collect_events();
  void heard_of(const std::string& name);
  void looked_at(const Looked& file);
  void cannot_look(const Looked& looked);
  void not_taken(const Looked& looked, const Error& why);
  void pause(const Error& why);
  [[nodiscard]] Time next_time() const;

  // Words.
  void say_held_open(const std::string& name, Milliseconds how_long);
  void say_not_taken(const Looked& looked, const Error& why);
  void say_paused(const Error& why);
  void say_offline(const Error& why);
  void say_found(const Scanned& scanned);
  void say_claimed(const Scanned& scanned);
  void say_attention();
  void say_lost_events();

  DropWatcher::Parts parts_;
  const queue::Route& route_;
  const queue::DropSettings& drop_;
  http::asio::any_io_executor executor_;
  Standing own_standing_;  // when nobody else asks for it
  Standing& standing_;
  Presence presence_;
  queue::FileIdentity root_;        // what is watched
  std::unique_ptr<Events> events_;  // null where they cannot be had
  std::string no_events_;           // and why
  // Whether the canary was heard; nothing before that is known.
  std::optional<bool> hears_;
  Time canary_after_;  // no other one is sent before
  bool canary_came_ = false;
  Settling settling_;
  Retries retries_;
  std::set<std::string> marked_;           // files to look at
  std::set<std::string> new_directories_;  // to scan
  std::vector<std::string> polled_;        // directories below which no event tells of anything
  Time rescan_at_;
  Time poll_at_;
  bool paused_ = false;  // until the next rescan
  Milliseconds pause_wait_{0};
  Complaints said_of_files_;
  Complaints said_;
};

}  // namespace dropload::intake
