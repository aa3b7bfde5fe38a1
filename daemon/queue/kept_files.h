#pragma once

// Originals that were put away into done/ and failed/, as long as they may be removed one day (keep_done, keep_failed):
// which files these are, so that what a person put in their place is never taken for them.
//
// Each function is one transaction, with the errors of Store (store.h).

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/queue/store.h"

namespace dropload::queue {

// Not the device: it may have another number after a restart of the machine.
struct FileStamp {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

// What a submission left behind. An original without a stamp is not known well enough to be removed.
struct KeptStamps {
  std::optional<FileStamp> original;
  std::optional<FileStamp> reason;  // <name>.error.txt
};

struct KeptFile {
  SubmissionId submission = 0;  // or the package's number
  std::string retired_to;
  std::optional<std::string> drop_directory;  // nothing: it lies below the archive
  KeptStamps stamps;
  bool removing = false;  // somebody began to remove it, and may have been interrupted
};

// With mark_retired, in one piece of work. Nothing when the original has no stamp.
Result<void> remember_kept(Store& store, SubmissionId id, const KeptStamps& stamps, Time now);
// The same for a package, with mark_package_retired: by its number, which no submission has. It counts as imported when
// all of its members are done.
Result<void> remember_kept_package(Store& store, PackageId id, const KeptStamps& stamps, Time now);

// `most` of the route's originals in done/ (`imported`) or failed/ that were put away at `until` or before, oldest
// first.
Result<std::vector<KeptFile>> kept_until(Store& store, const std::string& route, bool imported, Time until, int most);

// Before they are removed: so that one that is gone after a crash is known to have been removed by us.
Result<void> begin_removing(Store& store, const std::vector<SubmissionId>& ids);

// What became of it: removed, by the rule that `why` names (of a package the members that are done say so, which have
// no other original); it counts as put away at this time and is due again as long after it as any other; or it is none
// of ours any more (changed, replaced, taken away) and is left alone for good.
struct Removed {
  std::string why;
};
struct KeepLonger {
  Time as_if_put_away_at;
};
struct LeftAlone {};
struct KeptEnd {
  SubmissionId submission = 0;
  std::variant<Removed, KeepLonger, LeftAlone> what;
};
Result<void> settle_kept(Store& store, const std::vector<KeptEnd>& ends, Time now);

}  // namespace dropload::queue
