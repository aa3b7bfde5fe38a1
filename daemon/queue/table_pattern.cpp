#include "daemon/queue/table_pattern.h"

#include <string_view>
#include <utility>

#include <boost/regex.hpp>

namespace dropload::queue {

struct TablePattern::Expression {
  std::string text;
  boost::regex regex;
};

namespace {

constexpr std::string_view group_name = "table";

Error not_a_regex(const std::string& text, const boost::regex_error& why) {
  const auto place = std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(why.position(), 0)), text.size());
  std::string what = boost::regex_traits<char>().error_string(why.code());
  if (what.ends_with('.')) what.pop_back();
  return error(Errc::invalid_argument, "'{}' is not a regular expression: {}, seen after '{}'", text, what,
               text.substr(0, place));
}

bool has_table_group(const boost::regex& regex) {
  return regex.get_named_subs()->get_id(group_name.data(), group_name.data() + group_name.size()) > 0;
}

}  // namespace

Result<TablePattern> TablePattern::compile(const std::string& expression) {
  try {
    boost::regex regex(expression, boost::regex::perl);
    if (!has_table_group(regex)) {
      return error(Errc::invalid_argument,
                   "'{}' has no group named table; write the part of the name that is the table as (?<table>[a-z]+)",
                   expression);
    }
    return TablePattern(std::make_shared<const Expression>(Expression{expression, std::move(regex)}));
  } catch (const boost::regex_error& why) {
    return not_a_regex(expression, why);
  }
}

Result<std::string> TablePattern::table_in(const std::string& file_name) const {
  const std::string& text = expression_->text;
  boost::smatch match;
  try {
    if (!boost::regex_match(file_name, match, expression_->regex)) {
      return error(Errc::invalid_argument, "the file name does not fit the table pattern '{}'", text);
    }
  } catch (const std::runtime_error&) {
    return error(Errc::invalid_argument,
                 "the table pattern '{}' has too many ways to fit this file name; make it simpler", text);
  }
  const std::string table = match[group_name.data()].str();
  if (table.empty()) {
    return error(Errc::invalid_argument, "the group table of the pattern '{}' is empty for this file name", text);
  }
  return table;
}

}  // namespace dropload::queue
