#pragma once

// The table in a file's name: a regular expression (Perl syntax, as ECMAScript where the two agree) that must fit the
// whole name and has a group named `table`, such as (?<table>[a-z]+)_.*: sales_2026-11-23.csv goes to the table sales.
// Bytes, not characters: a dot is one byte of a UTF-8 name. Immutable; any thread.
//
// Boost.Regex and not std::regex, which knows no named groups and may overflow the stack on a long name.

#include <memory>
#include <string>

#include "common/base/result.h"

namespace dropload::queue {

class TablePattern {
 public:
  // invalid_argument: not a regular expression (the sentence shows the place), or no group named `table`.
  static Result<TablePattern> compile(const std::string& expression);

  // The text of the group. invalid_argument: the name does not fit, the group took no part in the match or took
  // nothing, or the expression is too complex to be tried on this name. The sentence names the pattern; naming the file
  // is the caller's.
  [[nodiscard]] Result<std::string> table_in(const std::string& file_name) const;

 private:
  struct Expression;
  explicit TablePattern(std::shared_ptr<const Expression> expression) : expression_(std::move(expression)) {}
  std::shared_ptr<const Expression> expression_;
};

}  // namespace dropload::queue
