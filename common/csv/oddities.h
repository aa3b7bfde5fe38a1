#pragma once

// What is odd about the bytes and records of a file: records with other than the header's fields, NUL bytes, bytes that
// are not UTF-8. Found on the way, at a few percent of what reading the records costs.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "common/csv/encoding.h"
#include "common/csv/reader.h"
#include "common/csv/source.h"

namespace dropload::csv {

// Records that have something in common: how many, and the lines at which the first of them begin.
struct OddLines {
  static constexpr std::size_t most_lines = 5;
  std::int64_t count = 0;
  std::vector<std::int64_t> first;

  void add(std::int64_t line);
};

struct Oddities {
  OddLines short_records;  // fewer fields than the header
  OddLines long_records;   // more
  // The first record, the header included, that holds a NUL byte, or, in a file that begins as UTF-8, a byte that is
  // no UTF-8.
  std::optional<std::int64_t> nul_line;
  std::optional<std::int64_t> not_utf8_line;
};

// Between a source and a reader of whole records (ReaderLimits::as_it_stands): bytes are looked at as they pass, and
// records only when what has passed so far calls for it.
class OddityWatch {
 public:
  OddityWatch(bool is_utf8, Oddities& into) : is_utf8_(is_utf8), found_(into) {}

  [[nodiscard]] ByteSource watch(ByteSource source) const;
  // Of the header, then of every record in order.
  void look_at_header(const Record& header);
  void look_at(const Record& record) {
    if (record.fields.size() != header_fields_ || *passed_) note(record);
  }

 private:
  void note(const Record& record);
  void note_bytes(const Record& record);

  bool is_utf8_;
  Oddities& found_;
  std::size_t header_fields_ = 0;
  // Bytes have passed whose record is to be found.
  struct Passed : ByteKinds {
    explicit operator bool() const { return nul || beyond_ascii; }
  };
  std::shared_ptr<Passed> passed_ = std::make_shared<Passed>();
};

}  // namespace dropload::csv
