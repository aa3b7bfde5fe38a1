#pragma once

// The text of a JSON file on its way into the parser: piece by piece, with its place known.

#include <cstdint>
#include <iterator>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/csv/source.h"

namespace dropload::service {

// The bytes of an open file as UTF-8 without BOM, from its first byte on. UTF-16 is brought to UTF-8; other bytes are
// given as they are, as JSON is UTF-8 and the parser says where it is not. Errors, of each piece: io, unavailable (stop
// was requested).
Result<csv::ByteSource> json_bytes(int fd, std::stop_token stop);

// The longest value, and the longest record, that a JSON file may hold.
inline constexpr std::size_t max_json_record_bytes = 8 * 1024 * 1024;

class JsonText {
 public:
  explicit JsonText(csv::ByteSource source);

  // Thrown by at_end() when failure() is set: to the parser an end would be an error in the text, of which it tells
  // with several copies of all it has read.
  struct Broken {};

  // Nothing more to come.
  [[nodiscard]] bool at_end() { return at_ == piece_.size() && !refill(); }
  [[nodiscard]] char front() const { return piece_[at_]; }
  void advance() { ++at_; }
  void skip_blanks();

  // The bytes that have been read. Told at every key, value and bracket; see failure().
  std::uint64_t note_place() { return noted_ = before_ + at_; }
  // The line of the last character that was read, and of the one that comes next; 1 is the first.
  [[nodiscard]] std::int64_t line() const { return line_at(at_ == 0 ? 0 : at_ - 1); }
  [[nodiscard]] std::int64_t next_line() const { return line_at(at_); }

  // Why the text ended early: the source's error, or too_large when more than max_json_record_bytes came since the last
  // place that was noted: the parser holds them in memory.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  bool refill();
  [[nodiscard]] std::int64_t line_at(std::size_t place) const;

  csv::ByteSource source_;
  std::string piece_;
  std::size_t at_ = 0;
  std::uint64_t before_ = 0;  // bytes before the piece
  std::int64_t lines_before_ = 0;
  std::uint64_t noted_ = 0;
  std::optional<Error> failure_;
};

// As the parser wants it.
class JsonIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  JsonIterator() = default;  // the end
  explicit JsonIterator(JsonText& text) : text_(&text) {}

  char operator*() const { return text_->front(); }
  JsonIterator& operator++() {
    text_->advance();
    return *this;
  }
  JsonIterator operator++(int) {
    const JsonIterator before = *this;
    text_->advance();
    return before;
  }
  friend bool operator==(const JsonIterator& a, const JsonIterator& b) { return a.is_end() == b.is_end(); }

 private:
  [[nodiscard]] bool is_end() const { return text_ == nullptr || text_->at_end(); }

  JsonText* text_ = nullptr;
};

}  // namespace dropload::service
