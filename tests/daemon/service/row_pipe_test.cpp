#include "daemon/service/row_pipe.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace dropload::service {
namespace {

using namespace std::string_view_literals;

// Row n: its number, and a text of a length that differs from row to row; every thousandth is larger than a batch.
std::string text_of_row(std::int64_t n) {
  return std::string(n % 1000 == 999 ? 300'000 : static_cast<std::size_t>(n % 97), static_cast<char>('a' + n % 26));
}

// Puts rows until there are `count`, or nobody wants them; the number that was put.
std::int64_t put_rows(RowPipe& pipe, std::int64_t count) {
  for (std::int64_t n = 0; n < count; ++n) {
    const std::string text = text_of_row(n);
    const std::array<Value, 3> row{Value(n), Value(std::string_view(text)), Value()};
    if (!pipe.put(row)) return n;
  }
  return count;
}

TEST(RowPipe, RowsOfAnySizeArriveWholeAndInOrder) {
  constexpr std::int64_t count = 20'000;
  RowPipe pipe(3);
  std::thread producer([&] {
    put_rows(pipe, count);
    pipe.end(std::nullopt);
  });
  std::int64_t n = 0;
  for (; const auto row = pipe.next(); ++n) {
    ASSERT_EQ(row->size(), 3U);
    ASSERT_EQ(std::get<std::int64_t>((*row)[0]), n);
    ASSERT_EQ(std::get<std::string_view>((*row)[1]), text_of_row(n));
    ASSERT_TRUE(std::holds_alternative<std::monostate>((*row)[2]));
  }
  producer.join();
  EXPECT_EQ(n, count);
  EXPECT_FALSE(pipe.failure());
}

TEST(RowPipe, ARowThatIsLargerThanABatchIsNotCopied) {
  const std::string large(300'000, 'x');
  RowPipe pipe(1);
  std::thread producer([&] {
    EXPECT_TRUE(pipe.put(std::array{Value("small"sv)}));
    EXPECT_TRUE(pipe.put(std::array{Value(std::string_view(large))}));
    EXPECT_TRUE(pipe.put(std::array{Value("small"sv)}));
    pipe.end(std::nullopt);
  });
  std::vector<std::string_view> texts;
  const char* where = nullptr;
  for (int n = 0; const auto row = pipe.next(); ++n) {
    const auto text = std::get<std::string_view>(row->front());
    if (n == 1) where = text.data();
    EXPECT_EQ(text, n == 1 ? std::string_view(large) : "small"sv);
  }
  producer.join();
  EXPECT_EQ(where, large.data());
}

TEST(RowPipe, AProducerWhoseLargeRowNobodyWantsStops) {
  const std::string large(300'000, 'x');
  RowPipe pipe(1);
  bool put = true;
  std::thread producer([&] { put = pipe.put(std::array{Value(std::string_view(large))}); });
  EXPECT_TRUE(pipe.next());
  pipe.leave();
  producer.join();
  EXPECT_FALSE(put);
}

TEST(RowPipe, ALargeRowMayBeTheLast) {
  const std::string large(300'000, 'x');
  RowPipe pipe(1);
  std::thread producer([&] {
    (void)pipe.put(std::array{Value(std::string_view(large))});
    pipe.end(std::nullopt);
  });
  int rows = 0;
  while (rows < 3 && pipe.next()) ++rows;
  pipe.leave();
  producer.join();
  EXPECT_EQ(rows, 1);
}

TEST(RowPipe, WhyTheRowsEndedIsToldBehindThoseThatCame) {
  RowPipe pipe(3);
  put_rows(pipe, 5);
  pipe.end(LoadFailure(7232, "line 6"));
  int rows = 0;
  while (pipe.next()) ++rows;
  EXPECT_EQ(rows, 5);
  ASSERT_TRUE(pipe.failure());
  EXPECT_EQ(pipe.failure()->code, 7232);
}

TEST(RowPipe, AProducerWhoseRowsNobodyWantsStops) {
  constexpr std::int64_t more_than_fits = 1'000'000;
  RowPipe pipe(3);
  std::int64_t put = 0;
  std::thread producer([&] { put = put_rows(pipe, more_than_fits); });
  EXPECT_TRUE(pipe.next());
  pipe.leave();
  producer.join();
  EXPECT_LT(put, more_than_fits);
}

TEST(RowPipe, AFileWithoutRowsEndsAtOnce) {
  RowPipe pipe(3);
  pipe.end(std::nullopt);
  EXPECT_FALSE(pipe.next());
  EXPECT_FALSE(pipe.failure());
}

}  // namespace
}  // namespace dropload::service
