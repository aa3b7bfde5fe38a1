#pragma once

// Removes the originals that have lain in done/ and failed/ for as long as their routes say (keep_done, keep_failed): a
// hundred of a route at once, those first that were put away first. Only what the daemon put there itself, and nobody
// has changed or replaced since, is removed; nothing is looked at in a drop directory that is offline. Io thread;
// blocking steps run in the pool.

#include <filesystem>
#include <map>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/http/message.h"
#include "daemon/intake/complaints.h"
#include "daemon/intake/presence.h"
#include "daemon/queue/kept_files.h"
#include "daemon/queue/route.h"
#include "daemon/queue/store_thread.h"

namespace dropload::intake {

class Clearing {
 public:
  struct Parts {
    queue::StoreThread& store;
    Files& files;
    const Clock& clock;
    boost::asio::thread_pool& pool;
    const std::map<std::string, queue::Route>& routes;
    std::filesystem::path archive;  // of submissions without a drop directory
  };
  explicit Clearing(Parts parts) : parts_(std::move(parts)) {}

  // Looks every minute, and sooner where there is more, until it is cancelled; belongs in a task group.
  http::Awaitable<void> run();
  // One look at all routes. True when there is more to do. What cannot be removed now is tried again in an hour, and
  // said in the log. Errors: the store's.
  http::Awaitable<Result<bool>> clear();

 private:
  // The originals of a route in done/ or in failed/.
  struct Rule {
    const queue::Route& route;
    bool imported;
    Milliseconds keep;
    [[nodiscard]] std::string name() const;
    [[nodiscard]] std::string why() const;
  };
  http::Awaitable<Result<bool>> clear(Rule rule);
  [[nodiscard]] std::filesystem::path base_of(const queue::KeptFile& file) const;
  bool is_online(const Rule& rule, const std::filesystem::path& base, std::map<std::filesystem::path, bool>& known);
  std::vector<queue::KeptFile> only_online(const Rule& rule, std::vector<queue::KeptFile> due,
                                           std::vector<queue::KeptEnd>& ends, Time now);
  std::vector<queue::KeptEnd> ends_of(const Rule& rule, const std::vector<queue::KeptFile>& due, Time now);
  queue::KeptEnd end_of(const Rule& rule, const queue::KeptFile& file, Time now);

  Parts parts_;
  std::map<std::filesystem::path, Presence> presences_;  // by drop directory
  Complaints said_;
};

}  // namespace dropload::intake
