#pragma once

// What a CSV file is, found out in one pass over its bytes: how it is encoded and written, its header, how many records
// it has. Memory is one buffer, the longest record and a sample of the beginning. Used where a file is accepted, and
// where files are put together.

#include <cstdint>
#include <string>

#include "common/csv/encoding.h"
#include "common/csv/oddities.h"
#include "common/csv/reader.h"

namespace dropload::csv {

// The first bytes of a file, and what they tell.
struct Beginning {
  std::string bytes;  // the BOM included
  DetectedEncoding encoding;
  Dialect dialect;
  bool is_whole = false;  // the file has no more bytes

  // The most that a reader of this file needs at first.
  [[nodiscard]] ReaderLimits limits(bool as_it_stands) const;
};
// Reads the beginning from the source. Errors: the source's.
Result<Beginning> read_beginning(const ByteSource& source, const KnownDialect& known);

// All bytes of a file without its BOM: those of the beginning, then what the source still has. They are left in the
// file's encoding but for UTF-16, which becomes UTF-8: so offsets are those of the file less the BOM, and what a reader
// finds is what it would find in the file as UTF-8.
ByteSource text_of(const Beginning& beginning, ByteSource rest);

// Where a file can no longer be read as CSV.
struct Broken {
  enum class How { no_header = 1, open_quote, over_the_limits };
  How how = How::no_header;
  std::int64_t line = 1;
  Error why;
};

struct Survey {
  Encoding encoding = Encoding::utf8;
  int bom_bytes = 0;
  Dialect dialect;
  // The first record as it stands, without the line break behind it, and how many fields it has.
  std::string header;
  std::size_t header_fields = 0;
  // A field of it looks like a value (value_like.h): it may be a row of a file that has no header.
  bool header_may_be_a_row = false;
  // Most probably it is (row_like.h), and how many of its fields are values then.
  bool header_is_like_a_row = false;
  std::size_t header_values = 0;
  // The line behind the header's, and where it begins in the file; 0 in UTF-16, where no byte of the text is that of
  // the file.
  std::int64_t data_line = 1;
  std::uint64_t data_offset = 0;
  std::int64_t records = 0;  // behind the header; empty lines and comments are none
  LineBreaks breaks;         // outside of quotes
  bool ends_in_break = false;
  Oddities odd;
  // All of the above is then of what comes before.
  std::optional<Broken> broken;
};

// As far as the file can be read. Errors: the source's.
Result<Survey> survey_as_far_as_it_goes(ByteSource source, const KnownDialect& known);

// Of the whole file. Errors: the source's; invalid_argument when there is no header or a quote is never closed, and
// too_large for a record over the reader's limits, both with the line.
Result<Survey> survey(ByteSource source, const KnownDialect& known);

}  // namespace dropload::csv
