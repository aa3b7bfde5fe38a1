#pragma once

// A CSV file cut into pieces that are CSV files themselves: each is the header line and a run of whole records, byte
// for byte as they stand in the file. Nothing is copied: a piece is an offset and a length, and what goes in front of
// it. Memory is one buffer and the longest record.
//
// Any encoding is cut: in UTF-8 and Latin-1 the bytes that matter are ASCII, in UTF-16 they are looked for among its
// units of two bytes. What stands before the header (lines that are skipped, comments) goes into no piece, so that no
// piece has lines to be skipped; comments between records stay where they are, or are left out at a cut.

#include <cstdint>
#include <optional>
#include <string>

#include "common/csv/survey.h"

namespace dropload::csv {

// What all pieces of a file share.
struct CutSheet {
  int fd = -1;  // not owned
  std::uint64_t size = 0;
  Encoding encoding = Encoding::utf8;
  int bom_bytes = 0;
  Dialect dialect;
  // In front of every piece: the BOM (in UTF-16 always, else if the file has one) and the header with its line break.
  std::string lead;
  std::uint64_t data_offset = 0;  // the byte behind the header
};

// Reads the header. Errors: io; invalid_argument when there is none, or a quote in it is never closed; too_large.
Result<CutSheet> read_cut_sheet(int fd, std::uint64_t size, const KnownDialect& known);

struct Cut {
  std::uint64_t offset = 0;  // of the first record
  std::uint64_t length = 0;
  std::uint64_t next = 0;  // where to go on: for the cutter of the next piece
  std::int64_t records = 0;
  bool is_last = false;
};

class Cutter {
 public:
  // Pieces of at most `most` bytes, the lead included, from the byte `from` on: 0 for the start, else some Cut's
  // `next`.
  Cutter(CutSheet sheet, std::uint64_t from, std::uint64_t most);

  // The next piece: as many records as fit. After the last one it is not to be used. Without any record there is one
  // piece, which is empty. Errors: io; too_large for a record that does not fit into a piece, invalid_argument for a
  // quote that is never closed, both with the line (counted from `from`).
  Result<Cut> next();

 private:
  struct Place {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  Result<std::optional<Place>> next_record();
  [[nodiscard]] std::uint64_t in_file(std::uint64_t offset) const;
  [[nodiscard]] Error does_not_fit(const Error& why) const;

  CutSheet sheet_;
  std::uint64_t base_;  // of the reader's first byte
  std::uint64_t room_;  // for records
  bool skips_header_;
  std::uint64_t at_;  // behind the last piece
  std::optional<Place> pending_;
  Reader reader_;
};

}  // namespace dropload::csv
