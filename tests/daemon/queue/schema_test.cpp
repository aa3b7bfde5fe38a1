#include "daemon/queue/schema.h"

#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using S = SubmissionState;
using J = JobState;

// Writes states past the store, with all that the new state needs, so that only the legality of the change is in
// question.
class Schema : public QueueTest {
 protected:
  void exec(const std::string& sql) { store->database().raw().exec(sql); }
  bool accepts(const std::string& sql) { return store->database().raw().tryExec(sql) == SQLite::OK; }

  bool change_submission(SubmissionId id, S to) {
    const bool done = to == S::done;
    return accepts(fmt::format(
        "UPDATE submission SET state = '{}', ended_at = {}, reason = 'why', not_before = NULL, rows_total = {}, "
        "rows_success = {}, rows_warnings = {} WHERE id = {}",
        to_string(to), is_final(to) ? "1" : "NULL", done ? "1" : "NULL", done ? "1" : "NULL", done ? "1" : "NULL", id));
  }
  bool change_job(JobId id, J to) {
    const bool remote = to == J::running || to == J::succeeded;
    return accepts(
        fmt::format("UPDATE job SET state = '{}', whole_sent = 1, ended_at = {}, next_poll_at = {}, remote_id = {}, "
                    "sent_at = {}, forgotten_at = {} "
                    "WHERE id = {}",
                    to_string(to), is_final(to) ? "1" : "NULL", to == J::running ? "1" : "NULL",
                    remote ? "'r'" : "NULL", remote ? "1" : "NULL", remote ? "1" : "NULL", id));
  }

  SubmissionId submission_in(S state) {
    const auto id = accept({.table = "T" + std::to_string(++tables_)});
    if (state == S::queued) return id;
    if (state == S::done) {
      EXPECT_TRUE(change_submission(id, S::importing));
    }
    EXPECT_TRUE(change_submission(id, state));
    return id;
  }
  JobId job_in(J state) {
    limits.max_jobs = 1000;
    limits.requests = {1000, 1000, 1000};
    const auto id = begin(accept({.table = "T" + std::to_string(++tables_)}));
    if (state == J::uploading) return id;
    if (state == J::succeeded) {
      EXPECT_TRUE(change_job(id, J::running));
    }
    EXPECT_TRUE(change_job(id, state));
    return id;
  }

 private:
  int tables_ = 0;
};

TEST_F(Schema, AllowsExactlyTheChangesOfASubmissionThatTheCodeCallsLegal) {
  for (const S from : submission_states) {
    for (const S to : submission_states) {
      EXPECT_EQ(change_submission(submission_in(from), to), is_legal(from, to))
          << to_string(from) << " " << to_string(to);
    }
  }
}

TEST_F(Schema, AllowsExactlyTheChangesOfAJobThatTheCodeCallsLegal) {
  for (const J from : job_states) {
    for (const J to : job_states) {
      EXPECT_EQ(change_job(job_in(from), to), is_legal(from, to)) << to_string(from) << " " << to_string(to);
    }
  }
}

TEST_F(Schema, AStateThatTheCodeDoesNotKnowIsRefused) {
  const auto id = accept();
  EXPECT_FALSE(accepts(fmt::format("UPDATE submission SET state = 'lost' WHERE id = {}", id)));
  EXPECT_FALSE(accepts(fmt::format("UPDATE job SET state = 'done' WHERE id = {}", begin(id))));
}

TEST_F(Schema, NothingBeginsElsewhereThanAtTheBeginning) {
  const auto id = accept();
  EXPECT_FALSE(accepts(
      "INSERT INTO submission (route, lane, state, source, file_name, size, sha256, accepted_at) VALUES ('r', 1, "
      "'importing', 'drop', 'f', 1, '', 1)"));
  EXPECT_TRUE(accepts(
      "INSERT INTO submission (route, lane, state, source, file_name, size, sha256, accepted_at) VALUES ('r', 1, "
      "'queued', 'drop', 'f', 1, '', 1)"));
  EXPECT_FALSE(accepts(
      fmt::format("INSERT INTO job (submission, lane, organization, state, started_at, remote_id, sent_at, "
                  "forgotten_at, next_poll_at, whole_sent) VALUES ({}, 1, 'main', 'running', 1, 'r', 1, 1, 1, 1)",
                  id)));
}

TEST_F(Schema, EachStateHasWhatItNeedsAndNothingElse) {
  const auto running = run(accept({.table = "A"}));
  const auto uploading = begin(accept({.table = "B"}));
  const auto queued = accept({.table = "C"});
  const auto job = [&](JobId id, const std::string& set) {
    return accepts(fmt::format("UPDATE job SET {} WHERE id = {}", set, id));
  };
  const auto submission = [&](const std::string& set) {
    return accepts(fmt::format("UPDATE submission SET {} WHERE id = {}", set, queued));
  };
  EXPECT_FALSE(job(running, "remote_id = NULL"));
  EXPECT_FALSE(job(running, "next_poll_at = NULL"));
  EXPECT_FALSE(job(running, "ended_at = 1"));
  EXPECT_FALSE(job(running, "whole_sent = 0"));
  EXPECT_FALSE(job(running, "holds_slot_until = 1"));
  EXPECT_FALSE(job(running, "state = 'succeeded', next_poll_at = NULL"));
  EXPECT_FALSE(job(uploading, "next_poll_at = 1"));
  EXPECT_FALSE(job(uploading, "remote_id = 'r', sent_at = 1, forgotten_at = 1"));
  EXPECT_FALSE(job(uploading, "batch_key = 'k', batches = 1"));
  EXPECT_TRUE(job(uploading, "remote_id = 'r', sent_at = 1, forgotten_at = 1, batch_key = 'k', batches = 1"));
  EXPECT_FALSE(submission("ended_at = 1"));
  EXPECT_FALSE(submission("rows_total = 1"));
  EXPECT_FALSE(submission("retired_to = '/x'"));
  EXPECT_FALSE(submission("state = 'held', reason = ''"));
  EXPECT_FALSE(submission("state = 'failed', reason = 'why'"));
  EXPECT_TRUE(submission("state = 'failed', reason = 'why', ended_at = 1"));
}

TEST_F(Schema, NothingRefersToWhatIsNotThere) {
  EXPECT_FALSE(accepts("INSERT INTO event (submission, at, what, text) VALUES (77, 1, 'x', '')"));
  EXPECT_FALSE(accepts(
      "INSERT INTO job (submission, lane, organization, state, started_at) VALUES (77, 77, 'main', 'uploading', 1)"));
}

}  // namespace
}  // namespace dropload::queue
