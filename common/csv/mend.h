#pragma once

// Records of several files put behind one another: every line break outside of quotes becomes LF, a last one that is
// missing is added, what stands in quotes stays as it is. Lines keep their distance from one another (a comment becomes
// an empty line), so that a line of the new file can be told in the old one.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/csv/reader.h"

namespace dropload::csv {

using Sink = std::function<Result<void>(std::string_view)>;

class Mender {
 public:
  explicit Mender(Sink sink);

  // Copies what is left of the reader, which gives records as they stand; `line` is the line behind what was read of it
  // so far (1 at its start). The number of records. Errors: the reader's, the sink's.
  Result<std::int64_t> append(Reader& reader, std::int64_t line);
  // Bytes before everything: a BOM.
  void prefix(std::string_view bytes) { buffer_ += bytes; }
  // One record, as it stands, behind so many empty lines.
  void put(std::string_view record, std::int64_t empty_lines);
  // All that was appended goes into the sink.
  Result<void> flush();

  // The line at which the next one is going to be.
  [[nodiscard]] std::int64_t next_line() const { return next_line_; }
  // Bytes so far, flushed or not.
  [[nodiscard]] std::uint64_t size() const { return flushed_ + buffer_.size(); }

 private:
  Sink sink_;
  std::string buffer_;
  std::uint64_t flushed_ = 0;
  std::int64_t next_line_ = 1;
};

}  // namespace dropload::csv
