#pragma once

// Our side: the real store, scheduler, verdicts and budget, driven by events instead of coroutines. What the runner's
// actions do between them is here in short: Asio waits in real time, so they cannot be had without it.

#include <filesystem>
#include <memory>
#include <set>

#include "daemon/queue/route.h"
#include "daemon/queue/store.h"
#include "daemon/schedule/outcome_lost.h"
#include "daemon/schedule/scheduler.h"
#include "tests/bench/simulator/events.h"
#include "tests/bench/simulator/service_model.h"

namespace dropload::sim {

struct Site {
  queue::OrganizationLimits limits;
  ServiceModel* service = nullptr;
  schedule::OrganizationContext memory{};
  std::set<queue::TableKey> known_tables{};  // whose names need no look-up
};

class Client {
 public:
  // `database` is opened, or made. Nothing is synced: what a crash of the machine leaves is not looked at here.
  Client(Events& events, std::filesystem::path database, std::map<std::string, Site> sites, unsigned seed);

  std::map<std::string, queue::Route> routes;
  schedule::OutcomeSettings settings;
  // Called after each change that the client made; it may crash it.
  std::function<void()> after_step = [] {};

  queue::Store& store() { return *store_; }
  [[nodiscard]] const std::map<std::string, Site>& sites() const { return sites_; }
  // Looks at the queue and acts until there is nothing to do; the next look is asked for.
  void look();
  // Everything but the database is gone. Calls that have reached the service go on there.
  void crash();
  void restart();
  [[nodiscard]] bool is_up() const { return store_ != nullptr; }
  // When the client wants to look again, if at all.
  [[nodiscard]] std::optional<Time> wakes_at() const { return wakes_at_; }
  // What went wrong that never may, in words.
  std::vector<std::string> broken;

 private:
  struct Upload {
    queue::Job job;
    std::string organization;
    std::string table;
    std::vector<queue::SubmissionId> carries;
    std::uint64_t bytes = 0;
    int batches = 1;  // in which it travels
    int sent = 0;
    std::string remote_id;
  };

  void open();
  // Runs if the client has not crashed in between.
  void later(Milliseconds wait, std::function<void()> what);
  void done();
  void act(const schedule::Action& action);
  void start(const schedule::StartJob& action);
  std::vector<queue::JobPart> parts_for(const queue::Submission& head);
  void send(Upload upload);
  void arrive(Upload upload);
  void created(const Upload& upload, const target::SubmitResult& result);
  void next_batch(Upload upload);
  void poll(const schedule::PollJob& action);
  void answered(const queue::Job& job, const target::StatusResult& result);
  void look_for(const schedule::LookForJob& action);
  void looked(const queue::Job& job, const schedule::LookAnswer& answer);
  void apply(const queue::Job& job, const std::string& remote_id, std::optional<int> code, schedule::Verdict verdict,
             const std::string& summary = "{}");
  std::vector<schedule::JobContext> contexts_of(const queue::Job& job);
  schedule::Moment moment();
  void remember(Site& site, const target::Refused& refused, bool pauses);
  template <typename T>
  bool check(const Result<T>& result, const char* what) {
    if (!result) broken.push_back(std::string(what) + ": " + result.error().message);
    return static_cast<bool>(result);
  }

  Events& events_;
  std::filesystem::path path_;
  std::map<std::string, Site> sites_;
  std::map<std::string, schedule::OrganizationSettings> scheduling_;
  std::vector<queue::OrganizationLimits> limits_;
  std::mt19937 random_;
  std::unique_ptr<queue::Store> store_;
  int life_ = 0;  // counts restarts
  std::optional<Time> wakes_at_;
  bool looking_ = false;
};

}  // namespace dropload::sim
