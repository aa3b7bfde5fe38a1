#include "daemon/service/job_runner.h"

#include "common/base/crash_point.h"
#include "common/zoho/config.h"
#include "common/zoho/own_disk.h"

namespace dropload::service {
namespace {

// A load that failed for a reason that may pass (a full disk, a warehouse that another program writes to) is tried this
// often.
constexpr int max_attempts = 5;

std::string sentence_of(const Error& why) {
  if (zoho::is_of_own_disk(why)) return zoho::own_disk_message(why);
  if (why.code == Errc::not_found) {
    const Error given_up = error(Errc::io,
                                 "the bytes of the file are not there any more; they may have been given up "
                                 "when it was full");
    return zoho::own_disk_message(given_up);
  }
  return "The file could not be imported: " + why.message;
}

// Not the file's fault but ours.
zoho::JobDetails failed(const std::string& job_id, const Error& why) {
  zoho::JobDetails details;
  details.job_id = job_id;
  details.code = zoho::JobCode::failed;
  details.error_code = 7005;
  details.error_message = sentence_of(why);
  return details;
}

// An exception that nobody foresaw ends this job, not its thread.
Result<zoho::JobDetails> load_behind_fence(Warehouse& warehouse, const LoadRequest& request, std::stop_token stop) {
  try {
    return load(warehouse, request, std::move(stop));
  } catch (const std::exception& exception) {
    return error(Errc::internal, "unforeseen: {}", exception.what());
  }
}

zoho::ImportCall stored_call_of(const Job& job) {
  using enum zoho::ImportCall;
  if (job.has_batches) return job.makes_table ? new_table_batch : existing_table_batch;
  return job.makes_table ? new_table : existing_table;
}

Result<LoadRequest> request_of(const Job& job, const Accounts& accounts, const std::filesystem::path& uploads) {
  auto decoded = zoho::decode_config(job.config, stored_call_of(job));
  const Workspace* workspace = accounts.find_workspace(job.workspace_id);
  if (!decoded.config || workspace == nullptr || job.files.empty())
    return error(Errc::corrupt, "the stored job {} cannot be read", job.id);
  LoadRequest request;
  request.job_id = job.batch ? fmt::format("{}.{}", job.id, *job.batch) : job.id;
  request.file = uploads / job.files.front();
  request.is_one_batch = job.batch.has_value();
  for (std::size_t i = 1; i < job.files.size(); ++i) request.later_files.push_back(uploads / job.files[i]);
  request.workspace_id = job.workspace_id;
  request.workspace_name = workspace->name;
  request.view_id = job.view_id;
  request.config = std::move(*decoded.config);
  return request;
}

void log_end(const zoho::JobDetails& details) {
  if (details.summary) {
    spdlog::info("import service: job {} completed, {} of {} rows", details.job_id, details.summary->success_rows,
                 details.summary->total_rows);
  } else {
    spdlog::info("import service: job {} failed with {}", details.job_id, details.error_code.value_or(0));
  }
}

}  // namespace

JobRunner::JobRunner(http::asio::io_context& context, Jobs& jobs, const Accounts& accounts, Warehouse& warehouse,
                     FaultBoard& faults, Files& files, const Clock& clock, RunnerSettings settings)
    : jobs_(jobs),
      accounts_(accounts),
      warehouse_(warehouse),
      faults_(faults),
      files_(files),
      clock_(clock),
      settings_(std::move(settings)),
      loaders_(static_cast<std::size_t>(settings_.loader_threads)),
      wakeup_(context.get_executor()),
      tasks_(context.get_executor()) {}

void JobRunner::start() {
  tasks_.spawn("import service: jobs", watch());
  wake();
}

http::Awaitable<void> JobRunner::stop() {
  stop_.request_stop();
  tasks_.stop();
  co_await tasks_.join();
}

http::Awaitable<void> JobRunner::watch() {
  std::optional<Milliseconds> at_most;
  for (;;) {
    co_await wakeup_.wait(at_most);
    const bool expired = expire_what_waits();
    const bool is_fine = start_what_can() && expired;
    if (is_fine && settings_.keep_room) settings_.keep_room();
    at_most = is_fine ? until_next_expiry() : std::optional(settings_.retry_after);
  }
}

// False as below.
bool JobRunner::expire_what_waits() {
  const auto expired = jobs_.expire(clock_.now());
  if (!expired) {
    note_trouble(expired.error());
    return false;
  }
  for (const std::string& id : *expired) {
    spdlog::info("import service: job {} was ended, as no further batch came", id);
    if (settings_.on_end) settings_.on_end();
    tasks_.spawn("import service: files of job " + id, tidy(id, {}));
  }
  return true;
}

std::optional<Milliseconds> JobRunner::until_next_expiry() {
  const auto next = jobs_.next_expiry();
  if (!next) return settings_.retry_after;
  if (!*next) return std::nullopt;
  return std::max(Milliseconds{1}, **next - clock_.now());
}

// False when service.db could not be used and it is to be tried again.
bool JobRunner::start_what_can() {
  const auto startable = jobs_.startable();
  if (!startable) {
    note_trouble(startable.error());
    return false;
  }
  for (const Job& job : *startable) {
    // A slow job holds no loader thread while it waits, so there may be more of them than threads.
    if (settings_.slow_jobs.count() == 0 && running_ >= settings_.loader_threads) break;
    const JobFate fate = fate_of(job);
    if (fate.stuck) continue;
    if (const auto started = jobs_.start(job.id); !started) {
      note_trouble(started.error());
      return false;
    }
    crash_point("service-job-started");
    if (fate.slow.count() == 0) ++running_;
    tasks_.spawn("import service: job " + job.id, run(job, fate.slow));
  }
  return true;
}

// What a fault says, on top of what all jobs are slow by.
JobFate JobRunner::fate_of(const Job& job) {
  const Workspace* workspace = accounts_.find_workspace(job.workspace_id);
  JobFate fate = workspace == nullptr ? JobFate{} : faults_.fate_of(workspace->organization_id, job.id);
  fate.slow += settings_.slow_jobs;
  return fate;
}

http::Awaitable<void> JobRunner::run(Job job, Milliseconds slow) {
  if (slow.count() > 0) co_await http::sleep_for(slow);
  auto ended = co_await load_firmly(job);
  if (!ended) co_return;  // stopping
  crash_point("service-job-loaded");
  co_await record(job, std::move(*ended));
  crash_point("service-job-ended");
  faults_.job_ended(job.id);
  if (slow.count() == 0) --running_;
  wake();
  co_await tidy(job.id, job.files);
}

// Fails only when the service stops.
http::Awaitable<Result<zoho::JobDetails>> JobRunner::load_firmly(Job job) {
  const auto request = request_of(job, accounts_, settings_.uploads);
  if (!request) co_return failed(job.id, request.error());
  for (int attempt = 1;; ++attempt) {
    auto ended = co_await loaders_.run([&] { return load_behind_fence(warehouse_, *request, stop_.get_token()); });
    if (ended || stop_.stop_requested()) co_return ended;
    const Error& failure = ended.error();
    spdlog::warn("import service: job {} could not be loaded (attempt {} of {}): {}", job.id, attempt, max_attempts,
                 failure.message);
    if (failure.code == Errc::no_space) {
      co_await give_back(job, false);
      if (settings_.keep_room) settings_.keep_room();
    }
    if (attempt == max_attempts || failure.code == Errc::not_found) co_return failed(job.id, failure);
    co_await http::sleep_for(settings_.retry_after);
  }
}

// Until its end is recorded, the job keeps its slot and its table.
http::Awaitable<void> JobRunner::record(Job job, zoho::JobDetails details) {
  details.job_id = job.id;
  const bool has_failed = details.code == zoho::JobCode::failed;
  auto recorded = record_once(job, details);
  for (int attempt = 1; !recorded && recorded.error().code != Errc::stale; ++attempt) {
    note_trouble(recorded.error());
    // The first time the reserve may be enough.
    if (recorded.error().code == Errc::no_space && attempt > 1) co_await give_back(job, has_failed);
    co_await http::sleep_for(settings_.retry_after);
    recorded = record_once(job, details);
  }
}

void JobRunner::note_trouble(const Error& trouble) {
  spdlog::error("import service: {}", trouble.message);
  if (trouble.code == Errc::no_space && settings_.make_room) settings_.make_room();
}

// What a load has written, and the upload of a job that has failed: what it has failed with is not known after a
// restart, so without its upload it then fails with another sentence. The log can only go when what is committed in it
// has found its place in the database, which takes room; so the reserve is given up before.
http::Awaitable<void> JobRunner::give_back(Job job, bool with_upload) {
  if (settings_.make_room) settings_.make_room();
  co_await loaders_.run([&] {
    for (const std::string& file : job.files) {
      if (with_upload) static_cast<void>(files_.remove(settings_.uploads / file));
    }
    warehouse_.give_back_log();
    return true;
  });
}

Result<void> JobRunner::record_once(const Job& job, const zoho::JobDetails& details) {
  if (!job.batch) {
    if (auto finished = jobs_.finish(job.id, details, clock_.now()); !finished) return finished;
    note_end(details);
    return {};
  }
  const auto ended = jobs_.finish_batch(job.id, *job.batch, details, clock_.now());
  if (!ended) return ended.error();
  if (*ended) note_end(**ended);
  return {};
}

void JobRunner::note_end(const zoho::JobDetails& details) {
  log_end(details);
  if (settings_.on_end) settings_.on_end();
}

// Removes what was loaded, and what will never be as the job has ended; also what is left of jobs whose summaries are
// forgotten: first in the warehouse, then in service.db, which knows what there is to be removed.
http::Awaitable<void> JobRunner::tidy(std::string job_id, std::vector<std::string> loaded) {
  const auto open = jobs_.open_files();
  const auto left = jobs_.files_of(job_id);
  const auto forgotten = jobs_.forgotten(clock_.now());
  if (!open || !left || !forgotten) {
    spdlog::warn("import service: {}", !open   ? open.error().message
                                       : !left ? left.error().message
                                               : forgotten.error().message);
    co_return;
  }
  for (const std::string& file : *left) {
    const bool is_open = std::ranges::find(*open, file) != open->end();
    const bool is_listed = std::ranges::find(loaded, file) != loaded.end();
    if (!is_open && !is_listed) loaded.push_back(file);
  }
  auto tidied = co_await loaders_.run([&]() -> Result<void> {
    for (const std::string& file : loaded) {
      auto removed = files_.remove(settings_.uploads / file);
      if (!removed && removed.error().code != Errc::not_found) return removed;
    }
    return forgotten->empty() ? Result<void>() : warehouse_.forget_jobs(*forgotten);
  });
  if (tidied) tidied = jobs_.remove(*forgotten);
  if (!tidied) spdlog::warn("import service: {}", tidied.error().message);
}

}  // namespace dropload::service
