#pragma once

// The one CSV reader: RFC 4180 plus what people send (LF, CR and CRLF mixed, quoted line breaks, stray quotes inside fields, a missing last line
// break, empty lines skipped). Streaming: memory is one buffer plus the longest record. Used by the import service, pre-flight, merge and cut.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/csv/dialect.h"

namespace dropload::csv {

struct Record {
  std::int64_t line = 0;                     // where it begins in the file, 1 is the first line
  std::uint64_t offset = 0;                  // byte at which it begins (in the bytes the reader was given)
  std::span<const std::string_view> fields;  // unquoted; valid until the next call
};

// Gives the next bytes of the file into the buffer; 0 at the end.
using ByteSource = std::function<Result<std::size_t>(std::span<char>)>;
// Of an open file, from its current offset. The fd is not owned.
ByteSource bytes_of_file(int fd);
// The same bytes as UTF-8 without BOM: detects the encoding by the first bytes and converts where needed.
ByteSource as_utf8(ByteSource source);

struct ReaderLimits {
  std::size_t max_record_bytes = 64 * 1024 * 1024;
  std::size_t max_fields = 10'000;
};

class Reader {
 public:
  Reader(ByteSource source, Dialect dialect, ReaderLimits limits = {});

  // The next record; nothing at the end. Errors: the source's; too_large with line (a quote that is never closed ends up here).
  Result<std::optional<Record>> next();

 private:
  Result<bool> fill();
  bool scan();
  void finish_field(std::size_t begin, std::size_t end, bool quoted);

  ByteSource source_;
  Dialect dialect_;
  ReaderLimits limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of the current record in the buffer
  std::size_t end_ = 0;    // of the bytes in the buffer
  bool at_end_ = false;
  std::int64_t line_ = 1;
  std::uint64_t offset_ = 0;
  int to_skip_ = 0;
  std::vector<std::string_view> fields_;
};

}  // namespace dropload::csv
