#pragma once

// How a job ends and what that makes of the submissions it carries, as Store takes it: decided in daemon/schedule
// (outcome*.h), written in one transaction. Plain values, with no locks and no files.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/queue/types.h"

namespace dropload::queue {

// What becomes of a job's submission when the job ends without success.
struct Requeue {  // a new job will carry it
  Time not_before;
  bool spends_attempt = false;
  std::optional<int> merge_most{};  // bounds how many files that job has; nothing: as before
};
struct Fail {};
struct Hold {};
struct Await {  // of a lost job: importing until it is settled by what the service says of the table's last import
  Time first_look;
  std::string why;  // it is lost; the job's message
};
using AfterJob = std::variant<Requeue, Fail, Hold, Await>;

// Of a job that carries several: how it ends for one of them, when not as for the others.
struct PartEnd {
  SubmissionId submission = 0;
  AfterJob after;
  std::optional<int> code;
  std::string reason;
  std::string advice;
};

struct JobEnd {
  JobState state = JobState::failed;  // failed or lost
  AfterJob after;
  std::optional<int> code;
  std::string reason;                    // for the submission, for people
  std::string advice;                    // likewise
  std::string summary;                   // job details verbatim, when there are any
  std::optional<Time> holds_slot_until;  // lost: while it may still be running there; nothing: it cannot be
  std::optional<Time> close_at{};        // lost, of a series: the batch that closes it is to go then
  std::vector<PartEnd> parts{};
  // The service had no slot for it: what we hold beside it is all that there is for us, and one more is tried then.
  std::optional<Time> no_slot_until{};
};

// A batch that the service has taken.
struct BatchTaken {
  std::string workspace_id;
  std::string view_id;  // "": the series makes its table
  std::string remote_id;
  std::string key;
  std::uint64_t next_offset = 0;  // where the next one begins; behind the last one: the size of the file
  std::optional<Time> poll_at{};  // it was the last one: the job is polled then
};

// What was found out of a lost job.
enum class LostFate { unknown = 1, landed, not_landed };

// What landed of one submission.
struct PartSuccess {
  SubmissionId submission = 0;
  Rows rows;
  std::string reason;  // what is odd about it, "" when nothing
  // The job has succeeded, but not as it should have: the submission fails, with the reason. Its rows are then told in
  // words only, for a failed one has none.
  bool fails = false;
  std::string advice{};
};

// A submission that a job carries, with what is known of it.
struct Carried {
  JobPart part;
  Submission submission;
  int jobs = 0;            // that ever carried it, this one included
  bool newer_ran = false;  // see Store::newer_ran
};

// How a lost job is settled: as landed, with the rows of each part, or by what becomes of all its submissions.
struct LostEnd {
  LostFate fate = LostFate::unknown;
  std::variant<std::vector<PartSuccess>, AfterJob> what;  // landed has the first
  std::string reason;                                     // of the second, for people
  std::string advice;                                     // likewise
  std::string summary;                                    // what the service said, verbatim, when it said something
};

// What there is to know of a lost job when it is to be settled.
struct LostFacts {
  Job job;
  std::vector<Carried> parts;  // in order of arrival
  bool others_ran = false;     // the table had another job that may have run since this one began
  // The job before it of the same table whose end is known: when it was noted here, and what the service said of it.
  std::optional<Time> earlier_ended_at;
  std::string earlier_summary;
};

}  // namespace dropload::queue
