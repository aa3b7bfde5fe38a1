#include "daemon/service/service_database.h"

#include <cerrno>

#include <fcntl.h>
#include <sqlite3.h>

#include "common/base/files.h"

namespace dropload::service {
namespace {

constexpr std::string_view first_schema = R"sql(
CREATE TABLE id_block (only INTEGER PRIMARY KEY CHECK (only = 1), next INTEGER NOT NULL) STRICT;

CREATE TABLE organization (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE client (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organization (id),
  secret TEXT NOT NULL,
  refresh_token TEXT NOT NULL
) STRICT;

CREATE TABLE workspace (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organization (id),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (organization_id, name)
) STRICT;

-- A token itself is never stored.
CREATE TABLE access_token (
  sha256 TEXT PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES client (id),
  expires_at INTEGER NOT NULL
) STRICT;

-- view_id is null for a job that makes its table. Jobs with one table_key run one after another.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organization (id),
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  view_id TEXT,
  table_key TEXT NOT NULL,
  config TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'failed', 'completed')),
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  details TEXT,
  CHECK ((state IN ('failed', 'completed')) = (ended_at IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (details IS NULL))
) STRICT;
CREATE INDEX open_job ON job (organization_id, table_key, id) WHERE ended_at IS NULL;
CREATE INDEX ended_job ON job (ended_at) WHERE ended_at IS NOT NULL;

-- Outlives the job: what the importdetails call tells.
CREATE TABLE last_import (
  view_id TEXT PRIMARY KEY,
  ended_at INTEGER NOT NULL,
  details TEXT NOT NULL
) STRICT;
)sql";

// seq counts the jobs as they are accepted; an id is given when an upload begins, so it may be older than that.
constexpr std::string_view order_of_acceptance = R"sql(
CREATE TABLE accepted_job (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  organization_id TEXT NOT NULL REFERENCES organization (id),
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  view_id TEXT,
  table_key TEXT NOT NULL,
  config TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'failed', 'completed')),
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  details TEXT,
  CHECK ((state IN ('failed', 'completed')) = (ended_at IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (details IS NULL))
) STRICT;
INSERT INTO accepted_job (id, organization_id, workspace_id, view_id, table_key, config, state, created_at, ended_at,
                          details)
  SELECT id, organization_id, workspace_id, view_id, table_key, config, state, created_at, ended_at, details
  FROM job ORDER BY created_at, id;
DROP TABLE job;
ALTER TABLE accepted_job RENAME TO job;
CREATE INDEX open_job ON job (organization_id, table_key, seq) WHERE ended_at IS NULL;
CREATE INDEX ended_job ON job (ended_at) WHERE ended_at IS NOT NULL;
)sql";

// An account is a client's refresh token, in a form that gives neither away (accounts.h).
constexpr std::string_view accounts_and_limits = R"sql(
DROP TABLE IF EXISTS access_token;
CREATE TABLE access_token (
  sha256 TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  refresh_sha256 TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE token_request (refresh_sha256 TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX token_request_of ON token_request (refresh_sha256);

CREATE TABLE api_call (
  account TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('bulk', 'metadata')),
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX api_call_at ON api_call (at);

-- day counts from 1970-01-01, UTC.
CREATE TABLE units_used (
  organization_id TEXT NOT NULL REFERENCES organization (id),
  day INTEGER NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (organization_id, day)
) STRICT;
)sql";

// batch_key is null for a job of one file. A job that awaits a batch has nothing to load until it comes; last_step_at
// is since when. A batch has details once it has been loaded. callback_url is null once the callback was sent.
constexpr std::string_view jobs_of_batches = R"sql(
ALTER TABLE job ADD COLUMN batch_key TEXT;
ALTER TABLE job ADD COLUMN awaits_batch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE job ADD COLUMN commits_at_end INTEGER NOT NULL DEFAULT 1;
ALTER TABLE job ADD COLUMN made_view_id TEXT;
ALTER TABLE job ADD COLUMN last_step_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN callback_url TEXT;
CREATE UNIQUE INDEX job_of_batch_key ON job (batch_key) WHERE batch_key IS NOT NULL;
CREATE INDEX awaiting_job ON job (last_step_at) WHERE awaits_batch = 1 AND ended_at IS NULL;
CREATE INDEX due_callback ON job (seq) WHERE callback_url IS NOT NULL AND ended_at IS NOT NULL;
CREATE TABLE batch (
  job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  file TEXT NOT NULL,
  details TEXT,
  PRIMARY KEY (job_id, number)
) STRICT;
)sql";

constexpr std::string_view batches_that_stay = R"sql(
ALTER TABLE last_import ADD COLUMN committed TEXT;
)sql";

// account is null for a job that everybody may read: it was made where any credentials will do, or before this.
constexpr std::string_view creators_of_jobs = R"sql(
ALTER TABLE job ADD COLUMN account TEXT;
)sql";

constexpr std::array migrations{db::Migration{"first schema", first_schema},
                                db::Migration{"jobs in the order of their acceptance", order_of_acceptance},
                                db::Migration{"accounts and their limits", accounts_and_limits},
                                db::Migration{"jobs of batches", jobs_of_batches},
                                db::Migration{"what stays of a failed job of batches", batches_that_stay},
                                db::Migration{"who has created a job", creators_of_jobs}};

// SQLite makes files that others may read, and gives its journal files the mode of the database. Only a file that is
// not there is made, and it is closed before SQLite opens it: closing any descriptor of a file drops every lock that
// this process holds on it (fcntl), and SQLite would believe for ever that it still has its own.
Result<void> make_private(const std::filesystem::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd && errno != EEXIST) return error_from_errno(errno, "cannot make " + file.string());
  return {};
}

}  // namespace

Result<std::unique_ptr<db::Database>> open_service_database(const std::filesystem::path& file) {
  if (auto made = make_private(file); !made) return made.error();
  auto database = db::Database::open(file);
  if (!database) return database.error();
  if (auto migrated = (*database)->migrate(migrations); !migrated) return migrated.error();
  return database;
}

void reuse_log(db::Database& database) {
  sqlite3_wal_checkpoint_v2(database.raw().getHandle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
}

}  // namespace dropload::service
