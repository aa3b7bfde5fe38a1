#include "tests/bench/simulator/run.h"

#include <memory>

#include "tests/bench/simulator/client.h"
#include "tests/support/temporary_directory.h"

namespace dropload::sim {
namespace {

using Models = std::map<std::string, std::unique_ptr<ServiceModel>>;

Models models_for(const Workload& workload, Time start, unsigned seed) {
  auto faults = workload.faults;
  for (auto* intervals : {&faults.outages, &faults.strangers}) {
    for (auto& interval : *intervals) {
      interval.from = start + Milliseconds{interval.from.ms};
      interval.until = start + Milliseconds{interval.until.ms};
    }
  }
  Models models;
  for (const auto& file : workload.files) {
    auto& model = models[file.organization];
    if (!model) model = std::make_unique<ServiceModel>(workload.service, faults, seed);
  }
  return models;
}

void count(const Models& models, Outcome& outcome) {
  for (const auto& [name, model] : models) {
    outcome.calls += model->calls();
    outcome.most_calls_a_minute = std::max(outcome.most_calls_a_minute, model->most_calls_a_minute());
    outcome.most_jobs = std::max(outcome.most_jobs, model->most_jobs());
    outcome.jobs += static_cast<int>(model->jobs().size());
    for (const auto& [id, job] : model->jobs()) outcome.one_look += job.looks == 1 ? 1 : 0;
    outcome.broken.insert(outcome.broken.end(), model->broken.begin(), model->broken.end());
  }
}

queue::NewSubmission submission_of(const File& file, queue::SubmissionId id, bool mergeable, Time now) {
  queue::NewSubmission s;
  s.id = id;
  s.route = file.organization;
  s.table = {file.organization, "Main", file.table};
  s.file_name = "file.csv";
  s.size = file.bytes;
  s.sha256 = "ab";
  s.accepted_at = now;
  s.records = 10;
  if (mergeable && file.bytes < zoho::max_file_bytes) s.shape = "a,b";
  return s;
}

class NaiveWorkers {
 public:
  NaiveWorkers(Events& events, ServiceModel& service, std::vector<File> files)
      : events_(events), service_(service), files_(std::move(files)) {
    for (int i = 0; i < 5; ++i) events_.after(Milliseconds{0}, [this] { next(); });
  }
  [[nodiscard]] Time ended() const { return ended_; }

 private:
  static constexpr Milliseconds wait{10'000};

  void next() {
    if (taken_ == files_.size()) return;
    send(taken_++, 0, "");
  }

  void send(std::size_t file, std::uint64_t batch, std::string job) {
    const auto batches = (files_[file].bytes + zoho::max_file_bytes - 1) / zoho::max_file_bytes;
    const auto bytes = files_[file].bytes / batches;
    const auto takes = service_.time_to_send(bytes) + service_.one_way();
    events_.after(takes, [this, file, batch, job, batches, bytes] {
      const bool is_last = batch + 1 == batches;
      target::SubmitResult result = target::NeverSent{Error{Errc::connection, ""}};
      if (!service_.is_away(events_.now())) {
        const Load load{bytes, batch * bytes, (batch + 1) * bytes, is_last};
        result = batch == 0 ? service_.create(files_[file].table, load, {static_cast<queue::SubmissionId>(file) + 1},
                                              events_.now())
                            : service_.add_batch(job, load, events_.now());
      }
      const auto* accepted = std::get_if<target::Accepted>(&result);
      if (accepted == nullptr) {
        events_.after(wait, [this, file, batch, job] { send(file, batch, job); });
      } else if (is_last) {
        events_.after(wait, [this, id = accepted->job_id] { ask(id); });
      } else {
        events_.after(service_.one_way(), [this, file, batch, id = accepted->job_id] { send(file, batch + 1, id); });
      }
    });
  }

  void ask(std::string job) {
    events_.after(service_.one_way(), [this, job] {
      if (!service_.is_away(events_.now())) {
        const auto result = service_.status(job, events_.now());
        const auto* answer = std::get_if<target::Details>(&result);
        if (answer != nullptr && answer->details.code != zoho::JobCode::in_progress) {
          ended_ = events_.now();
          return next();
        }
      }
      events_.after(wait, [this, job] { ask(job); });
    });
  }

  Events& events_;
  ServiceModel& service_;
  std::vector<File> files_;
  std::size_t taken_ = 0;
  Time ended_{};
};

}  // namespace

Outcome run_ours(const Workload& workload, const std::filesystem::path& directory, unsigned seed) {
  Events events;
  const Time start = events.now();
  auto models = models_for(workload, start, seed);
  std::map<std::string, Site> sites;
  for (auto& [name, model] : models) sites[name] = Site{{.name = name}, model.get()};
  Client client(events, directory / "queue.db", sites, seed);
  for (const auto& [name, model] : models) client.routes[name].organization = name;
  for (const auto& file : workload.files) {
    const auto id = client.store().reserve_id();
    (void)client.store().accept(submission_of(file, id, workload.mergeable, start)).value();
  }
  Time ended = start;
  client.look();
  while (events.step()) {
    if (client.store().backlog().value().submissions == 0) {
      ended = events.now();
      break;
    }
  }
  Outcome outcome;
  outcome.makespan = ended - start;
  count(models, outcome);
  outcome.broken.insert(outcome.broken.end(), client.broken.begin(), client.broken.end());
  queue::SubmissionId id = 0;
  for (const auto& file : workload.files) outcome.not_done += models.at(file.organization)->landed(++id) == 1 ? 0 : 1;
  return outcome;
}

std::filesystem::path quick_place() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

Outcomes run_ours_often(const Workload& workload, unsigned seeds) {
  Outcomes all;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const test::TemporaryDirectory directory(quick_place());
    auto outcome = run_ours(workload, directory.path(), seed);
    all.mean_ms += static_cast<double>(outcome.makespan.count()) / seeds;
    all.not_done += outcome.not_done;
    all.most_calls_a_minute = std::max(all.most_calls_a_minute, outcome.most_calls_a_minute);
    all.most_jobs = std::max(all.most_jobs, outcome.most_jobs);
    all.broken.insert(all.broken.end(), outcome.broken.begin(), outcome.broken.end());
    if (seed == 1) all.first = std::move(outcome);
  }
  return all;
}

Outcome run_naive(const Workload& workload, unsigned seed) {
  Events events;
  const Time start = events.now();
  auto models = models_for(workload, start, seed);
  std::vector<std::unique_ptr<NaiveWorkers>> all;
  for (auto& [name, model] : models) {
    std::vector<File> files;
    for (const auto& file : workload.files) {
      if (file.organization == name) files.push_back(file);
    }
    all.push_back(std::make_unique<NaiveWorkers>(events, *model, std::move(files)));
  }
  while (events.step()) {
  }
  Outcome outcome;
  for (const auto& workers : all) outcome.makespan = std::max(outcome.makespan, workers->ended() - start);
  count(models, outcome);
  return outcome;
}

}  // namespace dropload::sim
