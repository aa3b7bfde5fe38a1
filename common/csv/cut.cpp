#include "common/csv/cut.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace dropload::csv {
namespace {

// A longer one could be cut, but neither end would read it.
constexpr std::size_t longest_record = ReaderLimits().max_record_bytes;
// A record's end is sure only when the byte behind its line break is there to be seen.
constexpr std::size_t bytes_behind = 2;
// Stands for what is not ASCII: the reader looks for nothing like it.
constexpr char not_ascii = '\x80';

bool has_units(Encoding encoding) {
  return encoding == Encoding::utf16_le || encoding == Encoding::utf16_be;
}

Result<std::size_t> read_at(int fd, std::uint64_t offset, std::span<char> buffer) {
  for (;;) {
    const auto bytes = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (bytes >= 0) return static_cast<std::size_t>(bytes);
    if (errno != EINTR) return error_from_errno(errno, "cannot read the file");
  }
}

ByteSource bytes_from(int fd, std::uint64_t at) {
  return [fd, at](std::span<char> buffer) mutable -> Result<std::size_t> {
    const auto bytes = read_at(fd, at, buffer);
    if (bytes) at += *bytes;
    return bytes;
  };
}

// One byte for each unit of UTF-16. Half a unit at the end is one too.
ByteSource units_from(int fd, std::uint64_t at, Encoding encoding) {
  return [fd, at, low = encoding == Encoding::utf16_le ? 0u : 1u](std::span<char> units) mutable {
    std::string bytes(2 * std::min<std::size_t>(units.size(), 64 * 1024), '\0');
    std::size_t have = 0;
    do {
      const auto read = read_at(fd, at + have, std::span(bytes).subspan(have));
      if (!read) return Result<std::size_t>(read.error());
      if (*read == 0) break;
      have += *read;
    } while (have % 2 != 0);
    at += have;
    const std::size_t count = (have + 1) / 2;
    for (std::size_t i = 0; i < count; ++i) {
      const char value = bytes[2 * i + low];
      const bool is_ascii =
          2 * i + 1 < have && bytes[2 * i + 1 - low] == '\0' && static_cast<unsigned char>(value) < 0x80;
      units[i] = is_ascii ? value : not_ascii;
    }
    return Result<std::size_t>(count);
  };
}

ByteSource source_from(const CutSheet& sheet, std::uint64_t at) {
  return has_units(sheet.encoding) ? units_from(sheet.fd, at, sheet.encoding) : bytes_from(sheet.fd, at);
}

std::uint64_t bytes_of_unit(const CutSheet& sheet) {
  return has_units(sheet.encoding) ? 2 : 1;
}

std::string bom_of(const CutSheet& sheet) {
  switch (sheet.encoding) {
    case Encoding::utf16_le:
      return "\xFF\xFE";
    case Encoding::utf16_be:
      return "\xFE\xFF";
    default:
      return sheet.bom_bytes > 0 ? "\xEF\xBB\xBF" : "";
  }
}

Dialect without_top(Dialect dialect) {
  dialect.skip_top = 0;
  return dialect;
}

ReaderLimits limits_for(const CutSheet& sheet, std::uint64_t room) {
  ReaderLimits limits;
  limits.as_it_stands = true;
  limits.max_record_bytes = std::min<std::uint64_t>(longest_record, room / bytes_of_unit(sheet)) + bytes_behind;
  return limits;
}

}  // namespace

Result<CutSheet> read_cut_sheet(int fd, std::uint64_t size, const KnownDialect& known) {
  const auto beginning = read_beginning(bytes_from(fd, 0), known);
  if (!beginning) return beginning.error();
  CutSheet sheet;
  sheet.fd = fd;
  sheet.size = size;
  sheet.encoding = beginning->encoding.encoding;
  sheet.bom_bytes = beginning->encoding.bom_bytes;
  sheet.dialect = beginning->dialect;
  const auto start = static_cast<std::uint64_t>(sheet.bom_bytes);
  Reader reader(source_from(sheet, start), sheet.dialect, limits_for(sheet, longest_record));
  const auto header = reader.next();
  if (!header) return header.error();
  if (!*header) return error(Errc::invalid_argument, "the file has no header line");
  const std::uint64_t begin = start + (*header)->offset * bytes_of_unit(sheet);
  sheet.data_offset = std::min(size, start + reader.offset() * bytes_of_unit(sheet));
  std::string text(sheet.data_offset - begin, '\0');
  for (std::size_t have = 0; have < text.size();) {
    const auto read = read_at(fd, begin + have, std::span(text).subspan(have));
    if (!read) return read.error();
    if (*read == 0) return error(Errc::io, "the file became shorter while it was read");
    have += *read;
  }
  sheet.lead = bom_of(sheet) + text;
  return sheet;
}

Cutter::Cutter(CutSheet sheet, std::uint64_t from, std::uint64_t most)
    : sheet_(std::move(sheet)),
      base_(from > 0 ? from : static_cast<std::uint64_t>(sheet_.bom_bytes)),
      room_(most - std::min<std::uint64_t>(most, sheet_.lead.size())),
      skips_header_(from == 0),
      at_(from > 0 ? from : sheet_.data_offset),
      // The header is longer than a piece has room for, perhaps: it is read where the piece is not measured.
      reader_(source_from(sheet_, base_), from > 0 ? without_top(sheet_.dialect) : sheet_.dialect,
              limits_for(sheet_, std::max<std::uint64_t>(room_, from > 0 ? 0 : sheet_.lead.size()))) {}

std::uint64_t Cutter::in_file(std::uint64_t offset) const {
  return std::min(sheet_.size, base_ + offset * bytes_of_unit(sheet_));
}

Error Cutter::does_not_fit(const Error& why) const {
  return error(Errc::too_large, "{}, and beside the header line a batch has room for {} bytes", why.message, room_);
}

Result<std::optional<Cutter::Place>> Cutter::next_record() {
  if (pending_) return std::exchange(pending_, std::nullopt);
  if (std::exchange(skips_header_, false)) {
    if (const auto header = reader_.next(); !header) return header.error();
  }
  const auto record = reader_.next();
  if (!record && record.error().code == Errc::too_large) return does_not_fit(record.error());
  if (!record) return record.error();
  if (!*record) return std::optional<Place>();
  const Place place{in_file((*record)->offset), in_file(reader_.offset())};
  if (place.end - place.begin <= room_) return std::optional(place);
  return does_not_fit(
      error(Errc::too_large, "the record of line {} has {} bytes", (*record)->line, place.end - place.begin));
}

Result<Cut> Cutter::next() {
  Cut cut{at_, 0, at_, 0, false};
  for (;;) {
    const auto record = next_record();
    if (!record) return record.error();
    if (!*record) {
      cut.is_last = true;
      cut.next = sheet_.size;
      return cut;
    }
    if (cut.records == 0) cut.offset = (*record)->begin;
    if ((*record)->end - cut.offset > room_) {
      pending_ = **record;
      at_ = cut.next;
      return cut;
    }
    cut.length = (*record)->end - cut.offset;
    cut.next = (*record)->end;
    ++cut.records;
  }
}

}  // namespace dropload::csv
