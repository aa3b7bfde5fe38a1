#include "common/csv/dialect.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>

#include "common/csv/reader.h"

namespace dropload::csv {
namespace {

constexpr std::array delimiters{',', '\t', ';', '|', ' '};
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
  Reader reader(bytes_of(sample), dialect);
  for (; records < max_records; ++records) {
    const auto record = reader.next();
    if (!record || !*record) break;
    last = (*record)->fields.size();
    ++counts[last];
  }
  const bool may_be_cut = records < max_records && !sample.ends_with('\n') && !sample.ends_with('\r');
  if (may_be_cut && records > 1) --counts[last];
  return counts;
}

// Records of the most frequent shape with more than one field. A blank stands in ordinary text too: it cuts all records
// alike or none.
int agreement(std::string_view sample, const Dialect& dialect) {
  int most = 0;
  int all = 0;
  for (const auto& [fields, records] : shapes(sample, dialect)) {
    if (fields > 1) most = std::max(most, records);
    all += records;
  }
  return dialect.delimiter == ' ' && most < all ? 0 : most;
}

bool bounds_a_field(char c) {
  return c == '\n' || c == '\r' || c == ',' || c == '\t' || c == ';' || c == '|';
}

// Fields that are wrapped in this quote, judged by what stands around it.
std::size_t wrapped(std::string_view sample, char quote) {
  std::size_t opened = 0;
  std::size_t closed = 0;
  for (std::size_t at = sample.find(quote); at != std::string_view::npos; at = sample.find(quote, at + 1)) {
    if (at == 0 || bounds_a_field(sample[at - 1])) ++opened;
    if (at + 1 == sample.size() || bounds_a_field(sample[at + 1])) ++closed;
  }
  return std::min(opened, closed);
}

}  // namespace

Dialect sniff(std::string_view sample, const Dialect& known) {
  Dialect best = known;
  best.quote = wrapped(sample, '\'') > wrapped(sample, '"') ? '\'' : '"';
  best.delimiter = delimiters.front();
  int most = 0;
  for (const char delimiter : delimiters) {
    Dialect candidate = best;
    candidate.delimiter = delimiter;
    const int agreeing = agreement(sample, candidate);
    if (agreeing > most) {
      most = agreeing;
      best.delimiter = delimiter;
    }
  }
  return best;
}

}  // namespace dropload::csv
