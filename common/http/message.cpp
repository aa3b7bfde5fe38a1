#include "common/http/message.h"

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

namespace dropload::http {

namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// Takes a quoted string off the front of `rest`, which begins with its quote. An unclosed one ends with the text.
std::string take_quoted(std::string_view& rest) {
  std::string value;
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    value += rest[i];
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return value;
}

// Takes one "name=value" off the front, up to and with the next ';' outside quotes.
std::pair<std::string_view, std::string> take_parameter(std::string_view& rest) {
  const auto end_of_name = rest.find_first_of("=;");
  const auto name = trimmed(rest.substr(0, end_of_name));
  if (end_of_name == std::string_view::npos || rest[end_of_name] == ';') {
    rest.remove_prefix(end_of_name == std::string_view::npos ? rest.size() : end_of_name + 1);
    return {name, ""};
  }
  rest.remove_prefix(end_of_name + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  std::string value;
  const bool quoted = !rest.empty() && rest.front() == '"';
  if (quoted) value = take_quoted(rest);
  const auto semicolon = rest.find(';');
  if (!quoted) value = trimmed(rest.substr(0, semicolon));
  rest.remove_prefix(semicolon == std::string_view::npos ? rest.size() : semicolon + 1);
  return {name, std::move(value)};
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low)
        return error(Errc::invalid_argument, "'%' at position {} is not followed by two hex digits", i);
      decoded += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return decoded;
}

Result<Query> Query::parse(std::string_view text) {
  Query query;
  if (text.starts_with('?')) text.remove_prefix(1);
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    if (!name) return name.error().while_doing("the query");
    auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
    if (!value) return value.error().while_doing(fmt::format("the query parameter '{}'", *name));
    query.items_.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return item.first == name; });
  if (found == items_.end()) return std::nullopt;
  return found->second;
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) head += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  head.append("\r\n");
}

std::optional<std::string> header_parameter(std::string_view header, std::string_view name) {
  const auto first = header.find(';');
  if (first == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(first + 1);
  while (!rest.empty()) {
    auto [parameter, value] = take_parameter(rest);
    if (boost::beast::iequals(parameter, name)) return std::move(value);
  }
  return std::nullopt;
}

}  // namespace dropload::http
