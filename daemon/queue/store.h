#pragma once

// The durable queue: one SQLite file, one call = one transaction (or one savepoint of a group commit, see
// store_thread.h). Every change of state is compare-and-set and fails with `stale` when the row is not where the caller
// believed. Used on one thread at a time.
//
// Errors of every call: no_space, busy, corrupt, io as from error_from_sqlite; not_found when it is about a submission
// or a job that has no row. Below only what else a call returns.
//
// Lines: for each table a `lane` row knows the head of its line and how many of its jobs hold a slot, so the next
// startable submission is one seek on a partial index however many wait.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "common/db/database.h"
#include "common/zoho/pace.h"
#include "daemon/queue/durations.h"
#include "daemon/queue/history.h"
#include "daemon/queue/job_end.h"
#include "daemon/queue/listing.h"
#include "daemon/queue/snapshot.h"
#include "daemon/queue/standing.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// An organization as far as the queue needs it.
struct OrganizationLimits {
  std::string name;
  int max_jobs = zoho::max_jobs_of_an_organization;
  zoho::RequestLimits requests{};
  // Organizations of one account share its request budget; "": this one has its own.
  std::string account{};
};

// Submissions whose original is not retired, and the bytes of them and of packages.
struct Backlog {
  std::uint64_t submissions = 0;
  std::uint64_t bytes = 0;

