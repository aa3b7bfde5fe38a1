#pragma once

// Holds what came against what every route expects, and says in the log, once each time and whatever restarts there
// are, what is missing, late or far too small. Io thread.

#include <map>
#include <string>
#include <vector>

#include "common/http/message.h"
#include "daemon/intake/expected.h"
#include "daemon/queue/route.h"
#include "daemon/queue/said_expectations.h"
#include "daemon/queue/store_thread.h"

namespace dropload::intake {

class Expecting {
 public:
  // `routes` and the others outlive it.
  Expecting(queue::StoreThread& store, const Clock& clock, const std::map<std::string, queue::Route>& routes);

  // Looks every half a minute until it is cancelled; belongs in a task group. When the queue cannot be read it says so
  // and tries again.
  http::Awaitable<void> run();
  // One look; the first reads what came before. Errors: the store's.
  http::Awaitable<Result<void>> look();
  // What was accepted just now.
  void came(const queue::Submission& submission);
  // One for each file that the route expects, in the order of the configuration; empty until what came before is read.
  [[nodiscard]] std::vector<std::pair<std::string, Judgement>> judged(const std::string& route) const;

 private:
  struct Followed {
    std::string route;
    Expected expected;
    queue::SaidOfExpectation said;
  };
  static void say(const Followed& one, const Judgement& judged);
  http::Awaitable<Result<void>> begin();
  http::Awaitable<Result<void>> read_what_came();
  http::Awaitable<Result<void>> read_newest();
  void take(const queue::Arrival& arrival);
  http::Awaitable<Result<void>> say_what_changed();

  queue::StoreThread& store_;
  const Clock& clock_;
  const std::map<std::string, queue::Route>& routes_;
  std::vector<Followed> followed_;
  bool ready_ = false;
};

}  // namespace dropload::intake
