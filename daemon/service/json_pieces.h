#pragma once

// A JSON file cut into its records, for the passes after the first: what is read is known to be JSON.

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/buffer.h"
#include "common/csv/source.h"
#include "daemon/service/json_outline.h"

namespace dropload::service {

struct JsonPiece {
  std::string_view text;  // valid until the next call
  std::int64_t line = 0;  // where it begins
};

class JsonPieces {
 public:
  JsonPieces(csv::ByteSource source, const JsonOutline& outline);

  // The next record; nothing at the end. Errors: 7248 for one that is longer than max_json_record_bytes, io.
  LoadStep<std::optional<JsonPiece>> next();

 private:
  LoadStep<void> skip_to_records();
  LoadStep<void> fill();
  void drop(std::size_t bytes);
  std::optional<std::size_t> end_of_record();

  csv::ByteSource source_;
  std::uint64_t to_skip_;
  std::int64_t line_;
  Buffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::size_t given_ = 0;  // bytes of the piece that was given last

  // How far the record that begins at begin_ has been looked at.
  std::size_t seen_ = 0;
  int depth_ = 0;
  bool in_text_ = false;
};

}  // namespace dropload::service
