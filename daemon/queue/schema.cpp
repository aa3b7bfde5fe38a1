#include "daemon/queue/schema.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "daemon/queue/schema_bodies.h"
#include "daemon/queue/schema_callback.h"
#include "daemon/queue/schema_duplicates.h"
#include "daemon/queue/schema_end.h"
#include "daemon/queue/schema_expected.h"
#include "daemon/queue/schema_lost.h"
#include "daemon/queue/schema_overview.h"
#include "daemon/queue/schema_packages.h"
#include "daemon/queue/schema_person.h"
#include "daemon/queue/schema_preflight.h"
#include "daemon/queue/schema_series.h"
#include "daemon/queue/schema_turns.h"

namespace dropload::queue {
namespace {

// lane: one row for each table. `running` counts its jobs that hold a slot; head_* is the submission whose turn it is;
// head_at is when it may start, 0 for at once (a time that has come is set to 0 by the next snapshot, so that lines
// that may start and lines that wait lie in different indexes and nobody walks past the one to find the other).
constexpr std::string_view lanes_sql = R"sql(
CREATE TABLE lane (
  id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL,
  workspace TEXT NOT NULL,
  tbl TEXT NOT NULL,
  parallel INTEGER NOT NULL CHECK (parallel IN (0, 1)),
  running INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0),
  head_id INTEGER,
  head_route TEXT,
  head_at INTEGER NOT NULL DEFAULT 0,
  last_started_at INTEGER NOT NULL DEFAULT 0,
  startable INTEGER NOT NULL GENERATED ALWAYS AS (head_id IS NOT NULL AND (running = 0 OR parallel = 1)) VIRTUAL,
  UNIQUE (organization, workspace, tbl),
  CHECK ((head_id IS NULL) = (head_route IS NULL)),
  CHECK (head_id IS NOT NULL OR head_at = 0)
) STRICT;
CREATE INDEX lane_ready ON lane (organization, head_route, last_started_at, head_id) WHERE startable = 1 AND head_at = 0;
CREATE INDEX lane_waiting ON lane (organization, head_at) WHERE startable = 1 AND head_at > 0;

CREATE TABLE route_start (
  route TEXT PRIMARY KEY,
  last_started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// The two queues of a line are apart (what may start at once, what waits for a time), so that its head is at most two
// seeks however it is ordered.
constexpr std::string_view submissions_sql = R"sql(
CREATE TABLE submission (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
  route TEXT NOT NULL,
  lane INTEGER NOT NULL REFERENCES lane (id),
  state TEXT NOT NULL CHECK (state IN ('queued', 'importing', 'done', 'failed', 'held', 'cancelled', 'superseded')),
  source TEXT NOT NULL CHECK (source IN ('drop', 'rest')),
  file_name TEXT NOT NULL CHECK (file_name <> ''),
  drop_directory TEXT,
  size INTEGER NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  reason TEXT NOT NULL DEFAULT '',
  advice TEXT NOT NULL DEFAULT '',
  code INTEGER,
  not_before INTEGER,
  ended_at INTEGER,
  rows_total INTEGER,
  rows_success INTEGER,
  rows_warnings INTEGER,
  retired_to TEXT,
  retire_at INTEGER NOT NULL DEFAULT 0,
  CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled', 'superseded'))),
  CHECK ((rows_total IS NOT NULL) = (state = 'done')),
  CHECK ((rows_success IS NOT NULL) = (state = 'done')),
  CHECK ((rows_warnings IS NOT NULL) = (state = 'done')),
  CHECK (state NOT IN ('failed', 'held') OR reason <> ''),
  CHECK (not_before IS NULL OR state = 'queued'),
  CHECK (retired_to IS NULL OR ended_at IS NOT NULL)
) STRICT;
CREATE INDEX submission_queued ON submission (lane, id) WHERE state = 'queued' AND not_before IS NULL;
CREATE INDEX submission_waiting ON submission (lane, id) WHERE state = 'queued' AND not_before IS NOT NULL;
CREATE INDEX submission_waiting_until ON submission (lane, not_before, id) WHERE state = 'queued' AND not_before IS NOT NULL;
CREATE INDEX submission_to_retire ON submission (retire_at, id) WHERE ended_at IS NOT NULL AND retired_to IS NULL;
CREATE INDEX submission_by_state ON submission (state, id);
CREATE INDEX submission_by_route ON submission (route, state, id);

CREATE TRIGGER submission_begins BEFORE INSERT ON submission WHEN NEW.state <> 'queued'
BEGIN SELECT RAISE(ABORT, 'a submission begins as queued'); END;
CREATE TRIGGER submission_changes BEFORE UPDATE OF state ON submission
WHEN OLD.state || ' ' || NEW.state NOT IN (
  'queued importing', 'queued held', 'queued failed', 'queued cancelled', 'queued superseded',
  'importing done', 'importing failed', 'importing held', 'importing queued',
  'held queued', 'held cancelled')
BEGIN SELECT RAISE(ABORT, 'no legal change of a submission''s state'); END;
)sql";

// holds_slot: the job exists remotely by our doing, as far as we know. A lost job's holds_slot_until is cleared when it
// is settled.
constexpr std::string_view jobs_sql = R"sql(
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL REFERENCES submission (id),
  lane INTEGER NOT NULL REFERENCES lane (id),
  organization TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'running', 'succeeded', 'failed', 'lost')),
  whole_sent INTEGER NOT NULL DEFAULT 0 CHECK (whole_sent IN (0, 1)),
  workspace_id TEXT NOT NULL DEFAULT '',
  remote_id TEXT,
  started_at INTEGER NOT NULL,
  sent_at INTEGER,
  polled_at INTEGER,
  next_poll_at INTEGER,
  forgotten_at INTEGER,
  polls INTEGER NOT NULL DEFAULT 0,
  failed_polls INTEGER NOT NULL DEFAULT 0,
  holds_slot_until INTEGER,
  ended_at INTEGER,
  remote_code INTEGER,
  message TEXT NOT NULL DEFAULT '',
  summary TEXT NOT NULL DEFAULT '',
  holds_slot INTEGER NOT NULL GENERATED ALWAYS AS
    (state IN ('uploading', 'running') OR (state = 'lost' AND holds_slot_until IS NOT NULL)) VIRTUAL,
  CHECK ((ended_at IS NULL) = (state IN ('uploading', 'running'))),
  CHECK ((next_poll_at IS NOT NULL) = (state = 'running')),
  CHECK (state NOT IN ('running', 'succeeded') OR (remote_id IS NOT NULL AND whole_sent = 1)),
  CHECK ((remote_id IS NULL) = (sent_at IS NULL) AND (remote_id IS NULL) = (forgotten_at IS NULL)),
  CHECK (state <> 'uploading' OR remote_id IS NULL),
  CHECK (holds_slot_until IS NULL OR state = 'lost')
) STRICT;
CREATE INDEX job_slots ON job (organization, lane) WHERE holds_slot = 1;
CREATE INDEX job_of_submission ON job (submission);
CREATE INDEX job_that_may_have_run ON job (lane, submission) WHERE state <> 'failed' OR remote_id IS NOT NULL;

