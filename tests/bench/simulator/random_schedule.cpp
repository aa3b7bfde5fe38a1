#include "tests/bench/simulator/random_schedule.h"

#include <array>

#include "common/db/query.h"

namespace dropload::sim {

using queue::NewSubmission;
using queue::SubmissionId;

namespace {

constexpr std::uint64_t batch_bytes = 40'000'000;
constexpr std::array route_names{"append", "parallel", "resend", "replace", "newest", "update"};

}  // namespace

RandomSchedule::RandomSchedule(unsigned seed, const std::filesystem::path& directory, const WrongBelief& belief)
    : random_(seed) {
  make_services(belief);
  originals_ = std::make_unique<Originals>(directory, seed);
  originals_->fails = rarely(0.5);
  client_ = std::make_unique<Client>(events_, directory / "queue.db", sites_, seed);
  client_->originals = originals_.get();
  client_->settings.lost_job_wait = belief.lost_job_wait.value_or(client_->settings.lost_job_wait);
  make_routes();
  invariants_ = std::make_unique<Invariants>(*client_, services_, *originals_);
  client_->after_step = [this] { step(); };
  client_->on_plan = [this](const auto& snapshot, const auto& plan) {
    invariants_->check_plan(snapshot, plan, events_.now());
  };
  plan_arrivals();
  plan_people();
  for (int i = below(4); i > 0; --i) crash_at_.insert(1 + below(200));
}

std::vector<std::string> RandomSchedule::run() {
  const Time end = events_.now() + std::chrono::hours(48);
  while (invariants_->broken.empty() && events_.step(end)) {
  }
  if (invariants_->broken.empty()) invariants_->check_end(events_.now());
  return invariants_->broken;
}

void RandomSchedule::make_services(const WrongBelief& belief) {
  for (const auto* name : {"acme", "bolt"}) {
    if (name == std::string("bolt") && below(4) != 0) continue;
    const auto settings = random_service();
    services_[name] = std::make_unique<ServiceModel>(settings, random_faults(), random_());
    for (int i = 0; i < 3; ++i) {
      for (const auto* route : {"replace", "newest"}) services_[name]->rules[route + std::to_string(i)].replaced = true;
      services_[name]->rules["parallel" + std::to_string(i)].parallel = true;
    }
    sites_[name].limits = {.name = name, .max_jobs = belief.max_jobs.value_or(settings.max_jobs), .requests = {}};
    sites_[name].limits.requests.bulk = belief.calls_a_minute.value_or(settings.calls_a_minute);
    sites_[name].service = services_[name].get();
  }
}

ServiceSettings RandomSchedule::random_service() {
  ServiceSettings settings;
  settings.start_up = up_to(Milliseconds{20'000});
  settings.noise = below(100) / 100.0;
  settings.jitter = up_to(Milliseconds{3'000});
  settings.clock_ahead = up_to(Milliseconds{120'000}) - Milliseconds{60'000};
  settings.max_jobs = std::array{1, 2, 5}[static_cast<std::size_t>(below(3))];
  settings.calls_a_minute = std::array{3, 8, 40}[static_cast<std::size_t>(below(3))];
  if (below(3) == 0) settings.series_kept = std::chrono::minutes(10);
  return settings;
}

ServiceFaults RandomSchedule::random_faults() {
  ServiceFaults faults;
  faults.lost_answer = rarely(0.1);
  faults.broken_upload = rarely(0.2);
  faults.server_error = rarely(0.2);
  faults.too_fast = rarely(0.1);
  faults.failed_load = rarely(0.2);
  if (below(3) == 0) faults.outages.push_back(random_interval(0));
  if (below(3) == 0) faults.strangers.push_back(random_interval(1 + below(5)));
  return faults;
}

Interval RandomSchedule::random_interval(int slots) {
  const Time from = events_.now() + up_to(std::chrono::minutes(5));
  return {from, from + up_to(std::chrono::minutes(40)), slots};
}

void RandomSchedule::make_routes() {
  for (const auto* name : route_names) {
    auto& route = client_->routes[name];
    route.name = name;
    route.max_attempts = 3;
    route.batch_bytes = batch_bytes;
  }
  client_->routes["parallel"].parallel = true;
  client_->routes["resend"].on_unknown_append = queue::OnUnknown::resend;
  client_->routes["replace"].options.import_type = zoho::ImportType::truncateadd;
  client_->routes["newest"].options.import_type = zoho::ImportType::truncateadd;
  client_->routes["newest"].supersede = true;
  client_->routes["update"].options.import_type = zoho::ImportType::updateadd;
  client_->routes["update"].delete_when_done = true;
}

void RandomSchedule::plan_arrivals() {
  for (int i = 3 + below(20); i > 0; --i) {
    const auto wait = up_to(std::chrono::minutes(10));
    when_up(wait, [this, s = random_submission()] { arrive(s); });
  }
}

// A table has files of one route, as its name says.
NewSubmission RandomSchedule::random_submission() {
  auto site = sites_.begin();
  std::advance(site, below(static_cast<int>(sites_.size())));
  NewSubmission s;
  s.route = route_names[static_cast<std::size_t>(std::max(below(10) - 4, 0))];
  s.table = {site->first, "Main", s.route + std::to_string(below(3))};
  s.parallel = client_->routes.at(s.route).parallel;
  s.supersede = client_->routes.at(s.route).supersede;
  s.priority = below(3) == 0 ? below(10) : 0;
  s.file_name = "file.csv";
  s.sha256 = "ab";
  const bool is_large = below(4) == 0;
  s.size = is_large ? batch_bytes + static_cast<std::uint64_t>(below(160'000'000))
                    : 1 + static_cast<std::uint64_t>(below(30'000'000));
  if (!is_large && s.route == "append" && below(3) > 0) s.shape = "a,b";
  // Counted or not: what tells whether a lost one is in.
  if (below(2) == 0) s.records = 10;
  return s;
}

void RandomSchedule::arrive(NewSubmission s) {
  s.id = newest_ = client_->store().reserve_id();
  s.accepted_at = events_.now();
  originals_->arrive(s);
  if (!client_->store().accept(s)) invariants_->broken.push_back("not accepted");
  invariants_->accepted(s);
  client_->look();
}

void RandomSchedule::when_up(Milliseconds wait, std::function<void()> what) {
  events_.after(wait, [this, what = std::move(what)] {
    if (client_->is_up()) return what();
    when_up(Milliseconds{5'000}, what);
  });
}

void RandomSchedule::plan_people() {
  for (int i = below(6); i > 0; --i) {
    const auto wait = up_to(std::chrono::minutes(25));
    const int what = below(6);
    when_up(wait, [this, what] {
      if (what == 0) return pause_organization();
      if (what == 1) return pause_route();
      change_one();
    });
  }
}

void RandomSchedule::pause_organization() {
  const auto name = sites_.begin()->first;
  client_->store().pause_organization(name, "a person said so").value();
  when_up(up_to(std::chrono::minutes(30)), [this, name] {
    // The service's word may have ended it.
    (void)client_->store().resume_organization(name);
    client_->resumed(name);
    client_->look();
  });
}

void RandomSchedule::pause_route() {
  const std::string name = route_names[static_cast<std::size_t>(below(static_cast<int>(route_names.size())))];
  client_->store().pause_route(name, "a person said so").value();
  when_up(up_to(std::chrono::minutes(30)), [this, name] {
    (void)client_->store().resume_route(name);
    client_->look();
  });
}

// Released, discarded or made urgent: whatever it is ready for.
void RandomSchedule::change_one() {
  if (newest_ == 0) return;
  auto& store = client_->store();
  const Time now = events_.now();
  const auto start = static_cast<SubmissionId>(below(static_cast<int>(newest_)));
  for (SubmissionId i = 0; i < newest_; ++i) {
    const auto id = 1 + (start + i) % newest_;
    const auto state = store.find(id).value().state;
    if (state != queue::SubmissionState::held && state != queue::SubmissionState::queued) continue;
    const int what = below(4);
    if (what == 0) {
      store.discard(id, now).value();
    } else if (what == 1) {
      store.set_priority(id, below(20) - 10, now).value();
    } else if (state == queue::SubmissionState::held) {
      const auto released = store.release(id, now);
      // Not over a newer whole file: it is refused then, or gives way.
      if (!released || released->state != queue::SubmissionState::queued) break;
      invariants_->sent_again(id);
      ++sent_again_;
      for (auto& [name, service] : services_) service->out_of_turn.insert(id);
    }
    break;
  }
  client_->after_step();
  client_->look();
}

void RandomSchedule::step() {
  invariants_->check(events_.now());
  if (!crash_at_.contains(invariants_->steps())) return;
  ++crashes_;
  client_->crash();
  events_.after(up_to(std::chrono::minutes(5)), [this] { client_->restart(); });
}

RandomSchedule::Tally& RandomSchedule::Tally::operator+=(const Tally& other) {
  for (const auto field :
       {&Tally::steps, &Tally::crashes, &Tally::jobs, &Tally::merged, &Tally::series, &Tally::lost, &Tally::sent_again,
        &Tally::done, &Tally::failed, &Tally::held, &Tally::superseded, &Tally::cancelled}) {
    this->*field += other.*field;
  }
  return *this;
}

RandomSchedule::Tally RandomSchedule::tally() {
  const auto count = [&](const std::string& what) {
    db::Query query(client_->store().database(), "SELECT count(*) FROM " + what);
    query.step();
    return query.get<int>(0);
  };
  Tally tally;
  tally.steps = invariants_->steps();
  tally.crashes = crashes_;
  tally.sent_again = sent_again_;
  tally.jobs = count("job");
  tally.merged = count("job WHERE last_submission <> submission");
  tally.series = count("job WHERE batch_key IS NOT NULL");
  tally.lost = count("job WHERE state = 'lost'");
  tally.held = count("submission WHERE state = 'held'");
  tally.failed = count("submission WHERE state = 'failed'");
  tally.superseded = count("submission WHERE state = 'superseded'");
  tally.cancelled = count("submission WHERE state = 'cancelled'");
  tally.done = count("submission WHERE state = 'done'");
  return tally;
}

std::string RandomSchedule::story() {
  std::string text;
  db::Query events(client_->store().database(),
                   "SELECT e.at, e.submission, s.route, l.tbl, e.what, e.text FROM event e JOIN submission s ON s.id = "
                   "e.submission JOIN lane l ON l.id = s.lane ORDER BY e.id");
  while (events.step()) {
    text += fmt::format("{} submission {} ({}, {}): {}. {}\n", to_rfc3339(events.get<Time>(0)),
                        events.get<SubmissionId>(1), events.get<std::string>(2), events.get<std::string>(3),
                        events.get<std::string>(4), events.get<std::string>(5));
  }
  for (const auto& [name, service] : services_) {
    for (const auto& [id, job] : service->jobs()) {
      text += fmt::format("{} job {} of {} for submission {}: {} to {}{}{}{}\n", name, id, job.table,
                          job.carries.front(), to_rfc3339(job.began_at), to_rfc3339(job.ends_at),
                          job.open ? ", open" : "", job.fails ? ", fails" : "", job.expired ? ", expired" : "");
    }
  }
  return text + "now " + to_rfc3339(events_.now()) + "\n";
}

}  // namespace dropload::sim
