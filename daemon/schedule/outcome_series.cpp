#include "daemon/schedule/outcome_series.h"

#include <fmt/format.h>

#include "daemon/schedule/outcome_parts.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {
namespace {

using queue::Fail;
using queue::Hold;
using queue::JobEnd;
using queue::JobState;
using queue::Requeue;

constexpr int closed_already = 7337;
constexpr int unknown_key = 7338;

bool would_double(const JobContext& job, const SeriesContext& series) {
  return job.import_type == zoho::ImportType::append && series.batches > 0;
}

// Rows of an append are not sent a second time by themselves.
void hold_what_would_double(const JobContext& job, const SeriesContext& series, JobEnd& end) {
  if (!would_double(job, series)) return;
  end.after = Hold{};
  end.advice = advice_for_series(series.taken);
}

// Of the batches that were taken, those are in that had been written before one of them failed: which, the service
// knows.
JobEnd failed_series(const JobContext& job, const zoho::JobDetails& details, const SeriesContext& series, JobEnd end) {
  end.reason += failed_series_sentence(series.batches, series.taken, series.size, series.commits_at_end);
  if (series.batches > 1) end.reason += lines_of_batches_sentence(details.error_message + details.import_errors);
  if (series.commits_at_end) return end;
  if (would_double(job, series)) {
    end.after = Hold{};
    end.advice = advice_for_failed_append();
  } else if (std::holds_alternative<Fail>(end.after)) {
    end.advice = advice_for_failed_update();
  }
  return end;
}

// A lost batch is not looked for: what the service says of a table's last import tells a part of a file from the whole
// of it only where the rows of each batch are known.
JobEnd end_by_policy(const JobContext& job) {
  JobEnd end;
  end.state = JobState::lost;
  const bool is_append = job.import_type == zoho::ImportType::append;
  if ((is_append && job.on_unknown_append == queue::OnUnknown::hold) || job.newer_ran) {
    end.after = Hold{};
    end.advice = advice_for_unknown();
  } else {
    end.after = Requeue{};
  }
  return end;
}

// The job is open at the service, which waits for its next batch: nothing that we know of ends it but its last batch.
// An empty one changes nothing, unless it would replace the table by what came so far.
void leave_open(const Moment& moment, const SeriesContext& series, JobEnd& end) {
  const auto& settings = moment.settings;
  end.state = JobState::lost;
  end.holds_slot_until = moment.now + settings.open_job_wait;
  const bool can_be_closed = series.batches > 0 && !series.commits_at_end;
  if (can_be_closed) end.close_at = moment.now;
  auto* again = std::get_if<Requeue>(&end.after);
  if (again == nullptr) return;
  // Closed, it may still be loading as long as any job that is lost.
  const Time over = moment.now + (can_be_closed ? settings.lost_job_wait : settings.open_job_wait);
  again->not_before = std::max(again->not_before, over);
}

// Each batch has the attempts of a file to itself. What spends none waits like a file that has waited some times: a
// batch is much to be sent in vain.
JobContext context_of_batch(JobContext job, const SeriesContext& series) {
  job.attempts = series.refusals;
  job.earlier_jobs = 4;
  return job;
}

// What is said of a job that is refused, for a series that cannot go on.
JobEnd ended_by_refusal(const Moment& moment, const JobContext& job, const SeriesContext& series, JobEnd end) {
  hold_what_would_double(job, series, end);
  end.reason += taken_sentence(series.batches, series.taken, series.size, series.commits_at_end);
  leave_open(moment, series, end);
  return end;
}

std::string what_comes_of(const JobEnd& end, const JobContext& job, const SeriesContext& series) {
  if (!std::holds_alternative<Hold>(end.after)) {
    return job.import_type == zoho::ImportType::append
               ? " It is sent again, as the route says."
               : " It is sent again from its start: that gives the same rows either way.";
  }
  if (job.import_type == zoho::ImportType::append) {
    return series.batches > 0 ? " Sending all of it again would double those."
                              : " Sending it again could double its rows.";
  }
  return " A newer file for the same table was imported since, so sending it again could put old data over new.";
}

CloseVerdict close_later(const Moment& moment, const SeriesContext& series) {
  return CloseAgain{moment.now + wait_before_repeat(moment.settings.backoff, series.refusals, moment.fraction)};
}

}  // namespace