CREATE TRIGGER job_begins BEFORE INSERT ON job WHEN NEW.state <> 'uploading'
BEGIN SELECT RAISE(ABORT, 'a job begins as uploading'); END;
CREATE TRIGGER job_changes BEFORE UPDATE OF state ON job
WHEN OLD.state || ' ' || NEW.state NOT IN (
  'uploading running', 'uploading failed', 'uploading lost', 'running succeeded', 'running failed', 'running lost')
BEGIN SELECT RAISE(ABORT, 'no legal change of a job''s state'); END;
)sql";

constexpr std::string_view the_rest_sql = R"sql(
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL REFERENCES submission (id),
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX event_of_submission ON event (submission);

CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('bulk', 'metadata')),
  count INTEGER NOT NULL CHECK (count > 0)
) STRICT;
CREATE INDEX request_of_organization ON request (organization, at);

CREATE TABLE pause (
  organization TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  until INTEGER
) STRICT, WITHOUT ROWID;
)sql";

// A job may carry several submissions (job_part has all of them, job.submission the first and last_submission the
// last), and one may travel as a series of batches: such a job has its remote id while it is still uploading. SQLite
// cannot change a CHECK, so the table is made anew.
constexpr std::string_view several_sql = R"sql(
ALTER TABLE submission ADD COLUMN records INTEGER CHECK (records >= 0);
ALTER TABLE submission ADD COLUMN shape TEXT NOT NULL DEFAULT '';
ALTER TABLE submission ADD COLUMN merge_most INTEGER NOT NULL DEFAULT 0 CHECK (merge_most >= 0);

