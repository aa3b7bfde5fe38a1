#pragma once

// The migration that brings in packages. Private to the room.

#include <string_view>

namespace dropload::queue {

// A submission's package is its own number when it is a package that could not be unpacked; such a one has no row here.
inline constexpr std::string_view packages_sql = R"sql(
CREATE TABLE package (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  route TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('drop', 'rest')),
  file_name TEXT NOT NULL CHECK (file_name <> ''),
  drop_directory TEXT,
  size INTEGER NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  members INTEGER NOT NULL CHECK (members > 0),
  left_out_count INTEGER NOT NULL CHECK (left_out_count >= 0),
  left_out TEXT NOT NULL,
  retry_of INTEGER,
  retired_to TEXT
) STRICT;
CREATE INDEX package_to_retire ON package (size) WHERE retired_to IS NULL;

ALTER TABLE submission ADD COLUMN package INTEGER;
ALTER TABLE submission ADD COLUMN member TEXT NOT NULL DEFAULT '';
CREATE INDEX submission_of_package ON submission (package, id) WHERE package IS NOT NULL;
)sql";

}  // namespace dropload::queue
