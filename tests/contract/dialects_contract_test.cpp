// Random CSV in every dialect (delimiter x quote x line end x encoding): the service's table is what an independent
// reading of the same bytes gives, one character after another and with none of our code.

#include <random>

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using Table = std::vector<std::vector<std::string>>;
using Dice = std::mt19937_64;

enum class Written { utf8, utf8_with_bom, utf16_le, utf16_be, latin1 };
constexpr Written encodings[]{Written::utf8, Written::utf8_with_bom, Written::utf16_le, Written::utf16_be,
                              Written::latin1};

struct CsvDialect {
  int delimiter = 0;
  int quoted = 0;
  std::string line_end;  // "": all of them
  Written encoding = Written::utf8;

  [[nodiscard]] char delimiter_char() const { return ",\t; |"[delimiter]; }
  [[nodiscard]] char quote() const { return "\0'\""[quoted]; }
};

std::size_t below(Dice& dice, std::size_t limit) {
  return static_cast<std::size_t>(dice() % limit);
}

// The letters are in Latin-1 too, so every encoding can write them; U+1F600 only where there is room for it.
std::string random_text(Dice& dice, const CsvDialect& dialect) {
  static const std::vector<std::string> letters{"a",  "B", "7", " ", ".", ",",  ";",  "\t",   "|", "'",
                                                "\"", "#", "é", "ü", "ß", "\n", "\r", "\r\n", "😀"};
  std::string text;
  for (std::size_t left = below(dice, 30) == 0 ? 3000 : below(dice, 9); left > 0; --left) {
    const std::string& letter = letters[below(dice, letters.size())];
    if (letter.size() < 4 || dialect.encoding != Written::latin1) text += letter;
  }
  return text;
}

// A field as it stands in the file: quoted where it has to be, sometimes where it need not be, and now and then with
// text behind its closing quote.
std::string random_field(Dice& dice, const CsvDialect& dialect, bool is_first) {
  std::string text = random_text(dice, dialect);
  const char quote = dialect.quote();
  const std::string special = std::string("\n\r") + dialect.delimiter_char();
  if (quote == '\0') {
    std::erase_if(text, [&](char c) { return special.find(c) != std::string::npos; });
    return is_first ? "x" + text : text;
  }
  const bool must = text.find_first_of(special) != std::string::npos || text.starts_with(quote);
  if (!must && below(dice, 3) > 0) return text;
  std::string written(1, quote);
  for (const char c : text) written += c == quote ? std::string(2, c) : std::string(1, c);
  written += quote;
  return below(dice, 10) == 0 ? written + "z" : written;
}

std::string random_csv(Dice& dice, const CsvDialect& dialect, std::size_t columns) {
  static const std::string ends[]{"\n", "\r\n", "\r"};
  const auto line_end = [&] { return dialect.line_end.empty() ? ends[below(dice, 3)] : dialect.line_end; };
  std::string csv;
  for (std::size_t i = 0; i < columns; ++i) {
    if (i > 0) csv += dialect.delimiter_char();
    csv += "é" + std::to_string(i);
  }
  for (std::size_t row = below(dice, 25); row > 0; --row) {
    csv += line_end();
    if (below(dice, 8) == 0) csv += line_end();
    const std::size_t fields = below(dice, 6) == 0 ? 1 + below(dice, columns) : columns;
    for (std::size_t i = 0; i < fields; ++i) {
      if (i > 0) csv += dialect.delimiter_char();
      csv += random_field(dice, dialect, i == 0);
    }
    if (fields == columns && below(dice, 6) == 0) csv += dialect.delimiter_char();
  }
  return below(dice, 2) == 0 ? csv : csv + line_end();
}

// The characters of our UTF-8 texts.
std::u32string characters(const std::string& utf8) {
  std::u32string all;
  for (const unsigned char c : utf8) {
    if (c >= 0x80 && c < 0xC0) {
      all.back() = all.back() << 6 | (c & 0x3Fu);
    } else {
      all += c < 0x80 ? c : c < 0xE0 ? c & 0x1Fu : c < 0xF0 ? c & 0x0Fu : c & 0x07u;
    }
  }
  return all;
}