CREATE TABLE new_job (
  id INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL,
  last_submission INTEGER NOT NULL,
  lane INTEGER NOT NULL REFERENCES lane (id),
  organization TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'running', 'succeeded', 'failed', 'lost')),
  whole_sent INTEGER NOT NULL DEFAULT 0 CHECK (whole_sent IN (0, 1)),
  workspace_id TEXT NOT NULL DEFAULT '',
  remote_id TEXT,
  started_at INTEGER NOT NULL,
  sent_at INTEGER,
  polled_at INTEGER,
  next_poll_at INTEGER,
  forgotten_at INTEGER,
  polls INTEGER NOT NULL DEFAULT 0,
  failed_polls INTEGER NOT NULL DEFAULT 0,
  holds_slot_until INTEGER,
  ended_at INTEGER,
  remote_code INTEGER,
  message TEXT NOT NULL DEFAULT '',
  summary TEXT NOT NULL DEFAULT '',
  batch_key TEXT,
  batches INTEGER NOT NULL DEFAULT 0 CHECK (batches >= 0),
  batch_offset INTEGER NOT NULL DEFAULT 0 CHECK (batch_offset >= 0),
  holds_slot INTEGER NOT NULL GENERATED ALWAYS AS
    (state IN ('uploading', 'running') OR (state = 'lost' AND holds_slot_until IS NOT NULL)) VIRTUAL,
  CHECK ((ended_at IS NULL) = (state IN ('uploading', 'running'))),
  CHECK ((next_poll_at IS NOT NULL) = (state = 'running')),
  CHECK (state NOT IN ('running', 'succeeded') OR (remote_id IS NOT NULL AND whole_sent = 1)),
  CHECK ((remote_id IS NULL) = (sent_at IS NULL) AND (remote_id IS NULL) = (forgotten_at IS NULL)),
  CHECK (state <> 'uploading' OR (remote_id IS NULL) = (batch_key IS NULL)),
  CHECK ((batch_key IS NULL) = (batches = 0) AND (batches > 0 OR batch_offset = 0)),
  CHECK (holds_slot_until IS NULL OR state = 'lost')
) STRICT;
INSERT INTO new_job (id, submission, last_submission, lane, organization, state, whole_sent, workspace_id, remote_id,
  started_at, sent_at, polled_at, next_poll_at, forgotten_at, polls, failed_polls, holds_slot_until, ended_at,
  remote_code, message, summary)
SELECT id, submission, submission, lane, organization, state, whole_sent, workspace_id, remote_id,
  started_at, sent_at, polled_at, next_poll_at, forgotten_at, polls, failed_polls, holds_slot_until, ended_at,
  remote_code, message, summary FROM job;
DROP TABLE job;
ALTER TABLE new_job RENAME TO job;
CREATE INDEX job_slots ON job (organization, lane) WHERE holds_slot = 1;
CREATE INDEX job_that_may_have_run ON job (lane, last_submission) WHERE state <> 'failed' OR remote_id IS NOT NULL;

