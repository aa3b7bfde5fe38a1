#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

#include "daemon/intake/sha256.h"
#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::SubmissionState;
using test::contents;

// A body out of memory, which may end in an error or in a cancellation.
class Body final : public http::BodyReader {
 public:
  explicit Body(std::string text, std::size_t piece = 10'000) : text_(std::move(text)), piece_(piece) {}
  void ends_in(Errc code) { end_ = Error{code, "the end"}; }
  void is_cancelled() { cancelled_ = true; }

  http::Awaitable<Result<std::size_t>> read(http::asio::mutable_buffer buffer) override {
    largest_buffer = std::max(largest_buffer, buffer.size());
    const auto n = std::min({buffer.size(), piece_, text_.size() - at_});
    if (n == 0 && cancelled_) throw boost::system::system_error(http::asio::error::operation_aborted);
    if (n == 0 && end_) co_return *end_;
    std::copy_n(text_.data() + at_, n, static_cast<char*>(buffer.data()));
    at_ += n;
    co_return n;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  void set_limit(std::uint64_t bytes) override { limit = bytes; }

  std::uint64_t limit = 0;
  std::size_t largest_buffer = 0;

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
  std::optional<Error> end_;
  bool cancelled_ = false;
};

Result<queue::Submission> receive(Bench& bench, Body& body, const std::string& name = "a.csv") {
  return test::complete(bench.context, bench.intake.receive(bench.route, name, body));
}

void expect_nothing_left(Bench& bench) {
  EXPECT_TRUE(fs::is_empty(bench.spool.directory()));
  EXPECT_TRUE(bench.submissions().empty());
  EXPECT_EQ(bench.announced, 0);
}

TEST(Receive, ABodyIsQueuedWithItsBytesAndItsHash) {
  Bench bench;
  std::string text;
  while (text.size() < 1'500'000) text += std::to_string(text.size()) + "\n";
  Body body(text);
  const auto received = receive(bench, body);
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(received->state, SubmissionState::queued);
  EXPECT_EQ(received->source, queue::Source::rest);
  EXPECT_EQ(received->size, text.size());
  EXPECT_EQ(contents(bench.spool.data_path(received->id)), text);
  EXPECT_EQ(received->sha256, digest_of(bench.files, bench.spool.data_path(received->id)).value().sha256);
  EXPECT_TRUE(bench.spool.read_sidecar(received->id).value().complete());
  EXPECT_EQ(bench.announced, 1);
}

TEST(Receive, TheRoutesLimitIsTheBodysAndMemoryIsBounded) {
  Bench bench;
  Body body(std::string(3'000'000, 'x'), 3'000'000);
  ASSERT_TRUE(receive(bench, body));
  EXPECT_EQ(body.limit, bench.route.max_bytes);
  EXPECT_LE(body.largest_buffer, 1'048'576U);
}

TEST(Receive, AnEmptyBodyIsRefused) {
  Bench bench;
  Body body("");
  EXPECT_EQ(receive(bench, body).error().code, Errc::invalid_argument);
  expect_nothing_left(bench);
}

TEST(Receive, ANameThatIsNoFileNameIsRefusedBeforeAByteIsRead) {
  Bench bench;
  Body body("id\n");
  for (const auto* name : {"", ".", "..", "../a.csv", "/etc/passwd"}) {
    EXPECT_EQ(receive(bench, body, name).error().code, Errc::invalid_argument) << name;
  }
  EXPECT_EQ(body.largest_buffer, 0U);
  expect_nothing_left(bench);
}

TEST(Receive, ABodyOverTheLimitIsRefusedWithTheLimit) {
  Bench bench;
  bench.route.max_bytes = 1'000;
  Body body(std::string(1'000, 'x'));
  body.ends_in(Errc::too_large);
  const auto received = receive(bench, body);
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().code, Errc::too_large);
  EXPECT_NE(received.error().message.find("more than 1000 bytes, the most that the route sales takes"),
            std::string::npos)
      << received.error().message;
  expect_nothing_left(bench);
}

TEST(Receive, ABodyThatIsMoreThanAllBatchesHoldIsRefusedWithTheirNumber) {
  Bench bench;
  bench.route.batch_bytes = 10;
  Body body(std::string(1'000, 'x'));
  body.ends_in(Errc::too_large);
  const auto received = receive(bench, body);
  EXPECT_EQ(body.limit, 1'000U);
  EXPECT_EQ(received.error().code, Errc::too_large);
  EXPECT_EQ(received.error().message,
            "a.csv is too large: at most 1000 bytes can be imported as one file, in 100 batches. Cut it into smaller "
            "files, each with the header line.");
  expect_nothing_left(bench);
}

TEST(Receive, AClientThatGoesAwayLeavesNothingBehind) {
  Bench bench;
  Body body(std::string(700'000, 'x'));
  body.ends_in(Errc::connection);
  EXPECT_EQ(receive(bench, body).error().code, Errc::connection);
  expect_nothing_left(bench);
}

TEST(Receive, ACancelledRequestLeavesNothingBehind) {
  Bench bench;
  Body body(std::string(700'000, 'x'));
  body.is_cancelled();
  EXPECT_THROW((void)receive(bench, body), boost::system::system_error);
  expect_nothing_left(bench);
}

TEST(Receive, AnErrorAtAnyStepLeavesNothingBehind) {
  for (int n = 1;; ++n) {
    Bench bench;
    Body body(std::string(400'000, 'x'));
    bench.files.fail_call(n, Errc::no_space);
    const auto received = receive(bench, body);
    if (received) {
      EXPECT_FALSE(bench.files.failed()) << "an error was passed over";
      EXPECT_GT(n, 8);
      return;
    }
    EXPECT_EQ(received.error().code, Errc::no_space) << "step " << n;
    expect_nothing_left(bench);
  }
}

TEST(Receive, ACrashAtAnyStepIsHealedAndNothingIsHalfThere) {
  for (int n = 1;; ++n) {
    Bench bench;
    Body body(std::string(400'000, 'x'));
    bench.files.fail_call(n, Errc::io, test::FaultyFiles::After::crash);
    const auto received = receive(bench, body);
    const bool failed = bench.files.failed();
    bench.files.fail_call(0);
    ASSERT_TRUE(bench.intake.recover());
    const auto rows = bench.submissions();
    EXPECT_EQ(bench.spooled().size(), rows.size() * 2)
        << "step " << n << ": bytes and sidecar for each row, nothing else";
    EXPECT_GE(rows.size(), received ? 1U : 0U) << "step " << n;
    if (!failed) return;
  }
}

TEST(Receive, AQueueThatTakesNothingLeavesNothingBehind) {
  Bench bench;
  queue::StoreThread full(queue::Store::open(bench.directory.path() / "full.db").value(),
                          {.max_waiting = 0, .max_group = 1});
  Intake intake({full, bench.spool, bench.files, bench.clock, bench.pool, [] {}});
  Body body("id\n1\n");
  EXPECT_EQ(test::complete(bench.context, intake.receive(bench.route, "a.csv", body)).error().code, Errc::unavailable);
  expect_nothing_left(bench);
}

TEST(Receive, WhileTooMuchWaitsNothingIsReceived) {
  Bench bench({.submissions = 100, .bytes = 12});
  bench.route.max_bytes = 8;
  Body first("id\n1\n");
  ASSERT_TRUE(test::complete(bench.context, bench.intake.receive(bench.route, "a.csv", first)));
  Body second("id\n1\n");
  EXPECT_EQ(test::complete(bench.context, bench.intake.receive(bench.route, "b.csv", second)).error().code,
            Errc::no_space);
  EXPECT_EQ(bench.submissions().size(), 1U);
}

}  // namespace
}  // namespace dropload::intake