std::string encoded(const std::string& utf8, Written encoding) {
  if (encoding == Written::utf8) return utf8;
  if (encoding == Written::utf8_with_bom) return "\xEF\xBB\xBF" + utf8;
  std::string bytes;
  const auto unit = [&](char32_t value) {
    const char high = static_cast<char>(value >> 8);
    const char low = static_cast<char>(value & 0xFF);
    bytes += encoding == Written::utf16_le ? std::string{low, high} : std::string{high, low};
  };
  if (encoding != Written::latin1) unit(0xFEFF);
  for (const char32_t c : characters(utf8)) {
    if (encoding == Written::latin1) {
      bytes += static_cast<char>(c);
    } else if (c < 0x10000) {
      unit(c);
    } else {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  return bytes;
}

// The independent reading, of the text before it was encoded. Rules: a quote opens a field only as its first character,
// two inside are one, text behind the closing one belongs to the field; empty lines are none; CRLF is one line break.
Table independently_read(const std::string& csv, const CsvDialect& dialect) {
  Table rows;
  std::vector<std::string> row{""};
  bool at_field_start = true;
  bool line_is_empty = true;
  bool in_quotes = false;
  const auto end_line = [&] {
    if (!line_is_empty) rows.push_back(row);
    row = {""};
    at_field_start = line_is_empty = true;
  };
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    const bool another = i + 1 < csv.size() && csv[i + 1] == c;
    if (in_quotes) {
      if (c != dialect.quote()) {
        row.back() += c;
      } else if (another) {
        row.back() += csv[i++];
      } else {
        in_quotes = false;
      }
      continue;
    }
    if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < csv.size() && csv[i + 1] == '\n') ++i;
      end_line();
      continue;
    }
    line_is_empty = false;
    if (c == dialect.delimiter_char()) {
      row.emplace_back();
      at_field_start = true;
      continue;
    }
    if (at_field_start && dialect.quoted != 0 && c == dialect.quote()) {
      in_quotes = true;
    } else {
      row.back() += c;
    }
    at_field_start = false;
  }
  end_line();
  return rows;
}

class DialectsContract : public WireTest {
 protected:
  // The table as the service must have it: every row as long as the first, what is empty is NULL.
  static Table expected(Table rows) {
    for (auto& row : rows) {
      row.resize(rows.front().size());
      for (std::string& value : row) value = value.empty() ? "~" : value;
    }
    return rows;
  }
  void compare(const CsvDialect& dialect, std::uint64_t seed) {
    Dice dice(seed);
    const std::size_t columns = 2 + below(dice, 5);
    const std::string csv = random_csv(dice, dialect, columns);
    Json types = Json::array();
    for (std::size_t i = 0; i < columns; ++i) {
      types.push_back({{"columnName", "é" + std::to_string(i)}, {"dataType", "PLAIN"}});
    }
    const std::string name = "t" + std::to_string(seed);
    made(name, encoded(csv, dialect.encoding),
         {{"autoIdentify", false},
          {"delimiter", dialect.delimiter},
          {"quoted", dialect.quoted},
          {"columnDataTypes", types}});
    ASSERT_EQ(table(name), expected(independently_read(csv, dialect)))
        << "seed " << seed << ", delimiter " << dialect.delimiter << ", quoted " << dialect.quoted << ", line end "
        << Json(dialect.line_end) << ", encoding " << static_cast<int>(dialect.encoding);
  }
};

TEST_F(DialectsContract, TheTableIsWhatAnIndependentReadingOfTheSameBytesGives) {
  std::uint64_t seed = 0;
  for (const int delimiter : {0, 1, 2, 3, 4}) {
    for (const int quoted : {0, 1, 2}) {
      for (const std::string line_end : {"\n", "\r\n", "\r", ""}) {
        for (const Written encoding : encodings) compare({delimiter, quoted, line_end, encoding}, ++seed);
      }
    }
  }
}

}  // namespace
}  // namespace dropload::test
