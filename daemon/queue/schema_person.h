#pragma once

// The migration that brings in what a person may say about submissions and routes.

#include <string_view>

namespace dropload::queue {

// lane.priority is the highest of what waits in it. The two indexes are the seeks for that, and for the newest of a
// route in a line: it takes the place of the older ones when the route supersedes.
inline constexpr std::string_view person_sql = R"sql(
ALTER TABLE submission ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100);
ALTER TABLE submission ADD COLUMN supersede INTEGER NOT NULL DEFAULT 0 CHECK (supersede IN (0, 1));
ALTER TABLE submission ADD COLUMN superseded_by INTEGER;
ALTER TABLE submission ADD COLUMN retry_of INTEGER;
ALTER TABLE submission ADD COLUMN retried_as INTEGER;
CREATE INDEX submission_by_priority ON submission (lane, priority) WHERE state = 'queued';
CREATE INDEX submission_of_route_in_line ON submission (lane, route, id) WHERE state = 'queued';

ALTER TABLE lane ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
DROP INDEX lane_ready;
CREATE INDEX lane_ready ON lane (organization, head_route, priority DESC, last_started_at, head_id)
  WHERE startable = 1 AND head_at = 0;

CREATE TABLE route_pause (
  route TEXT PRIMARY KEY,
  reason TEXT NOT NULL CHECK (reason <> '')
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace dropload::queue
