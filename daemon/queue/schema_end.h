#pragma once

// The migrations that know of the end of a file.

#include <string_view>

namespace dropload::queue {

// Why the original of an ended submission lies in the spool still; '' when nothing has kept it there.
inline constexpr std::string_view retire_trouble_sql = R"sql(
ALTER TABLE submission ADD COLUMN retire_trouble TEXT NOT NULL DEFAULT '';
)sql";

// Files that stay in their drop directories: see left_files.h. No foreign key: without an index of its own it would be
// looked through whenever a submission is written.
inline constexpr std::string_view left_file_sql = R"sql(
CREATE TABLE left_file (
  directory TEXT NOT NULL,
  root_inode INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  mtime_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  submission INTEGER NOT NULL,
  PRIMARY KEY (directory, inode)
) STRICT, WITHOUT ROWID;
)sql";

// Originals in done/ and failed/ that may be removed one day: see kept_files.h. No foreign key, as above.
inline constexpr std::string_view kept_file_sql = R"sql(
CREATE TABLE kept_file (
  submission INTEGER PRIMARY KEY,
  route TEXT NOT NULL,
  imported INTEGER NOT NULL CHECK (imported IN (0, 1)),
  put_away_at INTEGER NOT NULL,
  removing INTEGER NOT NULL DEFAULT 0 CHECK (removing IN (0, 1)),
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  mtime_ns INTEGER NOT NULL,
  reason_inode INTEGER,
  reason_size INTEGER,
  reason_mtime_ns INTEGER
) STRICT;
CREATE INDEX kept_file_by_age ON kept_file (route, imported, put_away_at, submission);

ALTER TABLE submission ADD COLUMN removed_at INTEGER;
)sql";

}  // namespace dropload::queue
