#include "daemon/schedule/outcome_lost.h"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/schedule/outcome_parts.h"
#include "daemon/schedule/outcome_rows.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {
namespace {

using queue::AfterJob;
using queue::LostEnd;
using queue::LostFate;

constexpr Milliseconds known_clock_tolerance{5'000};
constexpr Milliseconds unknown_clock_tolerance{120'000};
// An import is told with its whole second.
constexpr Milliseconds granularity{1'000};
// Calls that the service itself fails in a row, after which no answer is expected any more.
constexpr int most_failures = 10;

std::optional<std::int64_t> records_of(const queue::LostFacts& facts) {
  std::int64_t sum = 0;
  for (const auto& part : facts.parts) {
    if (!part.submission.records) return std::nullopt;
    sum += *part.submission.records;
  }
  return sum;
}

// What the last import of the table can be, seen from the lost job.
enum class Whose { before = 1, own, unclear };

std::int64_t second_of(Time at) {
  return at.ms / granularity.count();
}

bool is_before_the_job(const Moment& moment, const LostJob& job, const Seen& seen, Time at) {
  const Time began = job.facts.job.started_at;
  if (!seen.service_time) return at < began - unknown_clock_tolerance;
  return at < began + (*seen.service_time - moment.now) - known_clock_tolerance;
}

// The import that shares its second with the one that we know of before the job.
Whose of_the_same_second(const LostJob& job, std::optional<std::int64_t> records, const zoho::ImportDetails& import) {
  if (job.facts.job.started_at - job.earlier->noted_at >= granularity) return Whose::before;
  if (!records || (*records == import.total && *records == job.earlier->total)) return Whose::unclear;
  return *records == import.total ? Whose::own : Whose::before;
}

// If it ended then.
Whose whose_at(const Moment& moment, const LostJob& job, const Seen& seen, Time at) {
  const auto& import = *seen.import;
  if (is_before_the_job(moment, job, seen, at)) return Whose::before;
  // Another job of ours ran beside it: what is seen may be that one's, and hide this one's.
  if (job.facts.others_ran) return Whose::unclear;
  const auto records = records_of(job.facts);
  const bool failed = import.status == "Failed";
  if (job.earlier && second_of(at) < second_of(job.earlier->at)) return Whose::unclear;
  if (job.earlier && second_of(at) == second_of(job.earlier->at)) {
    const auto found = of_the_same_second(job, records, import);
    return found == Whose::own && failed ? Whose::unclear : found;
  }
  return records && !failed && *records == import.total ? Whose::own : Whose::unclear;
}

// Of a time that may be one of several it is what all of them say.
Whose whose(const Moment& moment, const LostJob& job, const Seen& seen) {
  if (!seen.import) return Whose::before;
  if (seen.import->at) return whose_at(moment, job, seen, *seen.import->at);
  std::optional<Whose> all;
  for (const auto at : seen.import->may_be_at) {
    const auto one = whose_at(moment, job, seen, at);
    if (all && *all != one) return Whose::unclear;
    all = one;
  }
  return all.value_or(Whose::unclear);
}

std::string told(const Seen& seen) {
  if (!seen.import) return "the service knows of no import into the table";
  const auto& import = *seen.import;
  auto text = fmt::format("the table's last import, at {}, is a {} of {} rows", import.at_text,
                          import.status == "Failed" ? "failed one" : "success", import.total);
  if (const auto errors = zoho::plain_text(import.errors); !errors.empty()) {
    text += fmt::format(" (\"{}\")", errors.substr(0, errors.find('\n')));
  }
  return text;
}

// As job details would have told them.
std::vector<queue::PartSuccess> shares(const LostJob& job, const zoho::ImportDetails& import) {
  std::vector<JobContext> contexts;
  for (const auto& carried : job.facts.parts) {
    auto& context = contexts.emplace_back();
    context.part = carried.part;
    context.records = carried.submission.records;
    context.on_error = job.on_error;
    context.on_row_difference = job.on_row_difference;
    context.import_type = job.import_type;
  }
  zoho::JobDetails details;
  details.code = zoho::JobCode::completed;
  details.summary = zoho::ImportSummary{"", 0, 0, import.total, import.success, import.warnings, ""};
  details.import_errors = import.errors;
  auto parts = rows_of_parts(contexts, details);
  const auto found = fmt::format(
      "The answer of its job was lost ({}). It is in: the table's last import, at {}, is of the right time and has the "
      "{} rows that were counted in {}.",
      job.facts.job.message, import.at_text, import.total, parts.size() > 1 ? "the files of the job" : "it");
  for (auto& part : parts) part.reason = part.reason.empty() ? found : found + " " + part.reason;
  return parts;
}

LostEnd landed(const LostJob& job, const Seen& seen) {
  return {LostFate::landed, shares(job, *seen.import), "", "", seen.verbatim};
}

// A service that takes a job and forgets it at once must not be sent the same file for ever.
std::optional<AfterJob> send_again(const Moment& moment, const LostJob& job) {
  int attempts = 0;
  for (const auto& part : job.facts.parts) attempts = std::max(attempts, part.submission.attempts);
  const bool was_accepted = job.facts.job.remote_id.has_value();
  if (!was_accepted) return queue::Requeue{moment.now, false};
  if (attempts + 1 >= job.max_attempts) return std::nullopt;
  return queue::Requeue{moment.now + wait_before_repeat(moment.settings.backoff, attempts, moment.fraction), true};
}

LostEnd held(const LostJob& job, const std::string& finding, const std::string& why_not_again) {
  LostEnd end;
  end.what = AfterJob{queue::Hold{}};
  end.reason =
      fmt::format("Nobody can know whether it was imported: {}; {}. {}", job.facts.job.message, finding, why_not_again);
  end.advice = advice_for_unknown();
  return end;
}

LostEnd held_for_attempts(const LostJob& job, const std::string& finding) {
  return held(job, finding, fmt::format("It has been sent {} times.", job.max_attempts));
}

// A job of batches commits some of them before it ends, and is told of at its end.
bool may_have_landed_in_part(const LostJob& job) {
  return job.facts.job.in_batches && job.import_type != zoho::ImportType::truncateadd;
}

LostEnd never_landed(const Moment& moment, const LostJob& job, const Seen& seen) {
  const auto again = send_again(moment, job);
  if (!again) {
    auto end = held_for_attempts(job, told(seen));
    end.fate = LostFate::not_landed;
    return end;
  }
  LostEnd end;
  end.fate = LostFate::not_landed;
  end.what = *again;
  end.reason = fmt::format("The answer of its job was lost ({}). It was not imported: {}. It is sent again.",
                           job.facts.job.message, told(seen));
  return end;
}

LostEnd by_policy(const Moment& moment, const LostJob& job, const std::string& finding) {
  const bool is_append = job.import_type == zoho::ImportType::append;
  if (is_append && job.on_unknown == queue::OnUnknown::hold) {
    return held(job, finding, "Sending it again could double its rows.");
  }
  const bool newer_ran = std::ranges::any_of(job.facts.parts, [](const auto& part) { return part.newer_ran; });
  if (newer_ran) {
    return held(job, finding,
                "A newer file for the same table was imported since, so sending it again could put old data over new.");
  }
  const auto again = send_again(moment, job);
  if (!again) return held_for_attempts(job, finding);
  LostEnd end;
  end.what = *again;
  end.reason =
      fmt::format("Nobody can know whether it was imported: {}; {}. It is sent again{}.", job.facts.job.message,
                  finding, is_append ? ", as the route says" : ": that gives the same rows either way");
  return end;
}

bool is_over(const Moment& moment, const LostJob& job) {
  return moment.now >= job.facts.job.holds_slot_until.value_or(Time{0});
}

LookVerdict on_seen(const Moment& moment, const LostJob& job, const Seen& seen) {
  const auto found = whose(moment, job, seen);
  if (found == Whose::own) return {landed(job, seen), {}};
  if (!is_over(moment, job)) {
    const Backoff waits{moment.settings.poll_every, std::max(moment.settings.poll_every, moment.settings.backoff.most)};
    const auto at = moment.now + wait_before_repeat(waits, job.facts.job.looks, moment.fraction);
    return {LookAgain{std::min(at, *job.facts.job.holds_slot_until)}, {}};
  }
  auto end = found == Whose::before && !may_have_landed_in_part(job) ? never_landed(moment, job, seen)
                                                                     : by_policy(moment, job, told(seen));
  end.summary = seen.verbatim;
  return {std::move(end), {}};
}

LookVerdict look_soon(const Moment& moment, const LostJob& job) {
  const auto runs = std::get<Runs>(on_status_unreachable(moment, job.facts.job.failed_polls).what);
  return {LookAgain{runs.next_poll_at, false}, {}};
}

LookVerdict on_refused_look(const Moment& moment, const LostJob& job, const OrganizationContext& organization,
                            const RefusedCall& call) {
  const auto failure = zoho::classify(call.http_status, call.code);
  const bool for_good = failure == zoho::FailureClass::request_wrong ||
                        (failure == zoho::FailureClass::server && job.facts.job.failed_polls + 1 >= most_failures);
  if (for_good && is_over(moment, job)) {
    return {by_policy(moment, job, "what it last imported into the table cannot be asked. " + refused_sentence(call)),
            {}};
  }
  auto verdict = look_soon(moment, job);
  verdict.pause = pause_for(moment, organization, call);
  if (failure == zoho::FailureClass::token && !verdict.pause) verdict.what = LookAgain{moment.now, false};
  return verdict;
}

}  // namespace

std::optional<EarlierImport> earlier_import(const queue::LostFacts& facts) {
  if (!facts.earlier_ended_at) return std::nullopt;
  if (const auto details = zoho::decode_job_details(facts.earlier_summary); details && details->forgotten_at) {
    const auto total = details->summary ? details->summary->total_rows : 0;
    return EarlierImport{*details->forgotten_at - zoho::summary_kept_for, *facts.earlier_ended_at, total};
  }
  const auto import = zoho::decode_import_details(facts.earlier_summary);
  if (!import || !*import || !(*import)->at) return std::nullopt;
  return EarlierImport{*(*import)->at, *facts.earlier_ended_at, (*import)->total};
}

LookVerdict on_look(const Moment& moment, const LostJob& job, const OrganizationContext& organization,
                    const LookAnswer& look) {
  if (const auto* seen = std::get_if<Seen>(&look)) return on_seen(moment, job, *seen);
  if (const auto* call = std::get_if<RefusedCall>(&look)) return on_refused_look(moment, job, organization, *call);
  return look_soon(moment, job);
}

}  // namespace dropload::schedule
