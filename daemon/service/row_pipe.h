#pragma once

// Checked rows on their way from the thread that reads and checks them to the one that writes them: a file is read on
// one core while SQLite works on the other. A few batches go round, so memory does not grow with the file; a row that
// is larger than a batch is not copied, its producer waits until it has been written.
//
// One producer and one consumer, each a thread. Either may leave early; the other is then told at its next call.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/service/loader_failure.h"
#include "daemon/service/typing.h"

namespace dropload::service {

// Some rows with the bytes of their texts.
class RowBatch {
 public:
  explicit RowBatch(std::size_t columns);

  // Is the row one for a batch?
  static bool takes(std::span<const Value> values);
  // Copies the row, texts included. False when the batch has no room left for it. REQUIRES: takes(values).
  bool add(std::span<const Value> values);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::span<const Value> row(std::size_t index) const {
    return std::span(values_).subspan(index * columns_, columns_);
  }
  void clear();

 private:
  char* room_for(std::size_t bytes);

  std::size_t columns_;
  std::size_t max_rows_;
  std::size_t rows_ = 0;
  std::vector<Value> values_;
  std::unique_ptr<char[]> texts_;
  std::size_t used_ = 0;
};

class RowPipe {
 public:
  explicit RowPipe(std::size_t columns);

  // Producer. False when nobody will fetch the row: the consumer has left.
  bool put(std::span<const Value> values);
  // Producer, last: there are no more rows, and why, if that is not the end of the file.
  void end(std::optional<LoadFailure> failure);

  // Consumer. The next row, valid until the next call; nothing at the end.
  std::optional<std::span<const Value>> next();
  // Consumer, after next() gave nothing.
  [[nodiscard]] const std::optional<LoadFailure>& failure() const { return failure_; }
  // Consumer: fetches no more.
  void leave();

 private:
  bool put_large(std::span<const Value> values);
  bool send();

  std::vector<std::unique_ptr<RowBatch>> batches_;
  RowBatch* filling_ = nullptr;   // the producer's
  RowBatch* emptying_ = nullptr;  // the consumer's
  std::size_t at_ = 0;            // the consumer's place in it
  bool large_is_given_ = false;   // the consumer's

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<RowBatch*> empty_;
  std::vector<RowBatch*> full_;                  // in order
  std::optional<std::span<const Value>> large_;  // the row behind them, until the consumer has done with it
  bool ended_ = false;
  bool left_ = false;
  std::optional<LoadFailure> failure_;  // set before ended_
};

}  // namespace dropload::service
