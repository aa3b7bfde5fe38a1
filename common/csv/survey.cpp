#include "common/csv/survey.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "common/csv/row_like.h"
#include "common/csv/scan.h"
#include "common/csv/value_like.h"

namespace dropload::csv {
namespace {

// UTF-16 needs two bytes for what a sample of the text has one for.
constexpr std::size_t beginning_bytes = 2 * dialect_sample_bytes + 4;

bool is_utf16(Encoding encoding) {
  return encoding == Encoding::utf16_le || encoding == Encoding::utf16_be;
}

// The sample that a dialect is found out from.
std::string sample_of(std::string_view bytes, const DetectedEncoding& detected) {
  bytes.remove_prefix(static_cast<std::size_t>(detected.bom_bytes));
  if (!is_utf16(detected.encoding)) bytes = bytes.substr(0, dialect_sample_bytes);
  std::string text;
  Utf8Converter converter(detected.encoding);
  converter.convert(bytes, text);
  converter.finish(text);
  if (text.size() > dialect_sample_bytes) text.resize(dialect_sample_bytes);
  return text;
}

// The beginning's bytes from the n-th on, then the rest.
ByteSource chain(std::string_view bytes, std::size_t from, ByteSource rest) {
  auto begun = std::make_shared<std::string>(bytes.substr(from));
  return [begun, at = std::size_t{0}, rest = std::move(rest)](std::span<char> buffer) mutable -> Result<std::size_t> {
    if (at == begun->size()) return rest(buffer);
    const std::size_t n = std::min(buffer.size(), begun->size() - at);
    std::memcpy(buffer.data(), begun->data() + at, n);
    at += n;
    return n;
  };
}

void note_header(Survey& found, const Record& header, const Reader& reader) {
  const auto text = header.bytes;
  found.header = text;
  found.header_fields = header.fields.size();
  found.header_may_be_a_row = std::ranges::any_of(header.fields, may_be_a_value);
  found.data_line = header.line + count_breaks(text.data(), text.data() + text.size()) + 1;
  if (!is_utf16(found.encoding)) {
    found.data_offset = static_cast<std::uint64_t>(found.bom_bytes) + reader.offset();
  }
}

// Up to the end, at which there is no record, or an error.
Result<std::optional<Record>> count_records(Reader& reader, OddityWatch& watch, RowLike& first, Survey& found) {
  for (;; ++found.records) {
    auto record = reader.next();
    if (!record || !*record) return record;
    watch.look_at(**record);
    if (found.records < RowLike::records_looked_at) first.look_at((*record)->fields);
  }
}

// Nothing for an error of the source.
std::optional<Broken::How> how_broken(const Error& why) {
  if (why.code == Errc::invalid_argument) return Broken::How::open_quote;
  if (why.code == Errc::too_large) return Broken::How::over_the_limits;
  return std::nullopt;
}

}  // namespace

ReaderLimits Beginning::limits(bool as_it_stands) const {
  ReaderLimits limits;
  limits.as_it_stands = as_it_stands;
  // UTF-16 becomes longer when it is mostly not European.
  if (is_whole) limits.first_buffer_bytes = std::min(limits.first_buffer_bytes, bytes.size() * 3 / 2 + 16);
  return limits;
}

Result<Beginning> read_beginning(const ByteSource& source, const KnownDialect& known) {
  Beginning beginning;
  auto& bytes = beginning.bytes;
  bytes.resize(beginning_bytes);
  std::size_t have = 0;
  while (have < bytes.size() && !beginning.is_whole) {
    const auto n = source(std::span(bytes).subspan(have));
    if (!n) return n.error();
    beginning.is_whole = *n == 0;
    have += *n;
  }
  bytes.resize(have);
  beginning.encoding = detect_encoding(bytes);
  beginning.dialect = find_dialect(sample_of(bytes, beginning.encoding), known);
  return beginning;
}

ByteSource text_of(const Beginning& beginning, ByteSource rest) {
  if (is_utf16(beginning.encoding.encoding)) return as_utf8(chain(beginning.bytes, 0, std::move(rest)));
  return chain(beginning.bytes, static_cast<std::size_t>(beginning.encoding.bom_bytes), std::move(rest));
}

Result<Survey> survey_as_far_as_it_goes(ByteSource source, const KnownDialect& known) {
  const auto beginning = read_beginning(source, known);
  if (!beginning) return beginning.error();
  Survey found;
  found.encoding = beginning->encoding.encoding;
  found.bom_bytes = beginning->encoding.bom_bytes;
  found.dialect = beginning->dialect;
  OddityWatch watch(found.encoding == Encoding::utf8, found.odd);
  Reader reader(watch.watch(text_of(*beginning, std::move(source))), found.dialect, beginning->limits(true));
  auto read = reader.next();
  if (read && *read) {
    note_header(found, **read, reader);
    watch.look_at_header(**read);
    RowLike first((*read)->fields);
    read = count_records(reader, watch, first, found);
    found.header_is_like_a_row = first.is_a_row();
    found.header_values = first.values();
  } else if (read) {
    found.broken = Broken{Broken::How::no_header, reader.line_of_trouble(),
                          error(Errc::invalid_argument, "the file has no header line")};
  }
  if (!read) {
    const auto how = how_broken(read.error());
    if (!how) return read.error();
    found.broken = Broken{*how, reader.line_of_trouble(), read.error()};
  }
  found.breaks = reader.breaks();
  found.ends_in_break = reader.ended_in_break();
  return found;
}

Result<Survey> survey(ByteSource source, const KnownDialect& known) {
  auto found = survey_as_far_as_it_goes(std::move(source), known);
  if (found && found->broken) return found->broken->why;
  return found;
}

}  // namespace dropload::csv
