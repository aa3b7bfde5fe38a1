#include "daemon/queue/left_files.h"

#include "common/db/query.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

using db::Query;

// SQLite has no unsigned numbers: an inode is kept by its bits.
std::int64_t stored(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

LeftFile read_left(const Query& query) {
  LeftFile file;
  file.directory = query.get<std::string>(0);
  file.root_inode = static_cast<std::uint64_t>(query.get<std::int64_t>(1));
  file.inode = static_cast<std::uint64_t>(query.get<std::int64_t>(2));
  file.size = query.get<std::uint64_t>(3);
  file.mtime_ns = query.get<std::int64_t>(4);
  file.sha256 = query.get<std::string>(5);
  file.submission = query.get<SubmissionId>(6);
  return file;
}

}  // namespace

Result<void> remember_left(Store& store, const LeftFile& file) {
  return change(store.database(), "cannot remember a file that stays where it is",
                [&](db::Database& d) -> Result<void> {
                  Query(d,
                        "INSERT OR REPLACE INTO left_file (directory, root_inode, inode, size, mtime_ns, sha256, "
                        "submission) VALUES "
                        "(?, ?, ?, ?, ?, ?, ?)",
                        file.directory, stored(file.root_inode), stored(file.inode), file.size, file.mtime_ns,
                        file.sha256, file.submission)
                      .run();
                  return {};
                });
}

Result<std::optional<LeftFile>> left_file(Store& store, const std::string& directory, std::uint64_t inode) {
  return read(store.database(), "cannot read what is known of a file", [&](db::Database& d) {
    Query query(
        d,
        "SELECT directory, root_inode, inode, size, mtime_ns, sha256, submission FROM left_file WHERE directory "
        "= ? AND inode = ?",
        directory, stored(inode));
    return Result<std::optional<LeftFile>>(query.step() ? std::optional(read_left(query)) : std::nullopt);
  });
}

Result<std::vector<LeftFile>> left_files(Store& store) {
  return read(store.database(), "cannot read which files stay where they are",
              [&](db::Database& d) -> Result<std::vector<LeftFile>> {
                Query query(d,
                            "SELECT directory, root_inode, inode, size, mtime_ns, sha256, submission FROM left_file");
                std::vector<LeftFile> files;
                while (query.step()) files.push_back(read_left(query));
                return files;
              });
}

Result<void> forget_left(Store& store, const std::string& directory, const std::vector<std::uint64_t>& inodes) {
  return change(store.database(), "cannot forget files that are gone", [&](db::Database& d) -> Result<void> {
    for (const auto inode : inodes) {
      Query(d, "DELETE FROM left_file WHERE directory = ? AND inode = ?", directory, stored(inode)).run();
    }
    return {};
  });
}

}  // namespace dropload::queue
