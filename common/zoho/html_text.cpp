#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "common/base/text.h"
#include "common/zoho/answers.h"
#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 6> entities{
    {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}}};

bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

// "#39", "#x27": the character; nothing for a number that is none, or a control character.
std::optional<std::string> numeric_entity(std::string_view body) {
  body.remove_prefix(1);
  const bool hex = !body.empty() && lower(body[0]) == 'x';
  if (hex) body.remove_prefix(1);
  if (body.empty()) return std::nullopt;
  std::uint32_t point = 0;
  for (const char raw : body) {
    const char c = lower(raw);
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && !(hex && c >= 'a' && c <= 'f')) return std::nullopt;
    point = point * (hex ? 16 : 10) + static_cast<std::uint32_t>(is_digit ? c - '0' : c - 'a' + 10);
    if (point > 0x10FFFF) return std::nullopt;
  }
  const bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0);
  const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (is_control || is_surrogate) return std::nullopt;
  std::string text;
  append_utf8(text, point);
  return text;
}

class PlainText {
 public:
  explicit PlainText(std::string_view html) : rest_(html) {}

  std::string take() {
    while (!rest_.empty()) {
      if (rest_[0] == '<' && take_tag()) continue;
      if (rest_[0] == '&' && take_entity()) continue;
      add_blank_or(rest_[0]);
      rest_.remove_prefix(1);
    }
    end_line();
    if (!text_.empty()) text_.pop_back();
    return std::move(text_);
  }

 private:
  // "a < b" is text, and so is a '<' that is never closed.
  bool take_tag() {
    const bool opens = rest_.size() > 1 && (is_letter(rest_[1]) || rest_[1] == '/' || rest_[1] == '!');
    if (!opens) return false;
    const bool is_comment = rest_.starts_with("<!--");
    const auto end = is_comment ? rest_.find("-->") : rest_.find('>');
    if (end == std::string_view::npos) return false;
    if (lower(rest_[1]) == 'b' && lower(rest_[2]) == 'r' && !is_letter(rest_[3])) end_line();
    rest_.remove_prefix(end + (is_comment ? 3 : 1));
    return true;
  }

  bool take_entity() {
    constexpr std::size_t longest = 10;
    const auto end = rest_.substr(0, longest).find(';');
    if (end == std::string_view::npos || end < 2) return false;
    const auto body = rest_.substr(1, end - 1);
    const auto decoded = body[0] == '#' ? numeric_entity(body) : named_entity(body);
    if (!decoded) return false;
    line_ += *decoded;
    rest_.remove_prefix(end + 1);
    return true;
  }

  static std::optional<std::string> named_entity(std::string_view name) {
    for (const auto& entity : entities) {
      if (entity.name == name) return std::string(entity.text);
    }
    return std::nullopt;
  }

  // A line break of the source, like any control character, is a blank.
  void add_blank_or(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_blank = byte <= 0x20 || byte == 0x7F;
    if (!is_blank) {
      line_ += c;
    } else if (!line_.empty() && line_.back() != ' ') {
      line_ += ' ';
    }
  }

  void end_line() {
    while (!line_.empty() && line_.back() == ' ') line_.pop_back();
    if (!line_.empty()) text_ += line_ + '\n';
    line_.clear();
  }

  std::string_view rest_;
  std::string line_;
  std::string text_;
};

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string encode_offence(const ImportOffence& offence) {
  return fmt::format("<nobr>[Line: {} Field: {}] ({}) -ERROR: {}</nobr><br>", offence.line, offence.field,
                     escape_html(offence.value), escape_html(offence.message));
}

std::string plain_text(std::string_view html) {
  return PlainText(html).take();
}

}  // namespace dropload::zoho
