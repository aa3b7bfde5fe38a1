#pragma once

// The migration that brings in what pre-flight finds, and what it compares with.

#include <string_view>

namespace dropload::queue {

// header: one row for each different list of columns, JSON. preflight: of submissions of which anything is known; apart
// from their rows, which are read often. table_columns: what the service told of a table's columns when files went in.
// route_history: of a route the last file that went into the table, and how many records the last few had (JSON, newest
// first).
inline constexpr std::string_view preflight_sql = R"sql(
ALTER TABLE submission ADD COLUMN warnings INTEGER NOT NULL DEFAULT 0 CHECK (warnings >= 0);

CREATE TABLE header (
  id INTEGER PRIMARY KEY,
  columns TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE preflight (
  submission INTEGER PRIMARY KEY REFERENCES submission (id),
  findings TEXT NOT NULL,
  header INTEGER REFERENCES header (id)
) STRICT;

CREATE TABLE table_columns (
  lane INTEGER PRIMARY KEY REFERENCES lane (id),
  columns TEXT NOT NULL
) STRICT;

CREATE TABLE route_history (
  route TEXT NOT NULL,
  lane INTEGER NOT NULL REFERENCES lane (id),
  submission INTEGER NOT NULL,
  header INTEGER REFERENCES header (id),
  records TEXT NOT NULL,
  PRIMARY KEY (route, lane)
) STRICT, WITHOUT ROWID;
)sql";

// How many imports in a row did not fill each of the columns (JSON numbers, as many; none means 0).
inline constexpr std::string_view unseen_columns_sql = R"sql(
ALTER TABLE table_columns ADD COLUMN unseen TEXT NOT NULL DEFAULT '[]';
)sql";

}  // namespace dropload::queue
