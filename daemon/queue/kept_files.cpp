#include "daemon/queue/kept_files.h"

#include "common/db/query.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

using db::Query;

// SQLite has no unsigned numbers: an inode is kept by its bits.
std::int64_t bits_of(std::uint64_t inode) {
  return static_cast<std::int64_t>(inode);
}

FileStamp read_stamp(const Query& query, int column) {
  return {static_cast<std::uint64_t>(query.get<std::int64_t>(column)), query.get<std::uint64_t>(column + 1),
          query.get<std::int64_t>(column + 2)};
}

KeptFile read_kept(const Query& query) {
  KeptFile file;
  file.submission = query.get<SubmissionId>(0);
  file.retired_to = query.get<std::string>(1);
  file.drop_directory = query.get<std::optional<std::string>>(2);
  file.removing = query.get<bool>(3);
  file.stamps.original = read_stamp(query, 4);
  if (query.get<std::optional<std::int64_t>>(7)) file.stamps.reason = read_stamp(query, 7);
  return file;
}

// The submission of this number, or, of a package, its members that are done.
std::vector<SubmissionId> without_original_then(db::Database& database, SubmissionId id) {
  Query query(database,
              "SELECT id FROM submission WHERE id = ?1 UNION ALL SELECT s.id FROM package k JOIN submission s ON "
              "s.package = k.id WHERE k.id = ?1 AND s.state = 'done'",
              id);
  std::vector<SubmissionId> ids;
  while (query.step()) ids.push_back(query.get<SubmissionId>(0));
  return ids;
}

void settle(db::Database& database, SubmissionId id, const Removed& removed, Time now) {
  for (const auto submission : without_original_then(database, id)) {
    Query(database, "UPDATE submission SET removed_at = ? WHERE id = ?", now, submission).run();
    add_event(database, submission, now, "original removed", removed.why);
  }
  Query(database, "UPDATE package SET retired_to = '' WHERE id = ?", id).run();
  Query(database, "DELETE FROM kept_file WHERE submission = ?", id).run();
}

void settle(db::Database& database, SubmissionId id, const KeepLonger& longer, Time /*now*/) {
  Query(database, "UPDATE kept_file SET put_away_at = ?, removing = 0 WHERE submission = ?", longer.as_if_put_away_at,
        id)
      .run();
}

void settle(db::Database& database, SubmissionId id, const LeftAlone& /*left*/, Time /*now*/) {
  Query(database, "DELETE FROM kept_file WHERE submission = ?", id).run();
}

}  // namespace

namespace {

// `whose`: route and imported of the one that `id` is the number of.
Result<void> remember(Store& store, const char* whose, SubmissionId id, const KeptStamps& stamps, Time now) {
  if (!stamps.original) return {};
  return change(store.database(), "cannot remember where an original lies", [&](db::Database& d) -> Result<void> {
    const auto& file = *stamps.original;
    Query(d,
          std::string("INSERT INTO kept_file (submission, route, imported, put_away_at, inode, size, mtime_ns) SELECT "
                      "o.id, o.route, o.imported, ?, ?, ?, ? FROM (") +
              whose + ") o WHERE o.id = ?",
          now, bits_of(file.inode), file.size, file.mtime_ns, id)
        .run();
    if (!stamps.reason) return {};
    Query(d, "UPDATE kept_file SET reason_inode = ?, reason_size = ?, reason_mtime_ns = ? WHERE submission = ?",
          bits_of(stamps.reason->inode), stamps.reason->size, stamps.reason->mtime_ns, id)
        .run();
    return {};
  });
}

}  // namespace

Result<void> remember_kept(Store& store, SubmissionId id, const KeptStamps& stamps, Time now) {
  return remember(store, "SELECT id, route, state = 'done' AS imported FROM submission", id, stamps, now);
}

Result<void> remember_kept_package(Store& store, PackageId id, const KeptStamps& stamps, Time now) {
  return remember(store,
                  "SELECT k.id, k.route, NOT EXISTS (SELECT 1 FROM submission s WHERE s.package = k.id AND s.state <> "
                  "'done') AS imported FROM package k",
                  id, stamps, now);
}

Result<std::vector<KeptFile>> kept_until(Store& store, const std::string& route, bool imported, Time until, int most) {
  return read(store.database(), "cannot read which originals are old",
              [&](db::Database& d) -> Result<std::vector<KeptFile>> {
                Query query(d,
                            "SELECT k.submission, coalesce(s.retired_to, p.retired_to), coalesce(s.drop_directory, "
                            "p.drop_directory), k.removing, k.inode, k.size, "
                            "k.mtime_ns, k.reason_inode, k.reason_size, k.reason_mtime_ns FROM kept_file k LEFT "
                            "JOIN submission s ON s.id = k.submission LEFT JOIN package p ON p.id = k.submission WHERE "
                            "k.route = ? AND k.imported = ? AND "
                            "k.put_away_at <= ? ORDER BY k.put_away_at, k.submission LIMIT ?",
                            route, imported, until, most);
                std::vector<KeptFile> files;
                while (query.step()) files.push_back(read_kept(query));
                return files;
              });
}

Result<void> begin_removing(Store& store, const std::vector<SubmissionId>& ids) {
  return change(store.database(), "cannot note which originals are removed", [&](db::Database& d) -> Result<void> {
    for (const auto id : ids) Query(d, "UPDATE kept_file SET removing = 1 WHERE submission = ?", id).run();
    return {};
  });
}

Result<void> settle_kept(Store& store, const std::vector<KeptEnd>& ends, Time now) {
  return change(store.database(), "cannot note which originals were removed", [&](db::Database& d) -> Result<void> {
    for (const auto& end : ends) {
      std::visit([&](const auto& what) { settle(d, end.submission, what, now); }, end.what);
    }
    return {};
  });
}

}  // namespace dropload::queue
