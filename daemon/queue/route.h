#pragma once

// A route: which files go to which workspace and table, and how. Filled by the config, looked at by intake (routing),
// scheduler and runner.

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/zoho/config.h"
#include "daemon/queue/expectation.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// What to do with a submission whose outcome nobody can know.
enum class OnUnknown { hold = 1, resend };

// What to do when other rows went in than were counted in the file.
enum class OnRowDifference { warn = 1, fail };

// When a file in a drop directory is complete: when nobody writes to it (see intake/settle.h); as soon as it has its
// name, because its producer renames it when it is; when a file of its name and ready_suffix lies beside it.
enum class CompleteWhen { settled = 1, renamed, marked };

// Files of a drop directory that belong to the route.
struct DropSettings {
  std::string directory;                   // absolute
  std::vector<std::string> patterns{"*"};  // shell globs (fnmatch) on the file name
  bool recursive = false;                  // subdirectories too (never done/ and failed/)
  Milliseconds stable_for{2'000};          // size and mtime unchanged that long, where the lease test cannot tell
  Milliseconds rescan_every{60'000};
  Milliseconds poll_every{10'000};          // where the system tells of no changes
  Milliseconds network_stable_for{10'000};  // stable_for on network file systems, when that is shorter
  Milliseconds empty_grace{10'000};         // a new empty file may still be arriving: this long
  CompleteWhen complete_when = CompleteWhen::settled;
  std::string ready_suffix{".ready"};
  bool unpack = true;                 // as the route's: names of packages fit by what is in them too
  std::vector<std::string> ignore{};  // shell globs on the names of files and directories that are left alone
  std::string online_marker{};  // a name that lies there whenever its file system is mounted; "" when there is none
};

inline constexpr int most_duplicate_days = 3650;

struct Route {
  std::string name;
  std::string organization;
  std::string workspace;  // name or id
  std::string table;      // name or id; "" when table_pattern or table_from_directory says it
  std::string
      table_pattern;  // ECMAScript regular expression on the file name with a group named table: (?<table>[a-z]+)_.*
  bool table_from_directory = false;  // the name of the file's subdirectory is the table
  bool create = false;                // a missing table is made by the first import
  bool parallel = false;              // opt out of one job at a time in order of arrival
  zoho::ImportOptions options;
  int priority = 0;        // of what is accepted for it: lowest_priority to highest_priority
  bool supersede = false;  // truncateadd: of the files that wait for a table only the newest is imported
  OnUnknown on_unknown_append =
      OnUnknown::hold;  // truncateadd and updateadd are always sent again if nothing newer ran
  OnRowDifference on_row_difference = OnRowDifference::warn;
  bool merge = false;             // files that wait for one table may travel as one job; only with append and CSV
  int max_attempts = 5;           // that may be spent on failures of the service
  bool delete_when_done = false;  // instead of done/<date>/
  bool leave_when_done = false;   // dropped files stay where they are, and copies are imported
  std::uint64_t max_bytes = zoho::max_bytes_in_batches;  // see also size_limit_of
  std::uint64_t batch_bytes = zoho::max_file_bytes;      // a longer CSV file travels as batches of so many
  bool unpack = true;  // compressed files and ZIP archives are accepted by what is in them (intake/packages.h)
  // Originals stay in done/ and failed/ so long; nothing: for ever.
  std::optional<Milliseconds> keep_done{};
  std::optional<Milliseconds> keep_failed{};
  std::optional<DropSettings> drop;
  // Where the configuration says nothing it is "hold" for files that are appended, else "import" (take).
  OnDuplicate on_duplicate = OnDuplicate::take;
  // What to do with a file of which pre-flight has warnings (queue/findings.h).
  OnFinding on_finding = OnFinding::warn;
  // truncateadd: a file that is a header alone may clear the table; else it is held, whatever on_finding says.
  bool may_clear_table = false;
  int duplicate_days = 30;  // 1 to most_duplicate_days
  std::vector<Expectation> expected{};
};

// The most bytes that a file of the route may have, and what says so.
enum class SizeBound { route = 1, one_json, all_batches };
struct SizeLimit {
  std::uint64_t bytes = 0;
  SizeBound bound = SizeBound::route;
};
// max_bytes, or less: JSON cannot be cut, and of CSV no more than all batches of a job hold is taken.
inline SizeLimit size_limit_of(const Route& route) {
  const bool json = route.options.file_type == zoho::FileType::json;
  const std::uint64_t most = json ? zoho::max_file_bytes : zoho::max_batches_of_a_job * route.batch_bytes;
  if (route.max_bytes <= most) return {route.max_bytes, SizeBound::route};
  return {most, json ? SizeBound::one_json : SizeBound::all_batches};
}

}  // namespace dropload::queue
