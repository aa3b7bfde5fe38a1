#pragma once

// How all stands, in numbers that are kept while things happen (schema_overview.h): none of these looks through the
// history.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/queue/store.h"

namespace dropload::queue {

using CountsByState = std::map<SubmissionState, std::uint64_t>;  // those that there are none of are left out

struct RouteNumbers {
  CountsByState states;
  std::optional<Time> oldest_waiting_at;  // when the first of the queued ones was accepted
  std::optional<Time> last_done_at;
};

// Of the last 24 hours, in whole quarters of an hour of which the last is under way.
struct LastDay {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t held = 0;  // how often something was, whatever has become of it
  std::uint64_t rows = 0;  // that went in
  std::uint64_t bytes = 0;
  std::uint64_t rows_rejected = 0;
};

struct LastDone {
  SubmissionId id = 0;
  std::string file_name;
  std::string table;
  Time at;
};

struct Overview {
  CountsByState states;
  std::map<std::string, RouteNumbers> routes;    // that ever had a submission
  std::map<std::string, std::uint64_t> waiting;  // queued ones by organization
  LastDay last_day;
  std::optional<Time> oldest_waiting_at;
  std::optional<LastDone> last_done;
  std::uint64_t failed_for_good = 0;  // in the last 24 hours, and nobody has retried them; most_counted at most
  std::uint64_t warned_of = 0;        // accepted in the last 24 hours with warnings; most_counted at most

  static constexpr std::uint64_t most_counted = 10'000;
};
Result<Overview> read_overview(Store& store, Time now);

// Half of them took no longer than p50, 95 of 100 no longer than p95, within five per cent.
struct Spread {
  std::int64_t p50_ms = 0;
  std::int64_t p95_ms = 0;
};

struct Bucket {
  Time at;  // its beginning
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::optional<Spread> wait;       // from its acceptance until its first upload began, of those that are done
  std::optional<Spread> import_ms;  // from the last upload's beginning until the service had told of its end
};
inline constexpr Milliseconds bucket_length{900'000};
inline constexpr int longest_throughput_hours = 168;

// Oldest first, empty ones included; the last one is under way. invalid_argument beyond 1 to longest_throughput_hours.
Result<std::vector<Bucket>> read_throughput(Store& store, int hours, Time now);

// A job that holds one of its organization's slots.
struct RunningJob {
  JobId job = 0;
  std::string organization;
  SubmissionId submission = 0;  // the first that it carries
  int parts = 1;
  std::string file_name;
  std::string table;
  std::string route;
  JobState state = JobState::uploading;
  Time since;              // its upload began
  std::uint64_t size = 0;  // of all that it carries
};
// By organization, oldest first.
Result<std::map<std::string, std::vector<RunningJob>>> read_running(Store& store);

}  // namespace dropload::queue