  bool operator==(const Backlog&) const = default;
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& path);

  // --- intake
  // The next id: never that of a row, restarts included, and not given before by this store. A gap means an intake that
  // did not finish. Any thread.
  SubmissionId reserve_id();
  // Ids up to this are taken (spool directories found at start).
  void reserve_up_to(SubmissionId id);
  // One of the same content as an earlier one for its table comes back held or cancelled, by what it says of duplicates
  // (duplicates.h); one with a hold_reason comes back held. already_exists when the id has a row; stale when it is a
  // retry of one that has no original any more, or has been retried. One that supersedes ends all older ones of its
  // route that wait for its table, or itself when a newer one waits already: then it comes back superseded. A table's
  // newest submission says whether its line is parallel: what the config says now counts for all that waits.
  Result<Submission> accept(const NewSubmission& submission);
  // A package, of which the members are accepted in the same piece of work: `first` is the first of them. Of a retry
  // the failed one has no original any more then. already_exists; stale as above.
  Result<void> add_package(const Package& package, SubmissionId first);

  // What a file of the route for the table is compared with.
  Result<History> history(const std::string& route, const TableKey& table);

  // --- reading
  Result<Submission> find(SubmissionId id);                        // not_found; with its findings
  Result<std::vector<Submission>> list(const ListFilter& filter);  // one page, see list_page
  Result<std::vector<Job>> jobs_of(SubmissionId id);               // oldest first
  Result<std::vector<Event>> events_of(SubmissionId id);           // oldest first
  Result<Job> find_job(JobId id);                                  // not_found
  Result<std::vector<JobPart>> parts_of(JobId id);  // in order of arrival; empty when there is no such job
  // What stands behind `id` in its table's line and may start at `now`, in order of arrival, up to the first that may
  // not.
  Result<std::vector<Submission>> behind(SubmissionId id, int most, Time now);
  // What verdicts on a job want to know of each submission that it carries, in order of arrival.
  Result<std::vector<Carried>> carried_by(JobId id);
  // Of a queued one; stale when it is not. At most standing.h's limits are read.
  Result<Standing> standing(SubmissionId id);
  Result<Snapshot> snapshot(const std::vector<OrganizationLimits>& organizations, Time now);
  // uploading jobs: at start these are what a crash interrupted.
  Result<std::vector<Job>> uploading_jobs();
  // Of rows whose original is not retired, but for those whose bytes are here (bodies.h).
  Result<std::vector<SubmissionId>> ids_in_spool();
  Result<Backlog> backlog();  // of rows whose original is not retired

  // --- files that are expected
  // The `most` newest below this id, newest first.
  Result<std::vector<Arrival>> arrivals_before(SubmissionId id, int most);
  // Since when the route expects this, as its configuration has it: now, when it did not before.
  Result<Time> expected_since(const std::string& route, const std::string& text, Time now);
  // All but these pairs of a route and what it expects.
  Result<void> forget_expectations(const std::vector<std::pair<std::string, std::string>>& kept);

  // --- a job's life; each also writes the submission, its timeline and the lane
  // queued → importing, and the job as uploading: the intent, before the first byte. Charges the requests. stale when
  // a submission is not queued, when the first is not the head of its table's line or the others are not those behind
  // it without a gap, when the line may not start yet, when the organization is paused, when no slot is free, or the
  // budget has no room. invalid_argument without a part, and for several that are to go `in_batches`: as a series.
  Result<Job> begin_job(const std::vector<JobPart>& parts, const OrganizationLimits& organization,
                        const zoho::RequestCost& cost, Time now, bool in_batches = false);
  Result<Job> begin_job(SubmissionId id, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                        Time now) {
    return begin_job(std::vector{JobPart{id}}, organization, cost, now);
  }
  // The last piece may go out now: from here on the outcome may be unknown.
  Result<void> mark_whole_sent(JobId id);
  // uploading → running.
  Result<void> job_accepted(JobId id, const std::string& workspace_id, const std::string& remote_id, Time next_poll_at,
                            Time now);
  // --- a file that travels as a series of batches: an uploading job with its key, from the first answer on
  // Charges the call that sends the next batch. stale when none is due, or the budget has no room. Of a lost job it is
  // the one that closes the series, and is due again at `again_at`.
  Result<Job> begin_batch(JobId id, const OrganizationLimits& organization, Time again_at, Time now);
  // uploading → uploading, and the next one is due; after the last one → running. Its whole_sent is that of the next.
  Result<void> batch_accepted(JobId id, const BatchTaken& taken, Time now);
  // The service does not have it: the same one is due at `at`. One that counts does so in failed_polls.
  Result<void> batch_again(JobId id, const std::string& message, bool counts, Time at);
  // uploading → running before the last batch: the service has ended the job, and its details say why.
  Result<void> batches_refused(JobId id, const std::string& message, Time poll_at, Time now);
  // A lost series takes no more batches: its slot is held until then at most.
  Result<void> series_closed(JobId id, Time holds_slot_until, Time now);
  // --- polls: they, and looks, come sooner than it is said here when the service has called back (callbacks.h)
  // Charges the poll and moves its next time (so that it is not due again while it is under way). stale when it is not
  // running, or the budget has no room.
  Result<Job> begin_poll(JobId id, const OrganizationLimits& organization, Time next_poll_at, Time now);
  // At start: every running job is due at `at` at the latest, and so is every look for a lost one, whatever a call that
  // was under way or a clock that was set back has left. Nor does a request count as made later than that, and none is
  // under way any more. Originals whose retiring was put off are due as well.
  Result<void> poll_all_at(Time at);
  // The call that began with begin_job or begin_poll has come back, or never will: it is charged until one window after
  // this, since the service may have counted it as late as now. Not an error when there is none.
  Result<void> call_returned(JobId id, Time now);
  // Still running there (code 1001 or 1002), or the poll itself failed (no code; message says why; counted in
  // failed_polls).
  Result<void> job_runs_on(JobId id, std::optional<int> code, const std::string& message, Time next_poll_at);
  // running → succeeded, importing → done, with the rows. `reason` says what is odd (rows rejected, warnings), else "".
  Result<void> job_succeeded(JobId id, const Rows& rows, const std::string& reason, const std::string& summary,
                             Time now);
  // The same for a job of several, or one that fails all the same: one for each part, in any order, else
  // invalid_argument; also for one that fails without a reason.
  Result<void> job_succeeded(JobId id, const std::vector<PartSuccess>& parts, const std::string& summary, Time now);
  // uploading or running → failed or lost, the submission → queued, failed or held. invalid_argument: an end without a
  // reason, a failed job that would hold its slot, or a part that the job does not carry.
  Result<void> job_ended(JobId id, const JobEnd& end, Time now);
  // A lost job's time is over: it gives its slot and its table back. stale when it is not an unsettled lost job, or one
  // that is looked for.
  Result<void> settle_lost(JobId id, Time now);
  // --- lost jobs whose submissions wait to know (Await)
  // Charges a look (until call_returned) and moves the next one (so that it is not due again while it is under way).
  // stale when the job is not looked for, or the budget has no room.
  Result<Job> begin_look(JobId id, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                         Time next_look_at, Time now);
  // The look settled nothing, or (not `answered`, counted in failed_polls) failed.
  Result<void> look_again(JobId id, bool answered, Time next_look_at);
  Result<LostFacts> lost_facts(JobId id);
  // The job gives its slot and its table back, and all its submissions go on. stale when it is not looked for;
  // invalid_argument when it landed and the parts are not those it carries, or for an end without a reason.
  Result<void> settle_lost(JobId id, const LostEnd& end, Time now);
  // Did a job of the same table carry a submission newer than this one? One that the service never accepted does not
  // count.
  Result<bool> newer_ran(SubmissionId id);

  // Was this one sent before with an unknown outcome, and did a newer one run since? Sending it again would put old
  // data over new. Not after a release: then a person has decided.
  Result<bool> overtaken(SubmissionId id);

  // --- how long the service takes
  // What says when the job is likely to be done; the budget as it is at `now`.
  Result<JobTiming> timing_of(JobId id, const zoho::RequestLimits& limits, Time now);
  // What is known from now on about the job's table, and about all tables of its organization.
  Result<void> remember_durations(JobId id, const LearnedDuration& table, const LearnedDuration& organization);

  // --- a person's doing
  // held → queued, its attempts forgotten; → superseded when a newer whole file of its route waits already. stale; also
  // when such a one was sent since.
  Result<Submission> release(SubmissionId id, Time now);
  // held or queued → cancelled. stale: what the service has cannot be cancelled there
  Result<Submission> discard(SubmissionId id, Time now);
  // queued or held: a line goes before lines of a lower priority, and has the highest of what waits in it. stale;
  // invalid_argument beyond lowest_priority and highest_priority.
  Result<Submission> set_priority(SubmissionId id, int priority, Time now);
  // By a person: in force until a person resumes it, whatever else was. Nothing more is started; polls, and the batches
  // of series that have begun, go on.
  // invalid_argument without a reason.
  Result<void> pause_organization(const std::string& organization, const std::string& reason);
  // Lifts any pause, that of the service's word too. stale when there is none.
  Result<void> resume_organization(const std::string& organization);
  // Files of the route are accepted and wait. A line whose head is one of them waits with all that stands in it.
  Result<void> pause_route(const std::string& route, const std::string& reason);
  Result<void> resume_route(const std::string& route);  // stale
  Result<std::map<std::string, Pause>> route_pauses();  // by route
  // The next two want a reason: invalid_argument.
  // queued → held: what the daemon finds it cannot decide (its route is gone, its bytes are not what was accepted).
  // stale
  Result<void> hold(SubmissionId id, const std::string& reason, const std::string& advice, Time now);
  // queued → failed without a job. stale
  Result<void> fail(SubmissionId id, const std::string& reason, const std::string& advice, Time now);

  // --- packages
  Result<Package> find_package(PackageId id);                // not_found
  Result<std::vector<Submission>> members_of(PackageId id);  // in the order in which they lie in it
  // The package that waits to be put away before this one, its last member, is. Nothing when none does.
  Result<std::optional<Package>> package_before(SubmissionId id);
  // Where the package lies now ("": deleted); its members that are done lie in it.
  Result<void> mark_package_retired(PackageId id, const std::string& retired_to);

  // --- the end of a file
  // stale, of the last member of a package: the package is to be put away first. A member that is done lies where its
  // package does, whatever is said here, once that has been put away.
  Result<void> mark_retired(SubmissionId id, const std::string& retired_to, Time now);
  // Retiring failed (full disk, permission): try again at `at`. The submission says why until it is retired; the
  // timeline tells of it once for each reason, not for each try.
  Result<void> retire_later(SubmissionId id, const std::string& why, Time at, Time now);

  // --- organizations
  // False when one that lasts longer is in force: then that one stays.
  Result<bool> pause(const std::string& organization, const Pause& pause);
  // Takes back a pause that is over. stale when there is none that is.
  Result<void> resume(const std::string& organization, Time now);
  // Ends the pause that lasts until just then, when it is still the one in force: what it waited for has come early.
  // False when it is not.
  Result<bool> end_pause(const std::string& organization, Time until);
  // All that submissions were ever for, whether the config knows them or not.
  Result<std::vector<std::string>> organizations();
  // How many of its jobs are running.
  Result<int> running_jobs_of(const std::string& organization);
  // queued → held for 1,000 of its submissions at most, those that were accepted first. How many it were.
  // invalid_argument without a reason.
  Result<int> hold_queued_of(const std::string& organization, const std::string& reason, const std::string& advice,
                             Time now);
  // The service said that the organization's account was used too fast: how it goes on (zoho::Pace).
  Result<zoho::Pace> slow_down(const OrganizationLimits& organization, Time closed_until, Time now);
  // What is known of other clients' jobs in it.
  Result<std::optional<Strangers>> strangers(const std::string& organization);
  // Calls that are not part of a job (look-ups made by a person's command).
  Result<void> charge(const std::string& account, const zoho::RequestCost& cost, Time now);

  // --- groups, for StoreThread
  db::Database& database();

 private:
  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);

 public:
  ~Store();

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace dropload::queue
