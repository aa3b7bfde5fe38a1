#pragma once

// The one CSV reader: RFC 4180 plus what people send (LF, CR and CRLF mixed, quoted line breaks, stray quotes inside
// fields, a missing last line break, empty lines skipped). Streaming: memory is one buffer, or the longest record where
// that is larger.
// Used by the import service, pre-flight, merge and cut.
//
// A quote opens a quoted field only as the field's first byte; two of them inside mean one; what stands between the
// closing quote and the delimiter belongs to the field.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/buffer.h"
#include "common/base/result.h"
#include "common/csv/dialect.h"
#include "common/csv/source.h"

namespace dropload::csv {

struct Record {
  std::int64_t line = 0;                     // where it begins in the file, 1 is the first line
  std::uint64_t offset = 0;                  // byte at which it begins (in the bytes the reader was given)
  std::span<const std::string_view> fields;  // unquoted; valid until the next call
  bool has_breaks = false;                   // a field may hold a line break
  // With ReaderLimits::as_it_stands all of the record, without the line break that ends it; valid until the next call.
  std::string_view bytes{};
};

struct ReaderLimits {
  // A record is in memory as a whole. This is far more than a table is made of, and little enough to come upon a quote
  // that is never closed without reading all of a large file into memory.
  std::size_t max_record_bytes = 16 * 1024 * 1024;
  std::size_t max_fields = 10'000;
  std::size_t first_buffer_bytes = 256 * 1024;  // less is enough for what is known to be small
  // Records are given as they stand in the file: a quoted field that holds quotes is not unquoted.
  bool as_it_stands = false;
};

// Which line breaks there were outside of quotes.
struct LineBreaks {
  bool lf = false;
  bool crlf = false;
  bool cr = false;

  bool operator==(const LineBreaks&) const = default;
};

class Reader {
 public:
  Reader(ByteSource source, Dialect dialect, ReaderLimits limits = {});

  // The next record; nothing at the end. Errors: the source's; too_large, with the line, for a record over the limits;
  // invalid_argument, with the line, for a quote that is never closed. After an error the reader is not to be used.
  Result<std::optional<Record>> next();

  // The byte behind what has been read so far, line break included.
  [[nodiscard]] std::uint64_t offset() const { return offset_ + begin_; }
  // After an error about a record the line that it is about: of a quote that is never closed its own, which may be
  // behind the record's first one.
  [[nodiscard]] std::int64_t line_of_trouble() const { return line_ + breaks_in_quotes_; }
  // Of what has been read so far, empty lines and comments included.
  [[nodiscard]] const LineBreaks& breaks() const { return breaks_; }
  // Did the last line that was read end in a line break? True before the first one.
  [[nodiscard]] bool ended_in_break() const { return ended_in_break_; }

 private:
  enum class Scanned { record, nothing, more_is_needed, too_many_fields, open_quote };
  struct Quoted {
    const char* end = nullptr;  // past the closing quote; nullptr when the buffer ends before that is sure
    bool doubled = false;
  };

  Result<void> fill();
  Scanned scan();
  Scanned scan_line();
  Scanned scan_record();
  Quoted scan_quoted(const char* at, const char* end);
  void end_record(const char* at, const char* end);
  std::size_t note_break(const char* at, const char* end);
  Error failure(Scanned scanned) const;

  ByteSource source_;
  Dialect dialect_;
  ReaderLimits limits_;
  Buffer buffer_;
  std::size_t begin_ = 0;  // of the current record in the buffer
  std::size_t end_ = 0;    // of the bytes in the buffer
  bool at_end_ = false;
  std::int64_t line_ = 1;              // of the current record
  std::int64_t breaks_in_quotes_ = 0;  // of the current record
  std::uint64_t offset_ = 0;           // of the buffer's first byte
  int to_skip_ = 0;
  std::vector<std::string_view> fields_;
  std::vector<std::size_t> raw_;  // fields that still hold their quotes
  std::string_view bytes_;
  LineBreaks breaks_;
  bool ended_in_break_ = true;
};

}  // namespace dropload::csv
