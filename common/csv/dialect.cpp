#include "common/csv/dialect.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>

#include "common/csv/reader.h"

namespace dropload::csv {
namespace {

constexpr std::array delimiters{',', '\t', ';', '|'};
constexpr std::size_t max_records = 200;

ByteSource bytes_of(std::string_view text) {
  return [text](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t bytes = std::min(buffer.size(), text.size());
    if (bytes > 0) std::memcpy(buffer.data(), text.data(), bytes);
    text.remove_prefix(bytes);
    return bytes;
  };
}

// How many records have how many fields.
std::map<std::size_t, int> shapes(std::string_view sample, const Dialect& dialect) {
  std::map<std::size_t, int> counts;
  std::size_t last = 0;
  std::size_t records = 0;
  bool is_whole = true;
  // A buffer of the sample's size: a small file is found out about in microseconds.
  Reader reader(bytes_of(sample), dialect, {.first_buffer_bytes = sample.size() + 1});
  for (; records < max_records; ++records) {
    const auto record = reader.next();
    is_whole = record.has_value();  // not when the end of the sample cut a quoted field
    if (!record || !*record) break;
    last = (*record)->fields.size();
    ++counts[last];
  }
  const bool may_be_cut = records < max_records && !sample.ends_with('\n') && !sample.ends_with('\r');
  if (may_be_cut && is_whole && records > 1) --counts[last];
  return counts;
}

// Records of the most frequent shape with more than one field.
int agreement(std::string_view sample, const Dialect& dialect) {
  int most = 0;
  for (const auto& [fields, records] : shapes(sample, dialect)) {
    if (fields > 1) most = std::max(most, records);
  }
  return most;
}

bool is_plain_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const bool has_digit = text.find_first_of("0123456789") != text.npos;
  return has_digit && text.find_first_not_of("0123456789.") == text.npos && std::ranges::count(text, '.') <= 1;
}

// Blanks between the words of texts, and in times, cut every record alike, too. So they are delimiters only where all
// records have three fields or more, beneath the first all of them numbers, and not those of one number in groups of
// three digits.
bool is_cut_by_blanks(std::string_view sample, Dialect dialect) {
  dialect.delimiter = ' ';
  Reader reader(bytes_of(sample), dialect, {.first_buffer_bytes = sample.size() + 1});
  std::size_t width = 0;
  std::size_t records = 0;
  bool is_grouped = true;
  for (; records < max_records; ++records) {
    const auto record = reader.next();
    if (!record) return false;
    if (!*record) break;
    const auto fields = (*record)->fields;
    if (records == 0) {
      width = fields.size();
      continue;
    }
    if (fields.size() != width || !std::ranges::all_of(fields, is_plain_number)) return false;
    const auto is_group = [](std::string_view field) { return field.size() == 3; };
    is_grouped = is_grouped && std::all_of(fields.begin() + 1, fields.end(), is_group);
  }
  return width >= 3 && records >= 3 && !is_grouped;
}

// How often a quote opens a field and closes it in the same line, and how often it opens one and does not.
struct Wrapped {
  int closed = 0;
  int open = 0;
};

bool ends_field(std::string_view rest, char delimiter) {
  return rest.empty() || rest.front() == delimiter || rest.front() == '\n' || rest.front() == '\r';
}

// The closing quote of the field that begins with one, npos when it is not in this line or does not end the field.
std::size_t closing(std::string_view field, char quote, char delimiter) {
  for (std::size_t at = 1; at < field.size() && field[at] != '\n' && field[at] != '\r'; ++at) {
    if (field[at] != quote) continue;
    if (ends_field(field.substr(at + 1), delimiter)) return at;
    if (field[++at] != quote) break;
  }
  return std::string_view::npos;
}

Wrapped wrapped(std::string_view sample, char quote, char delimiter) {
  Wrapped found;
  const std::size_t last_break = sample.find_last_of("\n\r");
  const char ends[] = {delimiter, '\n', '\r'};
  for (std::size_t at = 0; at < sample.size(); ++at) {
    const std::string_view rest = sample.substr(at);
    std::size_t from = 0;
    if (rest.front() == quote) {
      const std::size_t close = closing(rest, quote, delimiter);
      const bool may_be_cut = last_break == sample.npos || at > last_break;
      if (close != rest.npos) ++found.closed;
      if (close == rest.npos && !may_be_cut) ++found.open;
      if (close != rest.npos) from = close + 1;
    }
    const std::size_t end = rest.find_first_of(std::string_view(ends, sizeof ends), from);
    if (end == rest.npos) break;
    at += end;
  }
  return found;
}

// An apostrophe stands in ordinary text too, at the beginning of a word and at the end of one. It is a quote only where
// every field that begins with it ends with it as well, and where reading it as one cuts no fewer records alike.
Dialect with_quote(std::string_view sample, Dialect dialect) {
  dialect.quote = '"';
  if (sample.find('\'') == sample.npos) return dialect;
  const Wrapped apostrophes = wrapped(sample, '\'', dialect.delimiter);
  if (apostrophes.open > 0 || apostrophes.closed <= wrapped(sample, '"', dialect.delimiter).closed) return dialect;
  Dialect single = dialect;
  single.quote = '\'';
  return agreement(sample, single) < agreement(sample, dialect) ? dialect : single;
}

}  // namespace

Dialect sniff(std::string_view sample, const Dialect& known) {
  Dialect best = known;
  int most = -1;
  for (const char delimiter : delimiters) {
    // One that is not there cuts nothing.
    if (most >= 0 && sample.find(delimiter) == sample.npos) continue;
    Dialect candidate = known;
    candidate.delimiter = delimiter;
    candidate = with_quote(sample, candidate);
    const int agreeing = agreement(sample, candidate);
    if (agreeing > most) {
      most = agreeing;
      best = candidate;
    }
  }
  if (most == 0 && sample.find(' ') != sample.npos && is_cut_by_blanks(sample, best)) best.delimiter = ' ';
  return best;
}

Dialect find_dialect(std::string_view sample, const KnownDialect& known) {
  Dialect dialect;
  dialect.skip_top = known.skip_top;
  dialect.comment = known.comment;
  if (!known.delimiter || !known.quote) dialect = sniff(sample, dialect);
  dialect.delimiter = known.delimiter.value_or(dialect.delimiter);
  dialect.quote = known.quote.value_or(dialect.quote);
  return dialect;
}

}  // namespace dropload::csv
