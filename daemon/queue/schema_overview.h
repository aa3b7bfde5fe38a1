#pragma once

// The migration that lets a history of any length be counted, listed and searched without looking through it. All of it
// is kept by triggers, so whoever writes a submission need not know. Private to the room.

#include <string_view>

namespace dropload::queue {

// tally: how many submissions of a table and a route are in a state. With submission_by_group, whose first columns are
// the same, each list is a merge of a few seeks: one for each row of tally that fits.
// accepted_hour: the lowest and the highest number that was accepted in an hour (since 1970): numbers grow with the
// time but for clocks that are set, so a list of a time is one of a range of numbers.
// submission_text: the trigrams of file name, table and reason. Without places and sizes it is a third as large; a hit
// only may hold the text, and is looked at.
inline constexpr std::string_view lists_sql = R"sql(
CREATE TABLE tally (
  lane INTEGER NOT NULL,
  route TEXT NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  PRIMARY KEY (lane, route, state)
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT lane, route, state, count(*) FROM submission GROUP BY lane, route, state;
DROP INDEX submission_by_route;
CREATE INDEX submission_by_group ON submission (lane, route, state, id);

CREATE TABLE accepted_hour (
  hour INTEGER PRIMARY KEY,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL
) STRICT;
INSERT INTO accepted_hour SELECT accepted_at / 3600000, min(id), max(id) FROM submission GROUP BY 1;

CREATE VIRTUAL TABLE submission_text USING fts5(text, tokenize = 'trigram', content = '', columnsize = 0, detail = none);
INSERT INTO submission_text (rowid, text)
SELECT s.id, s.file_name || char(10) || l.tbl || char(10) || s.reason FROM submission s JOIN lane l ON l.id = s.lane
ORDER BY s.id;

CREATE TRIGGER submission_is_counted AFTER INSERT ON submission BEGIN
  INSERT INTO tally VALUES (NEW.lane, NEW.route, NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
  INSERT INTO accepted_hour VALUES (NEW.accepted_at / 3600000, NEW.id, NEW.id) ON CONFLICT DO UPDATE
    SET first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
  INSERT INTO submission_text (rowid, text)
    SELECT NEW.id, NEW.file_name || char(10) || tbl || char(10) || NEW.reason FROM lane WHERE id = NEW.lane;
END;
CREATE TRIGGER submission_is_recounted AFTER UPDATE OF state ON submission WHEN OLD.state <> NEW.state BEGIN
  UPDATE tally SET count = count - 1 WHERE lane = OLD.lane AND route = OLD.route AND state = OLD.state;
  INSERT INTO tally VALUES (NEW.lane, NEW.route, NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER submission_text_changes AFTER UPDATE OF reason ON submission WHEN OLD.reason <> NEW.reason BEGIN
  INSERT INTO submission_text (submission_text, rowid, text)
    SELECT 'delete', OLD.id, OLD.file_name || char(10) || tbl || char(10) || OLD.reason FROM lane WHERE id = OLD.lane;
  INSERT INTO submission_text (rowid, text)
    SELECT NEW.id, NEW.file_name || char(10) || tbl || char(10) || NEW.reason FROM lane WHERE id = NEW.lane;
END;
CREATE TRIGGER submission_is_gone AFTER DELETE ON submission BEGIN
  UPDATE tally SET count = count - 1 WHERE lane = OLD.lane AND route = OLD.route AND state = OLD.state;
  INSERT INTO submission_text (submission_text, rowid, text)
    SELECT 'delete', OLD.id, OLD.file_name || char(10) || tbl || char(10) || OLD.reason FROM lane WHERE id = OLD.lane;
END;
)sql";

// quarter: what ended (or was held) in a quarter of an hour, by number since 1970; quarter_time: of those that are
// done, how long they waited until their first upload began, and how long their last job took, in eighths of a power of
// two of milliseconds. Of eight days; a week is what is shown. route_last_done: the newest of each route.
inline constexpr std::string_view ends_sql = R"sql(
CREATE TABLE quarter (
  at INTEGER PRIMARY KEY,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  rows INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  rows_rejected INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE quarter_time (
  at INTEGER NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('wait', 'import')),
  eighth INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (at, what, eighth)
) STRICT, WITHOUT ROWID;
CREATE TABLE route_last_done (
  route TEXT PRIMARY KEY,
  submission INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX submission_failed_for_good ON submission (ended_at) WHERE state = 'failed' AND retried_as IS NULL;
CREATE INDEX submission_warned_of ON submission (accepted_at) WHERE warnings > 0;

INSERT INTO quarter (at, done, failed, rows, bytes, rows_rejected)
SELECT ended_at / 900000, sum(state = 'done'), sum(state = 'failed'), sum(coalesce(rows_success, 0)),
  sum(iif(state = 'done', size, 0)), sum(coalesce(rows_total - rows_success, 0)) FROM submission
WHERE state IN ('done', 'failed') AND ended_at > (SELECT max(ended_at) FROM submission) - 691200000 GROUP BY 1;
INSERT INTO quarter (at, held)
SELECT at / 900000, count(*) FROM event WHERE what = 'held' AND at > (SELECT max(at) FROM event) - 691200000 GROUP BY 1
ON CONFLICT DO UPDATE SET held = excluded.held;
WITH took AS (
  SELECT s.ended_at / 900000 AS at, min(j.started_at) - s.accepted_at AS wait, s.ended_at - max(j.started_at) AS import
  FROM submission s JOIN job_part p ON p.submission = s.id JOIN job j ON j.id = p.job
  WHERE s.state = 'done' AND s.ended_at > (SELECT max(ended_at) FROM submission) - 691200000 GROUP BY s.id)
INSERT INTO quarter_time
SELECT at, 'wait', CAST(8 * log2(max(wait, 1)) AS INTEGER), count(*) FROM took GROUP BY 1, 3
UNION ALL SELECT at, 'import', CAST(8 * log2(max(import, 1)) AS INTEGER), count(*) FROM took GROUP BY 1, 3;
INSERT INTO route_last_done SELECT route, id, max(ended_at) FROM submission WHERE state = 'done' GROUP BY route;

CREATE TRIGGER submission_has_ended AFTER UPDATE OF state ON submission
WHEN OLD.state <> NEW.state AND NEW.state IN ('done', 'failed') BEGIN
  INSERT INTO quarter (at, done, failed, rows, bytes, rows_rejected) VALUES (NEW.ended_at / 900000,
    NEW.state = 'done', NEW.state = 'failed', coalesce(NEW.rows_success, 0), iif(NEW.state = 'done', NEW.size, 0),
    coalesce(NEW.rows_total - NEW.rows_success, 0))
  ON CONFLICT DO UPDATE SET done = done + excluded.done, failed = failed + excluded.failed,
    rows = rows + excluded.rows, bytes = bytes + excluded.bytes, rows_rejected = rows_rejected + excluded.rows_rejected;
END;
CREATE TRIGGER submission_is_done AFTER UPDATE OF state ON submission
WHEN OLD.state <> NEW.state AND NEW.state = 'done' BEGIN
  INSERT INTO quarter_time SELECT NEW.ended_at / 900000, 'wait',
    CAST(8 * log2(max(coalesce(min(j.started_at), NEW.accepted_at) - NEW.accepted_at, 1)) AS INTEGER), 1
    FROM job_part p JOIN job j ON j.id = p.job WHERE p.submission = NEW.id
  ON CONFLICT DO UPDATE SET count = count + 1;
  INSERT INTO quarter_time SELECT NEW.ended_at / 900000, 'import',
    CAST(8 * log2(max(NEW.ended_at - coalesce(max(j.started_at), NEW.ended_at), 1)) AS INTEGER), 1
    FROM job_part p JOIN job j ON j.id = p.job WHERE p.submission = NEW.id
  ON CONFLICT DO UPDATE SET count = count + 1;
  INSERT INTO route_last_done VALUES (NEW.route, NEW.id, NEW.ended_at) ON CONFLICT DO UPDATE
    SET submission = excluded.submission, at = excluded.at WHERE excluded.at >= at;
END;
CREATE TRIGGER submission_is_held AFTER INSERT ON event WHEN NEW.what = 'held' BEGIN
  INSERT INTO quarter (at, held) VALUES (NEW.at / 900000, 1) ON CONFLICT DO UPDATE SET held = held + 1;
END;
CREATE TRIGGER quarter_begins AFTER INSERT ON quarter BEGIN
  DELETE FROM quarter WHERE at < NEW.at - 768;
  DELETE FROM quarter_time WHERE at < NEW.at - 768;
END;
)sql";

}  // namespace dropload::queue
