// Bodies that live in the queue's file.

#include <gtest/gtest.h>

#include "daemon/intake/retire.h"
#include "daemon/queue/bodies.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/memory_body.h"

namespace dropload::intake {
namespace {

using queue::SubmissionId;
using test::contents;

const std::string small_csv = "id,name\n1,a\n2,b\n";

Result<queue::Submission> receive(Bench& bench, test::MemoryBody& body) {
  return test::complete(bench.context, bench.intake.receive(bench.route, "a.csv", body));
}

SubmissionId receive_small(Bench& bench) {
  bench.route.drop.reset();  // a route without a directory: the archive
  test::MemoryBody body(small_csv);
  return receive(bench, body).value().id;
}

std::optional<std::string> body_in_queue(Bench& bench, SubmissionId id) {
  return bench.store.run_blocking([id](queue::Store& store) { return queue::body_of(store, id); }).value();
}

TEST(SmallBody, IsAcceptedWithHashAndRecordsAndNothingOfItIsInTheSpool) {
  Bench bench;
  test::MemoryBody body(small_csv, 7);
  const auto received = receive(bench, body);
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(received->state, queue::SubmissionState::queued);
  EXPECT_EQ(received->size, small_csv.size());
  EXPECT_EQ(received->sha256.size(), 64U);
  EXPECT_EQ(received->records, 2);
  EXPECT_EQ(body_in_queue(bench, received->id), small_csv);
  EXPECT_TRUE(bench.spooled().empty());
  EXPECT_EQ(bench.announced, 1);
}

TEST(SmallBody, ALargerOneGoesToTheSpoolWholeWhetherItsLengthIsAnnouncedOrNot) {
  for (const bool announced : {true, false}) {
    for (const std::size_t size : {queue::most_body_bytes, queue::most_body_bytes + 1, std::size_t{300'000}}) {
      Bench bench;
      std::string text = "id\n";
      while (text.size() < size) text += std::to_string(text.size()) + "\n";
      text.resize(size);
      test::MemoryBody body(text, 50'000, announced);
      const auto received = receive(bench, body);
      ASSERT_TRUE(received) << received.error().message;
      const bool is_small = size <= queue::most_body_bytes;
      EXPECT_EQ(body_in_queue(bench, received->id).has_value(), is_small) << size;
      if (is_small) {
        EXPECT_EQ(body_in_queue(bench, received->id), text);
      } else {
        EXPECT_EQ(contents(bench.spool.data_path(received->id)), text) << size;
      }
    }
  }
}

TEST(SmallBody, OneWhoseClientGoesAwayLeavesNothingBehind) {
  Bench bench;
  test::MemoryBody body(small_csv, 5, false);
  body.fail_after(10, Error{Errc::connection, "gone"});
  EXPECT_EQ(receive(bench, body).error().code, Errc::connection);
  EXPECT_TRUE(bench.submissions().empty());
  EXPECT_EQ(bench.announced, 0);
}

TEST(SmallBody, AStartNeitherHoldsNorRemovesIt) {
  Bench bench;
  const auto id = receive_small(bench);
  EXPECT_TRUE(bench.intake.recover().value().empty());
  EXPECT_EQ(bench.submissions().at(0).state, queue::SubmissionState::queued);
  EXPECT_EQ(body_in_queue(bench, id), small_csv);
}

// What the runner does with an original whose submission has ended.
Result<std::string> put_away(Bench& bench, SubmissionId id) {
  auto out = bring_out_body(bench.store, bench.spool, bench.files, id);
  if (!out) return out.error();
  const RetireSettings settings{.archive = bench.directory.path() / "archive"};
  const auto ended = bench.store.run_blocking([id](queue::Store& store) { return store.discard(id, Time{1}); });
  const auto submission = bench.store.run_blocking([id](queue::Store& store) { return store.find(id); }).value();
  return retire(bench.spool, bench.files, settings, submission, bench.clock.now());
}

std::size_t originals(Bench& bench) {
  const auto archive = bench.directory.path() / "archive";
  if (!std::filesystem::exists(archive)) return 0;
  const auto names = Bench::files_below(archive);
  return static_cast<std::size_t>(std::ranges::count_if(names, [](const auto& n) { return n.ends_with("a.csv"); }));
}

TEST(SmallBody, IsPutAwayInOnePieceAndOnceWhereverThatWasCutShort) {
  for (int n = 1;; ++n) {
    Bench bench;
    const auto id = receive_small(bench);
    bench.files.fail_call(n, Errc::io, test::FaultyFiles::After::crash);
    const auto first = put_away(bench, id);
    const bool failed = bench.files.failed();
    bench.files.fail_call(0);
    ASSERT_TRUE(bench.intake.recover());
    const auto placed = put_away(bench, id);
    ASSERT_TRUE(placed) << "step " << n << ": " << placed.error().message;
    EXPECT_EQ(contents(*placed), small_csv) << "step " << n;
    EXPECT_EQ(originals(bench), 1U) << "step " << n;
    if (!failed) {
      EXPECT_GT(n, 10);
      return;
    }
  }
}

TEST(SmallBody, AfterItWasPutAwayAndMarkedNothingIsBroughtOutAgain) {
  Bench bench;
  const auto id = receive_small(bench);
  const auto placed = put_away(bench, id).value();
  ASSERT_TRUE(bench.store.run_blocking([&](queue::Store& s) { return s.mark_retired(id, placed, Time{2}); }));
  ASSERT_TRUE(bench.spool.remove_entry(id));
  ASSERT_TRUE(bring_out_body(bench.store, bench.spool, bench.files, id));
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(SmallBody, IsNotWrittenOutAgainWhereItCannotBeReadWhetherItWasPutAway) {
  Bench bench;
  const auto id = receive_small(bench);
  ASSERT_TRUE(put_away(bench, id));
  const auto sidecar = bench.spool.entry_path(id) / "meta.json";
  std::filesystem::rename(sidecar, sidecar.string() + ".good");
  std::filesystem::create_directory(sidecar);  // cannot be read, as little as a bad sector
  EXPECT_FALSE(bring_out_body(bench.store, bench.spool, bench.files, id));
  EXPECT_FALSE(std::filesystem::exists(bench.spool.data_path(id)));
}

}  // namespace
}  // namespace dropload::intake
