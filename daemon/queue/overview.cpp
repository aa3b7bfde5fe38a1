#include "daemon/queue/overview.h"

#include "common/db/query.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

using db::Query;

constexpr Milliseconds one_day{24 * 3'600'000LL};

std::int64_t quarter_of(Time time) {
  return time.ms / bucket_length.count();
}

std::optional<Time> earlier(const std::optional<Time>& a, const std::optional<Time>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<Time> first_waiting(db::Database& d, LaneId lane, const std::string& route) {
  Query query(
      d, "SELECT accepted_at FROM submission WHERE lane = ? AND route = ? AND state = 'queued' ORDER BY id LIMIT 1",
      lane, route);
  if (!query.step()) return {};
  return query.get<Time>(0);
}

void count_all(db::Database& d, Overview& overview) {
  Query query(d,
              "SELECT tally.lane, tally.route, tally.state, tally.count, l.organization FROM tally JOIN lane l ON l.id "
              "= tally.lane WHERE tally.count > 0");
  while (query.step()) {
    const auto route = query.get<std::string>(1);
    const auto state = parse_submission_state(query.get<std::string>(2)).value();
    const auto count = query.get<std::uint64_t>(3);
    auto& numbers = overview.routes[route];
    overview.states[state] += count;
    numbers.states[state] += count;
    if (state != SubmissionState::queued) continue;
    overview.waiting[query.get<std::string>(4)] += count;
    numbers.oldest_waiting_at = earlier(numbers.oldest_waiting_at, first_waiting(d, query.get<LaneId>(0), route));
    overview.oldest_waiting_at = earlier(overview.oldest_waiting_at, numbers.oldest_waiting_at);
  }
}

void find_last_done(db::Database& d, Overview& overview) {
  Query query(d, "SELECT route, submission, at FROM route_last_done ORDER BY route");
  SubmissionId newest = 0;
  Time newest_at{};
  while (query.step()) {
    const auto at = query.get<Time>(2);
    overview.routes[query.get<std::string>(0)].last_done_at = at;
    if (newest != 0 && at < newest_at) continue;
    newest = query.get<SubmissionId>(1);
    newest_at = at;
  }
  Query last(d, "SELECT s.file_name, l.tbl FROM submission s JOIN lane l ON l.id = s.lane WHERE s.id = ?", newest);
  if (last.step()) overview.last_done = LastDone{newest, last.get<std::string>(0), last.get<std::string>(1), newest_at};
}

LastDay last_day_of(db::Database& d, Time now) {
  Query query(d,
              "SELECT coalesce(sum(done), 0), coalesce(sum(failed), 0), coalesce(sum(held), 0), coalesce(sum(rows), "
              "0), coalesce(sum(bytes), 0), coalesce(sum(rows_rejected), 0) FROM quarter WHERE at > ?",
              quarter_of(now - one_day));
  query.step();
  const auto number = [&query](int column) { return query.get<std::uint64_t>(column); };
  return {number(0), number(1), number(2), number(3), number(4), number(5)};
}

std::uint64_t count_failed(db::Database& d, Time since) {
  Query query(d,
              "SELECT count(*) FROM (SELECT 1 FROM submission WHERE state = 'failed' AND retried_as IS NULL AND "
              "ended_at >= ? LIMIT ?)",
              since, Overview::most_counted);
  query.step();
  return query.get<std::uint64_t>(0);
}

std::uint64_t count_warned(db::Database& d, Time since) {
  Query query(d, "SELECT count(*) FROM (SELECT 1 FROM submission WHERE warnings > 0 AND accepted_at >= ? LIMIT ?)",
              since, Overview::most_counted);
  query.step();
  return query.get<std::uint64_t>(0);
}

}  // namespace

Result<Overview> read_overview(Store& store, Time now) {
  return read(store.database(), "cannot read how all stands", [&](db::Database& d) -> Result<Overview> {
    Overview overview;
    count_all(d, overview);
    find_last_done(d, overview);
    overview.last_day = last_day_of(d, now);
    overview.failed_for_good = count_failed(d, now - one_day);
    overview.warned_of = count_warned(d, now - one_day);
    return overview;
  });
}

Result<std::map<std::string, std::vector<RunningJob>>> read_running(Store& store) {
  using All = std::map<std::string, std::vector<RunningJob>>;
  return read(store.database(), "cannot read what is being imported", [](db::Database& d) -> Result<All> {
    Query query(d,
                "SELECT j.id, j.organization, j.submission, (SELECT count(*) FROM job_part p WHERE p.job = j.id), "
                "s.file_name, l.tbl, s.route, j.state, j.started_at, (SELECT sum(f.size) FROM job_part p JOIN "
                "submission f ON f.id = p.submission WHERE p.job = j.id) FROM job j JOIN submission s ON s.id = "
                "j.submission JOIN lane l ON l.id = j.lane WHERE j.id IN (SELECT id FROM job WHERE holds_slot = 1) "
                "ORDER BY j.id");
    All all;
    while (query.step()) {
      RunningJob job{query.get<JobId>(0),        query.get<std::string>(1), query.get<SubmissionId>(2),
                     query.get<int>(3),          query.get<std::string>(4), query.get<std::string>(5),
                     query.get<std::string>(6),  JobState::uploading,       query.get<Time>(8),
                     query.get<std::uint64_t>(9)};
      job.state = parse_job_state(query.get<std::string>(7)).value();
      all[job.organization].push_back(std::move(job));
    }
    return all;
  });
}

}  // namespace dropload::queue
