#pragma once

// The migration that brings in small bodies. Private to the room.

#include <string_view>

namespace dropload::queue {

// The bytes of a submission that has no entry in the spool, until its original is retired (bodies.h).
inline constexpr std::string_view bodies_sql = R"sql(
CREATE TABLE body (
  submission INTEGER PRIMARY KEY REFERENCES submission (id),
  bytes BLOB NOT NULL
) STRICT;
)sql";

}  // namespace dropload::queue
