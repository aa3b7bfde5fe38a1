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

}  // namespace dropload::queue