CREATE TABLE job_part (
  job INTEGER NOT NULL REFERENCES job (id),
  submission INTEGER NOT NULL REFERENCES submission (id),
  first_line INTEGER NOT NULL CHECK (first_line > 0),
  own_line INTEGER NOT NULL CHECK (own_line > 0),
  PRIMARY KEY (job, submission)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_of_submission ON job_part (submission, job);
INSERT INTO job_part SELECT id, submission, 1, 1 FROM job;

CREATE TRIGGER job_begins BEFORE INSERT ON job WHEN NEW.state <> 'uploading'
BEGIN SELECT RAISE(ABORT, 'a job begins as uploading'); END;
CREATE TRIGGER job_changes BEFORE UPDATE OF state ON job
WHEN OLD.state || ' ' || NEW.state NOT IN (
  'uploading running', 'uploading failed', 'uploading lost', 'running succeeded', 'running failed', 'running lost')
BEGIN SELECT RAISE(ABORT, 'no legal change of a job''s state'); END;
)sql";

// How long the service takes (durations.h); lane 0 is all tables of the organization. A request of a job has it while
// the call is under way.
constexpr std::string_view durations_sql = R"sql(
CREATE TABLE learned_duration (
  organization TEXT NOT NULL,
  lane INTEGER NOT NULL,
  weight REAL NOT NULL CHECK (weight > 0),
  bytes REAL NOT NULL,
  ms REAL NOT NULL,
  bytes_squared REAL NOT NULL,
  bytes_ms REAL NOT NULL,
  spread REAL NOT NULL,
  PRIMARY KEY (organization, lane)
) STRICT, WITHOUT ROWID;

ALTER TABLE request ADD COLUMN job INTEGER;
CREATE INDEX request_under_way ON request (job) WHERE job IS NOT NULL;
)sql";

// batch_view: the view that a series goes to, '' when it makes its table. next_batch_at: the next batch of an uploading
// job goes then, or, of a lost one, the batch that closes it; nothing while one is under way.
constexpr std::string_view series_sql = R"sql(
ALTER TABLE job ADD COLUMN batch_view TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN next_batch_at INTEGER CHECK (next_batch_at IS NULL OR (batch_key IS NOT NULL AND
  ((state = 'uploading' AND whole_sent = 0) OR (state = 'lost' AND holds_slot_until IS NOT NULL))));
)sql";

}  // namespace

std::span<const db::Migration> migrations() {
  static const std::string first = fmt::format("{}{}{}{}", lanes_sql, submissions_sql, jobs_sql, the_rest_sql);
  static const std::array all{db::Migration{"first schema", first},
                              db::Migration{"jobs of several submissions, and of batches", several_sql},
                              db::Migration{"priorities, superseding, retries, paused routes", person_sql},
                              db::Migration{"how long jobs take, and which calls are under way", durations_sql},
                              db::Migration{"when and where batches go", series_sql},
                              db::Migration{"lost jobs that are looked for", looks_sql},
                              db::Migration{"the pace of accounts, and slots of strangers", pace_sql},
                              db::Migration{"callbacks of the service", callback_sql},
                              db::Migration{"jobs that are series from their intent on", in_batches_sql},
                              db::Migration{"turns of organizations that share an account", turns_sql},
                              db::Migration{"when the service told of strangers", told_sql},
                              db::Migration{"duplicates of content", duplicates_sql},
                              db::Migration{"since when files are expected", expected_sql},
                              db::Migration{"what pre-flight finds and compares with", preflight_sql},
                              db::Migration{"packages and their members", packages_sql},
                              db::Migration{"what keeps originals in the spool", retire_trouble_sql},
                              db::Migration{"files that stay where they were dropped", left_file_sql},
                              db::Migration{"originals that may be removed", kept_file_sql},
                              db::Migration{"small bodies", bodies_sql},
                              db::Migration{"what was said of files that are expected", said_sql},
                              db::Migration{"which columns imports have not filled", unseen_columns_sql},
                              db::Migration{"lists and searches of a long history", lists_sql},
                              db::Migration{"what ended when, and how long it took", ends_sql}};
  return all;
}

}  // namespace dropload::queue
