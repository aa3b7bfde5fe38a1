#pragma once

// The loop of one drop watcher: gather names (rescan, events, files that settle), look at them, take what is complete,
// wait until there is something to do. Io thread.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/http/message.h"
#include "daemon/intake/complaints.h"
#include "daemon/intake/drop_watcher.h"
#include "daemon/intake/inotify.h"
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
  http::Awaitable<void> work_off();
  http::Awaitable<void> take(Looked looked);
  http::Awaitable<void> wait_for_something();

  void go_offline(const Error& why);
  void assess(const Scanned& scanned);
  void open_inotify();
  void mark(std::vector<std::string> files);
  void collect_events();
  void cannot_look(const Looked& looked);
  void held_open(const std::string& name, Milliseconds how_long);
  void not_taken(const Looked& looked, const Error& why);
  void pause(const Error& why);
  void report(const Scanned& scanned);
  void report_claimed(const Scanned& scanned);
  [[nodiscard]] Time next_time() const;

  DropWatcher::Parts parts_;
  const queue::Route& route_;
  http::asio::any_io_executor executor_;
  Standing own_standing_;  // when nobody else asks for it
  Standing& standing_;
  Presence presence_;
  std::unique_ptr<Inotify> inotify_;  // null where it cannot be had
  std::string no_inotify_;            // and why
  Settling settling_;
  Retries retries_;
  std::set<std::string> marked_;           // files to look at
  std::set<std::string> new_directories_;  // to scan
  Time rescan_at_;
  bool paused_ = false;  // until the next rescan
  Milliseconds pause_wait_{0};
  Complaints said_of_files_;
  Complaints said_;
};

}  // namespace dropload::intake