BatchVerdict on_batch_refused(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                              const RefusedCall& call, const SeriesContext& series) {
  if (call.code == closed_already || call.code == unknown_key) return {EndedThere{refused_sentence(call)}, {}};
  const JobContext batch = context_of_batch(job, series);
  Verdict verdict = on_refused(moment, batch, organization, call);
  auto& end = std::get<JobEnd>(verdict.what);
  if (const auto* again = std::get_if<Requeue>(&end.after)) {
    return {BatchAgain{again->not_before, end.reason, again->spends_attempt}, std::move(verdict.pause)};
  }
  if (zoho::classify(call.http_status, call.code) == zoho::FailureClass::server) {
    end.after = after_server_failure(moment, job, end);
  }
  return {ended_by_refusal(moment, job, series, std::move(end)), std::move(verdict.pause)};
}

BatchVerdict on_batch_never_sent(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                                 const Error& why, const SeriesContext& series) {
  Verdict verdict = on_never_sent(moment, context_of_batch(job, series), organization, why);
  const auto& end = std::get<JobEnd>(verdict.what);
  return {BatchAgain{std::get<Requeue>(end.after).not_before, end.reason, false}, std::move(verdict.pause)};
}

JobEnd on_batch_lost(const Moment& moment, const JobContext& job, const SeriesContext& series, const std::string& why) {
  JobEnd end = end_by_policy(job);
  hold_what_would_double(job, series, end);
  end.reason = fmt::format("Nobody can know whether batch {} of it was imported: {}.", series.batches + 1, why) +
               taken_sentence(series.batches, series.taken, series.size, series.commits_at_end) +
               what_comes_of(end, job, series);
  leave_open(moment, series, end);
  return end;
}

JobEnd on_series_broken(const Moment& moment, const SeriesContext& series, std::string reason, std::string advice) {
  JobEnd end;
  end.after = Hold{};
  end.reason = std::move(reason) + taken_sentence(series.batches, series.taken, series.size, series.commits_at_end);
  end.advice = std::move(advice);
  leave_open(moment, series, end);
  return end;
}

CloseVerdict on_close_accepted(const Moment& moment) {
  return Closed{moment.now + moment.settings.lost_job_wait};
}

CloseVerdict on_close_refused(const Moment& moment, const RefusedCall& call, const SeriesContext& series) {
  if (call.code == unknown_key) return Closed{moment.now};  // it has ended
  if (call.code == closed_already) return on_close_accepted(moment);
  return close_later(moment, series);
}

CloseVerdict on_close_failed(const Moment& moment, const SeriesContext& series) {
  return close_later(moment, series);
}

Verdict on_series_details(const Moment& moment, const JobContext& job, const zoho::JobDetails& details,
                          const SeriesContext& series) {
  zoho::JobDetails of_series = details;
  // The service may leave it out, and an aborted batch takes back itself, not those before it.
  if (!of_series.batch_key) of_series.batch_key = "";
  Verdict verdict = on_details(moment, job, of_series);
  if (details.code == zoho::JobCode::failed) {
    auto& end = std::get<JobEnd>(verdict.what);
    end = failed_series(job, details, series, std::move(end));
    return verdict;
  }
  if (details.code == zoho::JobCode::completed && series.taken < series.size) {
    JobEnd end;
    end.after = Requeue{moment.now + wait_before_repeat(moment.settings.backoff, job.attempts, moment.fraction), true};
    end.reason = "The service took the job for complete before all batches were sent." +
                 taken_sentence(series.batches, series.taken, series.size, false);
    if (job.attempts + 1 >= job.max_attempts) end.after = Fail{};
    hold_what_would_double(job, series, end);
    return {std::move(end), {}};
  }
  if (auto* succeeded = std::get_if<Succeeded>(&verdict.what); succeeded != nullptr && series.batches > 1) {
    auto& reason = succeeded->parts.front().reason;
    if (!reason.empty()) reason += lines_of_batches_sentence(details.import_errors);
  }
  return for_series(std::move(verdict), job, series);
}

Verdict for_series(Verdict verdict, const JobContext& job, const SeriesContext& series) {
  if (auto* end = std::get_if<JobEnd>(&verdict.what)) {
    hold_what_would_double(job, series, *end);
    end->reason += taken_sentence(series.batches, series.taken, series.size, series.commits_at_end);
  }
  return verdict;
}

}  // namespace dropload::schedule
