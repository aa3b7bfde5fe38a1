#pragma once

// What the server and the client have in common: names for Asio types, headers, targets, percent-encoding. Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>

#include "common/base/result.h"

namespace dropload::http {

namespace asio = boost::asio;
template <typename T>
using Awaitable = asio::awaitable<T>;

using Verb = boost::beast::http::verb;
using Status = boost::beast::http::status;
using Fields = boost::beast::http::fields;  // header fields; names in any case

// Query parameters in order of appearance; the first of a name counts.
class Query {
 public:
  Query() = default;
  // Decodes "a=1&b=x%20y+z" ('+' is a blank). A bare "?" or an empty text is an empty query. invalid_argument for a
  // broken %-escape.
  static Result<Query> parse(std::string_view text);
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

// Without the blanks and tabs around it.
std::string_view trimmed(std::string_view text);

// Everything but unreserved characters (RFC 3986, 2.3) as %XX.
std::string percent_encode(std::string_view text);
Result<std::string> percent_decode(std::string_view text, bool plus_is_blank);

// Appends "Name: value\r\n". A control character in the value becomes a blank: it could only begin another header.
void append_header(std::string& head, std::string_view name, std::string_view value);

// The value of a form's Content-Disposition parameter and the like: finds `name` in "form-data; name=\"FILE\";
// filename=\"a.csv\"", handles quoted pairs. Nothing when it is not there.
std::optional<std::string> header_parameter(std::string_view header, std::string_view name);

}  // namespace dropload::http
