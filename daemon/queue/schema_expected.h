#pragma once

// The migration that brings in since when files are expected. Private to the room.

#include <string_view>

namespace dropload::queue {

// What was due before `since` is not missed.
inline constexpr std::string_view expected_sql = R"sql(
CREATE TABLE expectation (
  route TEXT NOT NULL,
  text TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (route, text)
) STRICT, WITHOUT ROWID;
)sql";

// What was last said of it: see said_expectations.h.
inline constexpr std::string_view said_sql = R"sql(
ALTER TABLE expectation ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE expectation ADD COLUMN said_due INTEGER;
)sql";

}  // namespace dropload::queue
