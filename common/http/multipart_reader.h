#pragma once

// Reads multipart/form-data piece by piece as it arrives, with memory that does not depend on the size of a part. Pure:
// bytes in, events out through the sink.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dropload::http {

struct PartHead {
  std::string name;                      // of Content-Disposition; "" when there is none
  std::optional<std::string> file_name;  // likewise
  std::string content_type;              // "" when there is none
};

class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  virtual Result<void> part_begins(const PartHead& head) = 0;
  virtual Result<void> part_data(std::string_view bytes) = 0;
  virtual Result<void> part_ends() = 0;
};

class MultipartReader {
 public:
  // The boundary from a Content-Type header; invalid_argument when it is not multipart/form-data or has no boundary.
  static Result<std::string> boundary_of(std::string_view content_type);

  // `sink` outlives the reader. A header block over 16 KiB is an error, and so are more than 64 parts.
  MultipartReader(std::string boundary, MultipartSink& sink);

  // Takes the next bytes, any cut. Errors: protocol (not the form it should have), too_large, or the sink's. After an
  // error it is spent.
  Result<void> feed(std::string_view bytes);
  // The body has ended. protocol when the closing boundary has not been seen.
  Result<void> finish();

 private:
  enum class State { preamble, after_boundary, headers, first_data, data, epilogue };
  // Each uses up bytes from the front of `unread`; false: more bytes are needed first.
  Result<bool> step(std::string_view& unread);
  bool skip_preamble(std::string_view& unread);
  Result<bool> read_boundary_end(std::string_view& unread);
  Result<bool> read_headers(std::string_view& unread);
  Result<bool> read_first_data(std::string_view& unread);
  Result<bool> read_data(std::string_view& unread);
  Result<void> begin_part(std::string_view header_block);

  std::string delimiter_;  // "\r\n--boundary"
  MultipartSink& sink_;
  State state_ = State::preamble;
  std::string pending_;  // bytes that could be the beginning of a delimiter, or of a header block
  int parts_ = 0;
};

}  // namespace dropload::http
