#include "daemon/service/row_pipe.h"

#include <algorithm>
#include <cstring>

namespace dropload::service {
namespace {

// Together what stays in a core's cache.
constexpr std::size_t values_of_a_batch = 8 * 1024;
constexpr std::size_t text_bytes_of_a_batch = 128 * 1024;
// One being filled, one being emptied, and some between them for when the two are not equally fast.
constexpr int batch_count = 4;

std::size_t text_bytes(std::span<const Value> values) {
  std::size_t bytes = 0;
  for (const Value& value : values) {
    if (const auto* text = std::get_if<std::string_view>(&value)) bytes += text->size();
  }
  return bytes;
}

}  // namespace

RowBatch::RowBatch(std::size_t columns)
    : columns_(columns),
      max_rows_(std::max<std::size_t>(1, values_of_a_batch / std::max<std::size_t>(1, columns))),
      values_(max_rows_ * columns),
      texts_(new char[text_bytes_of_a_batch]) {}

bool RowBatch::add(std::span<const Value> values) {
  if (rows_ == max_rows_) return false;
  char* to = room_for(text_bytes(values));
  if (to == nullptr) return false;
  Value* place = values_.data() + rows_ * columns_;
  for (const Value& value : values) {
    const auto* text = std::get_if<std::string_view>(&value);
    if (text == nullptr) {
      *place++ = value;
      continue;
    }
    std::memcpy(to, text->data(), text->size());
    *place++ = std::string_view(to, text->size());
    to += text->size();
  }
  ++rows_;
  return true;
}

bool RowBatch::takes(std::span<const Value> values) {
  return text_bytes(values) <= text_bytes_of_a_batch;
}

// nullptr: there is none left.
char* RowBatch::room_for(std::size_t bytes) {
  if (bytes > text_bytes_of_a_batch - used_) return nullptr;
  char* const room = texts_.get() + used_;
  used_ += bytes;
  return room;
}

void RowBatch::clear() {
  rows_ = 0;
  used_ = 0;
}

RowPipe::RowPipe(std::size_t columns) {
  for (int i = 0; i < batch_count; ++i) {
    batches_.push_back(std::make_unique<RowBatch>(columns));
    empty_.push_back(batches_.back().get());
  }
}

bool RowPipe::put(std::span<const Value> values) {
  for (;;) {
    if (filling_ == nullptr) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return left_ || !empty_.empty(); });
      if (left_) return false;
      filling_ = empty_.back();
      empty_.pop_back();
    }
    if (filling_->add(values)) return true;
    if (!RowBatch::takes(values)) return put_large(values);
    if (!send()) return false;
  }
}

bool RowPipe::put_large(std::span<const Value> values) {
  std::unique_lock lock(mutex_);
  if (filling_->rows() > 0) full_.push_back(std::exchange(filling_, nullptr));
  large_ = values;
  changed_.notify_one();
  changed_.wait(lock, [this] { return left_ || !large_; });
  return !left_;
}

bool RowPipe::send() {
  {
    const std::lock_guard lock(mutex_);
    full_.push_back(std::exchange(filling_, nullptr));
    if (left_) return false;
  }
  changed_.notify_one();
  return true;
}

void RowPipe::end(std::optional<LoadFailure> failure) {
  {
    const std::lock_guard lock(mutex_);
    if (filling_ != nullptr && filling_->rows() > 0) full_.push_back(std::exchange(filling_, nullptr));
    failure_ = std::move(failure);
    ended_ = true;
  }
  changed_.notify_one();
}

std::optional<std::span<const Value>> RowPipe::next() {
  if (emptying_ == nullptr || at_ == emptying_->rows()) {
    std::unique_lock lock(mutex_);
    if (emptying_ != nullptr) {
      emptying_->clear();
      empty_.push_back(std::exchange(emptying_, nullptr));
      changed_.notify_one();
    }
    if (std::exchange(large_is_given_, false)) {
      large_.reset();
      changed_.notify_one();
    }
    changed_.wait(lock, [&] { return ended_ || large_ || !full_.empty(); });
    if (full_.empty()) {
      large_is_given_ = large_.has_value();
      return large_;
    }
    emptying_ = full_.front();
    full_.erase(full_.begin());
    at_ = 0;
  }
  return emptying_->row(at_++);
}

void RowPipe::leave() {
  {
    const std::lock_guard lock(mutex_);
    left_ = true;
  }
  changed_.notify_one();
}

}  // namespace dropload::service
