#include "common/http/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "common/http/deadline.h"
#include "tests/support/memory_body.h"

namespace dropload::http {
namespace {

using ::testing::ElementsAre;

// What use_in_pieces() came to; nothing when it never ended.
std::optional<Result<void>> run(asio::io_context& context, BodyReader& body, UsePiece use) {
  std::optional<Result<void>> end;
  asio::co_spawn(context, use_in_pieces(body, 10, std::move(use)),
                 [&end](const std::exception_ptr& thrown, Result<void> result) {
                   if (thrown) std::rethrow_exception(thrown);
                   end.emplace(std::move(result));
                 });
  context.run_for(std::chrono::seconds(20));
  return end;
}

struct PiecesTest : ::testing::Test {
  asio::io_context context;
  std::vector<std::string> pieces;

  std::optional<Result<void>> collect(BodyReader& body) {
    return run(context, body, [this](std::string_view piece) -> Awaitable<Result<void>> {
      pieces.emplace_back(piece);
      if (piece == "fails     ") co_return error(Errc::no_space, "full");
      co_return Result<void>{};
    });
  }
};

TEST_F(PiecesTest, TheFirstPieceIsWhatComesFirstAndOthersAreFullHoweverTheBodyComesButForTheLast) {
  test::MemoryBody body("0123456789abcdefghijXYZW", 3);
  EXPECT_TRUE(collect(body)->has_value());
  EXPECT_THAT(pieces, ElementsAre("012", "3456789abc", "defghijXYZ", "W"));
}

TEST_F(PiecesTest, ABodyThatEndsWithAFullPieceHasNoOtherAndAnEmptyOneHasNone) {
  test::MemoryBody full("0123456789");
  EXPECT_TRUE(collect(full)->has_value());
  EXPECT_THAT(pieces, ElementsAre("0123456789"));
  context.restart();
  test::MemoryBody empty("");
  EXPECT_TRUE(collect(empty)->has_value());
  EXPECT_EQ(pieces.size(), 1u);
}

TEST_F(PiecesTest, WhatCameBeforeTheBodyFailedIsUsedFirst) {
  test::MemoryBody body("0123456789abcdefghij");
  body.fail_after(13, error(Errc::connection, "gone"));
  EXPECT_EQ(collect(body)->error().code, Errc::connection);
  EXPECT_THAT(pieces, ElementsAre("0123456789", "abc"));
}

TEST_F(PiecesTest, AUseThatFailsEndsItAndCountsForMoreThanTheBody) {
  test::MemoryBody body("0123456789fails     more");
  body.fail_after(22, error(Errc::connection, "gone"));
  EXPECT_EQ(collect(body)->error().code, Errc::no_space);
  EXPECT_THAT(pieces, ElementsAre("0123456789", "fails     "));
}

// Tells when its second piece is asked for.
class NotifyingBody final : public BodyReader {
 public:
  NotifyingBody(asio::io_context& context, std::string bytes)
      : second_read(context.get_executor()), never_(context.get_executor()), body_(std::move(bytes), 10) {}
  Awaitable<Result<std::size_t>> read(asio::mutable_buffer buffer) override {
    if (++reads_ == 2) second_read.notify();
    if (reads_ == 2 && stalls) co_await never_.wait(std::nullopt);
    co_return co_await body_.read(buffer);
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return body_.size(); }
  void set_limit(std::uint64_t bytes) override { body_.set_limit(bytes); }

  Wakeup second_read;
  bool stalls = false;  // in the second read, until it is cancelled

 private:
  Wakeup never_;
  test::MemoryBody body_;
  int reads_ = 0;
};

TEST_F(PiecesTest, TheNextPieceIsReadWhileOneIsUsed) {
  NotifyingBody body(context, "0123456789abcdefghij");
  bool is_first = true;
  const auto end = run(context, body, [&](std::string_view) -> Awaitable<Result<void>> {
    if (std::exchange(is_first, false)) co_await body.second_read.wait(std::nullopt);
    co_return Result<void>{};
  });
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->has_value());
}

TEST_F(PiecesTest, AUseThatFailsDoesNotWaitForABodyThatStopsComing) {
  NotifyingBody body(context, "0123456789abcdefghij");
  body.stalls = true;
  const auto end = run(context, body, [&](std::string_view) -> Awaitable<Result<void>> {
    co_await body.second_read.wait(std::nullopt);
    co_return error(Errc::no_space, "full");
  });
  ASSERT_TRUE(end);
  EXPECT_EQ(end->error().code, Errc::no_space);
}

TEST_F(PiecesTest, AnExceptionOutOfAUseSurfacesAtTheCaller) {
  test::MemoryBody body("0123456789abcdefghij");
  const UsePiece throws = [](std::string_view) -> Awaitable<Result<void>> { throw std::runtime_error("unforeseen"); };
  EXPECT_THROW(run(context, body, throws), std::runtime_error);
}

}  // namespace
}  // namespace dropload::http
