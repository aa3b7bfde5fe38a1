// Random records, written in every dialect and given in random pieces, are read back as they were, and as a plain
// parser of one character at a time reads them.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/common/csv/pieces.h"

namespace dropload::csv {
namespace {

using test::owned;
using test::pieces_of;
using test::Rows;

using Dice = std::mt19937_64;

std::size_t below(Dice& dice, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice);
}

std::string random_field(Dice& dice, const Dialect& dialect) {
  const std::string letters = std::string("ab \t;|,'\"#\n\r\xC3\xA9") + dialect.delimiter;
  std::string field;
  const std::size_t length = below(dice, 20) == 0 ? below(dice, 5000) : below(dice, 12);
  while (field.size() < length) field += letters[below(dice, letters.size())];
  return field;
}

// Without quotes a field can hold neither delimiter nor line break.
std::string without_specials(std::string field, const Dialect& dialect) {
  for (char& c : field) {
    if (c == dialect.delimiter || c == '\n' || c == '\r') c = '_';
  }
  return field;
}

bool needs_quotes(const std::string& field, const Dialect& dialect) {
  return field.find_first_of(std::string("\n\r") + dialect.delimiter) != std::string::npos ||
         field.starts_with(*dialect.quote);
}

std::string written(const std::string& field, const Dialect& dialect, bool first, Dice& dice) {
  const bool comment = first && dialect.comment && field.starts_with(*dialect.comment);
  const bool blank = first && field.empty();
  if (!dialect.quote || !(needs_quotes(field, dialect) || comment || blank || below(dice, 3) == 0)) return field;
  std::string text(1, *dialect.quote);
  for (const char c : field) {
    if (c == *dialect.quote) text += c;
    text += c;
  }
  return text + *dialect.quote;
}

Rows random_rows(Dice& dice, const Dialect& dialect) {
  Rows rows(1 + below(dice, 60));
  for (auto& row : rows) {
    row.resize(1 + below(dice, 8));
    for (auto& field : row) {
      field = random_field(dice, dialect);
      if (!dialect.quote) field = without_specials(std::move(field), dialect);
    }
    // Cannot be told from an empty line, or from a comment, where nothing can be quoted.
    if (!dialect.quote) row.front().insert(0, "x");
  }
  return rows;
}

std::string write(const Rows& rows, const Dialect& dialect, Dice& dice) {
  static const std::string breaks[] = {"\n", "\r\n", "\r"};
  std::string text;
  for (int i = 0; i < dialect.skip_top; ++i) text += "top " + breaks[below(dice, 3)];
  for (std::size_t r = 0; r < rows.size(); ++r) {
    // CR before an empty line that ends with LF would be one line break.
    if (dialect.comment && below(dice, 4) == 0) text += std::string(1, *dialect.comment) + "note \"x\r\n";
    for (std::size_t f = 0; f < rows[r].size(); ++f) {
      if (f > 0) text += dialect.delimiter;
      text += written(rows[r][f], dialect, f == 0, dice);
    }
    if (r + 1 < rows.size() || below(dice, 2) == 0) text += breaks[below(dice, 3)];
  }
  return text;
}

// The independent reading: a state for each character, no buffer, no fast path.
Rows plainly_read(const std::string& text, const Dialect& dialect) {
  enum class State { record, field, unquoted, quoted, closed, comment };
  Rows rows;
  std::vector<std::string> row;
  std::string field;
  State state = State::record;
  int top = dialect.skip_top;
  const auto end_field = [&] { row.push_back(std::exchange(field, {})); };
  const auto end_row = [&] {
    end_field();
    rows.push_back(std::exchange(row, {}));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool crlf = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    const bool line_end = c == '\n' || c == '\r';
    if (state == State::quoted) {
      if (c == dialect.quote) {
        state = State::closed;
      } else {
        field += c;
      }
      continue;
    }
    if (crlf) ++i;
    if (top > 0 || state == State::comment) {
      if (line_end && top > 0) --top;
      if (line_end) state = State::record;
      continue;
    }
    if (state == State::record && line_end) continue;
    if (state == State::record && c == dialect.comment) {
      state = State::comment;
      continue;
    }
    if (line_end) {
      end_row();
      state = State::record;
    } else if (c == dialect.delimiter) {
      end_field();
      state = State::field;
    } else if (c == dialect.quote && (state == State::record || state == State::field)) {
      state = State::quoted;
    } else if (c == dialect.quote && state == State::closed) {
      field += c;
      state = State::quoted;
    } else {
      field += c;
      state = State::unquoted;
    }
  }
  if (state != State::record && state != State::comment) end_row();
  return rows;
}

Rows read(const std::string& text, const Dialect& dialect, Dice& dice) {
  const std::size_t largest = below(dice, 2) == 0 ? 4 : 3000;
  // A small limit makes a small buffer, so that it ends in the middle of many records.
  Reader reader(pieces_of(text, [&] { return 1 + below(dice, largest); }), dialect,
                {.max_record_bytes = 48 * 1024 + below(dice, 1000), .max_fields = 100});
  Rows rows;
  for (;;) {
    const auto record = reader.next().value();
    if (!record) return rows;
    rows.push_back(owned(*record));
  }
}

std::vector<Dialect> every_dialect() {
  std::vector<Dialect> dialects;
  for (const char delimiter : {',', '\t', ';', ' ', '|'}) {
    for (const std::optional<char> quote :
         {std::optional<char>('"'), std::optional<char>('\''), std::optional<char>()}) {
      for (const std::optional<char> comment : {std::optional<char>(), std::optional<char>('#')}) {
        for (const int skip_top : {0, 2}) dialects.push_back({delimiter, quote, comment, skip_top});
      }
    }
  }
  return dialects;
}

TEST(ReaderProperty, WhatIsWrittenInAnyDialectIsReadBackTheSameHoweverItIsCut) {
  for (const Dialect& dialect : every_dialect()) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      Dice dice(seed);
      const Rows rows = random_rows(dice, dialect);
      const std::string text = write(rows, dialect, dice);
      ASSERT_EQ(plainly_read(text, dialect), rows) << "seed " << seed << " delimiter '" << dialect.delimiter << "'";
      ASSERT_EQ(read(text, dialect, dice), rows) << "seed " << seed << " delimiter '" << dialect.delimiter << "'";
    }
  }
}

TEST(ReaderProperty, AnyTextAtAllIsReadAsThePlainParserReadsIt) {
  const std::string letters = "aab,,\"\"\"\n\r#é ";
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Dice dice(seed);
    std::string text;
    for (std::size_t left = below(dice, 60); left > 0; --left) text += letters[below(dice, letters.size())];
    const Dialect dialect{',', '"', '#', static_cast<int>(below(dice, 3))};
    Reader reader(pieces_of(text, [&] { return 1 + below(dice, 5); }), dialect);
    Rows rows;
    bool open_quote = false;
    for (;;) {
      const auto record = reader.next();
      open_quote = !record;
      if (!record || !*record) break;
      rows.push_back(owned(**record));
    }
    // What follows a quote that is never closed is one error here and one last row there.
    Rows plain = plainly_read(text, dialect);
    if (open_quote) plain.pop_back();
    ASSERT_EQ(rows, plain) << "seed " << seed;
  }
}

}  // namespace
}  // namespace dropload::csv
