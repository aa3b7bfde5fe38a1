#pragma once

// Our side: the real store, scheduler, verdicts and budget, driven by events instead of coroutines. What the runner's
// actions do between them is here in short: Asio waits in real time, so they cannot be had without it.

#include <filesystem>
#include <memory>
#include <set>

#include "daemon/queue/route.h"
#include "daemon/queue/store.h"
#include "daemon/schedule/outcome_lost.h"
#include "daemon/schedule/outcome_series.h"
#include "daemon/schedule/scheduler.h"
#include "tests/bench/simulator/events.h"
#include "tests/bench/simulator/originals.h"
#include "tests/bench/simulator/picture.h"
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
  // Called with each plan, before anything of it is done.
  std::function<void(const queue::Snapshot&, const schedule::Plan&)> on_plan = [](const auto&, const auto&) {};
  Originals* originals = nullptr;  // without them nothing is put away

  queue::Store& store() { return *store_; }
  [[nodiscard]] const std::map<std::string, Site>& sites() const { return sites_; }
  // Looks at the queue and acts until there is nothing to do; the next look is asked for.
  void look();
  // Everything but the database is gone. Calls that have reached the service go on there.
  void crash();
  void restart();
  // A person has lifted the organization's pause.
  void resumed(const std::string& organization) { sites_.at(organization).memory.paused_until = {}; }
  [[nodiscard]] bool is_up() const { return store_ != nullptr; }
  // When the client wants to look again, if at all.
  [[nodiscard]] std::optional<Time> wakes_at() const { return wakes_at_; }
  // What went wrong that never may, in words.
  std::vector<std::string> broken;

 private:
  struct Upload {
    queue::Job job;
    std::string table;
    std::vector<queue::SubmissionId> carries;
    std::uint64_t bytes = 0;
    [[nodiscard]] const std::string& organization() const { return job.table.organization; }
  };
  struct Batch {  // of a series
    queue::Job job;
    queue::Submission submission;
    Load load;
    [[nodiscard]] const std::string& organization() const { return job.table.organization; }
  };

  void open();
  // Runs if the client has not crashed in between.
  void later(Milliseconds wait, std::function<void()> what);
  void done();
  void act(const schedule::Action& action);
  void start(const schedule::StartJob& action);
  std::vector<queue::JobPart> parts_for(const queue::Submission& head);
  Result<bool> hold_overtaken(const std::vector<queue::JobPart>& parts);
  void retire(const schedule::Retire& action);
  void settle_interrupted(const queue::Job& job);
  void send(Upload upload);
  void arrive(Upload upload);
  void created(const Upload& upload, const target::SubmitResult& result);
  schedule::Verdict create_verdict(const queue::Job& job, const std::vector<schedule::JobContext>& known,
                                   const target::SubmitResult& result, std::string& remote_id);

  // client_series.cpp
  [[nodiscard]] static bool in_series(const queue::Job& job);
  [[nodiscard]] schedule::SeriesContext series_of(const queue::Job& job, const queue::Submission& submission) const;
  void send_batch(const schedule::SendBatch& action);
  void send_batch(queue::Job job, queue::Submission submission);
  void batch_arrives(Batch batch, int life);
  void batch_answered(const Batch& batch, const target::SubmitResult& result);
  void batch_taken(const Batch& batch, const target::Accepted& accepted);
  void first_not_taken(const Batch& batch, const target::SubmitResult& result);
  schedule::BatchVerdict later_verdict(const Batch& batch, const target::SubmitResult& result);
  void close_answered(const Batch& batch, const target::SubmitResult& result);
  void settle_batch(const queue::Job& job, const queue::Submission& submission);

  void poll(const schedule::PollJob& action);
  void answered(const queue::Job& job, const target::StatusResult& result);
  void look_for(const schedule::LookForJob& action);
  void looked(const queue::Job& job, const schedule::LookAnswer& answer);
  void apply(const queue::Job& job, const std::string& remote_id, std::optional<int> code, schedule::Verdict verdict,
             const std::string& summary = "{}");
  void pause(const std::string& organization, const std::optional<queue::Pause>& pause);
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
  std::map<queue::SubmissionId, Picture> pictures_;
  int life_ = 0;  // counts restarts
  std::optional<Time> wakes_at_;
  bool looking_ = false;
};

}  // namespace dropload::sim
