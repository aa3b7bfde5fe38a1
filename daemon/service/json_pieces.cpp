#include "daemon/service/json_pieces.h"

#include <algorithm>
#include <cstring>

namespace dropload::service {
namespace {

constexpr std::size_t first_json_buffer_bytes = 256 * 1024;

bool is_between_records(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',';
}

}  // namespace

JsonPieces::JsonPieces(csv::ByteSource source, const JsonOutline& outline)
    : source_(std::move(source)), to_skip_(outline.offset), line_(outline.line), buffer_(first_json_buffer_bytes) {}

LoadStep<std::optional<JsonPiece>> JsonPieces::next() {
  if (auto skipped = skip_to_records(); !skipped) return skipped.error();
  drop(std::exchange(given_, 0));
  for (;;) {
    if (seen_ == 0) {
      while (begin_ < end_ && is_between_records(buffer_.data()[begin_])) drop(1);
    }
    if (begin_ < end_) {
      if (seen_ == 0 && buffer_.data()[begin_] == ']') return std::optional<JsonPiece>{};
      if (const auto size = end_of_record()) {
        given_ = *size;
        return std::optional(JsonPiece{{buffer_.data() + begin_, *size}, line_});
      }
    }
    if (at_end_) return std::optional<JsonPiece>{};
    if (auto filled = fill(); !filled) return filled.error();
  }
}

LoadStep<void> JsonPieces::skip_to_records() {
  while (to_skip_ > 0) {
    if (auto filled = fill(); !filled) return filled.error();
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(to_skip_, end_ - begin_));
    begin_ += bytes;
    to_skip_ -= bytes;
    if (at_end_) break;
  }
  return {};
}

LoadStep<void> JsonPieces::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ > max_json_record_bytes) {
    return no_json(fmt::format("the record in line {} is longer than {} bytes", line_, max_json_record_bytes));
  }
  if (end_ == buffer_.size()) buffer_.grow(std::min(buffer_.size() * 2, max_json_record_bytes + 1));
  const auto bytes = source_(buffer_.from(end_));
  if (!bytes) return bytes.error();
  at_end_ = *bytes == 0;
  end_ += *bytes;
  return {};
}

void JsonPieces::drop(std::size_t bytes) {
  const char* const from = buffer_.data() + begin_;
  line_ += std::count(from, from + bytes, '\n');
  begin_ += bytes;
}

// The bytes of the record that begins at begin_; nothing when its end has not been read yet.
std::optional<std::size_t> JsonPieces::end_of_record() {
  const auto ends = [this](std::size_t size) {
    seen_ = 0;
    depth_ = 0;
    in_text_ = false;
    return std::optional(size);
  };
  const char* const text = buffer_.data() + begin_;
  const std::size_t have = end_ - begin_;
  for (; seen_ < have; ++seen_) {
    const char c = text[seen_];
    if (in_text_) {
      if (c == '\\') {
        if (seen_ + 1 == have) return std::nullopt;
        ++seen_;
      }
      if (c == '"') in_text_ = false;
      if (c == '"' && depth_ == 0) return ends(seen_ + 1);
    } else if (c == '"') {
      in_text_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (depth_ == 0 && (c == ']' || is_between_records(c))) {
      return ends(seen_);
    } else if (c == '}' || c == ']') {
      if (--depth_ == 0) return ends(seen_ + 1);
    }
  }
  return std::nullopt;
}

}  // namespace dropload::service
