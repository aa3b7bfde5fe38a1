#include "common/csv/reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/csv/scan.h"

namespace dropload::csv {
namespace {

// The text of a field that begins with a quote and holds doubled quotes, or text behind the closing one. Written over
// itself.
std::string_view unquote(std::string_view raw, char* to, char quote) {
  char* const begin = to;
  std::size_t at = 1;
  for (; at < raw.size(); ++at) {
    if (raw[at] == quote && (++at == raw.size() || raw[at] != quote)) break;
    *to++ = raw[at];
  }
  for (; at < raw.size(); ++at) *to++ = raw[at];
  return {begin, static_cast<std::size_t>(to - begin)};
}

}  // namespace

Reader::Reader(ByteSource source, Dialect dialect, ReaderLimits limits)
    : source_(std::move(source)),
      dialect_(dialect),
      limits_(limits),
      buffer_(std::min(limits.first_buffer_bytes, limits.max_record_bytes)),
      to_skip_(dialect.skip_top) {}

Result<std::optional<Record>> Reader::next() {
  for (;;) {
    if (begin_ == end_ && at_end_) return std::optional<Record>{};
    const std::int64_t line = line_;
    const std::uint64_t offset = offset_ + begin_;
    const Scanned scanned = begin_ == end_ ? Scanned::more_is_needed : scan();
    if (scanned == Scanned::record) return std::optional(Record{line, offset, fields_, breaks_in_quotes_ > 0, bytes_});
    if (scanned == Scanned::nothing) continue;
    if (scanned != Scanned::more_is_needed) return failure(scanned);
    if (auto filled = fill(); !filled) return filled.error();
  }
}

Error Reader::failure(Scanned scanned) const {
  if (scanned == Scanned::open_quote) {
    return error(Errc::invalid_argument, "the quote opened in the record of line {} is never closed", line_);
  }
  return error(Errc::too_large, "line {} has more than {} fields", line_, limits_.max_fields);
}

// Reads until the buffer is full, so that a record is scanned again only when the buffer has doubled.
Result<void> Reader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  offset_ += begin_;
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) {
    if (end_ >= limits_.max_record_bytes) {
      return error(Errc::too_large,
                   "the record of line {} is longer than {} bytes, the most that one may have (is a quote never "
                   "closed?)",
                   line_, limits_.max_record_bytes);
    }
    buffer_.grow(std::min(buffer_.size() * 2, limits_.max_record_bytes));
  }
  while (end_ < buffer_.size()) {
    auto bytes = source_(buffer_.from(end_));
    if (!bytes) return bytes.error();
    if (*bytes == 0) {
      at_end_ = true;
      break;
    }
    end_ += *bytes;
  }
  return {};
}

Reader::Scanned Reader::scan() {
  if (to_skip_ > 0) {
    const Scanned scanned = scan_line();
    if (scanned == Scanned::nothing) --to_skip_;
    return scanned;
  }
  return dialect_.comment && buffer_.data()[begin_] == *dialect_.comment ? scan_line() : scan_record();
}

Reader::Scanned Reader::scan_line() {
  const char* const end = buffer_.data() + end_;
  const char* at = FieldEnds('\n').find(buffer_.data() + begin_, end);
  if (!at_end_ && (at == end || (*at == '\r' && at + 1 == end))) return Scanned::more_is_needed;
  breaks_in_quotes_ = 0;
  end_record(at, end);
  return Scanned::nothing;
}

Reader::Scanned Reader::scan_record() {
  const FieldEnds ends(dialect_.delimiter);
  const char* at = buffer_.data() + begin_;
  const char* const end = buffer_.data() + end_;
  fields_.clear();
  raw_.clear();
  breaks_in_quotes_ = 0;
  for (;; ++at) {
    const char* const begin = at;
    Quoted quoted;
    if (dialect_.quote && at != end && *at == *dialect_.quote) {
      quoted = scan_quoted(at, end);
      if (quoted.end == nullptr) return at_end_ ? Scanned::open_quote : Scanned::more_is_needed;
      at = quoted.end;
    }
    at = ends.find(at, end);
    if (!at_end_ && (at == end || (*at == '\r' && at + 1 == end))) return Scanned::more_is_needed;
    if (fields_.size() == limits_.max_fields) return Scanned::too_many_fields;
    if (at == quoted.end && !quoted.doubled) {
      fields_.emplace_back(begin + 1, static_cast<std::size_t>(at - begin) - 2);
    } else {
      if (quoted.end != nullptr) raw_.push_back(fields_.size());
      fields_.emplace_back(begin, static_cast<std::size_t>(at - begin));
    }
    if (at == end || *at != dialect_.delimiter) break;
  }
  const bool blank = fields_.size() == 1 && at == buffer_.data() + begin_;
  if (limits_.as_it_stands) {
    bytes_ = std::string_view(buffer_.data() + begin_, static_cast<std::size_t>(at - buffer_.data()) - begin_);
    raw_.clear();
  }
  for (const std::size_t index : raw_) {
    std::string_view& field = fields_[index];
    field = unquote(field, buffer_.data() + (field.data() - buffer_.data()), *dialect_.quote);
  }
  end_record(at, end);
  return blank ? Scanned::nothing : Scanned::record;
}

Reader::Quoted Reader::scan_quoted(const char* at, const char* end) {
  const char quote = *dialect_.quote;
  const char* const begin = ++at;
  Quoted quoted;
  for (;; at += 2) {
    at = static_cast<const char*>(std::memchr(at, quote, static_cast<std::size_t>(end - at)));
    if (at == nullptr || (at + 1 == end && !at_end_)) return {};
    if (at + 1 == end || at[1] != quote) break;
    quoted.doubled = true;
  }
  breaks_in_quotes_ += count_breaks(begin, at);
  quoted.end = at + 1;
  return quoted;
}

// How many bytes the line break has.
std::size_t Reader::note_break(const char* at, const char* end) {
  const bool is_crlf = *at == '\r' && at + 1 != end && at[1] == '\n';
  (is_crlf ? breaks_.crlf : *at == '\r' ? breaks_.cr : breaks_.lf) = true;
  return is_crlf ? 2 : 1;
}

// `at` is the line break that ends the record, or the end of the file.
void Reader::end_record(const char* at, const char* end) {
  line_ += breaks_in_quotes_ + (at == end ? 0 : 1);
  ended_in_break_ = at != end;
  if (at != end) at += note_break(at, end);
  begin_ = static_cast<std::size_t>(at - buffer_.data());
}

}  // namespace dropload::csv
