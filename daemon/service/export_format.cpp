#include "daemon/service/export_format.h"

#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

namespace dropload::service {
namespace {

std::string quoted_json(std::string_view text) {
  // What is no UTF-8 (it was stored before that was looked at) is shown as well as it can be.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The shortest text that is read as the same number again: without an exponent, which many programs do not know,
// unless it would be longer than what is read as a number here (NumberText).
std::string without_exponent(double number) {
  std::array<char, 60> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (written.ec != std::errc()) return fmt::format("{}", number);
  return {text.data(), written.ptr};
}

}  // namespace

ExportWriter::ExportWriter(zoho::ExportConfig config, std::vector<std::string> names, std::vector<DataType> types)
    : config_(std::move(config)), names_(std::move(names)), types_(std::move(types)) {
  special_ = {config_.delimiter, config_.quote, '\r', '\n'};
  for (const std::string& name : names_) json_names_.push_back(quoted_json(name));
}

void ExportWriter::begin(std::string& out) {
  if (!config_.is_json) {
    if (!config_.with_header) return;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (i > 0) out += config_.delimiter;
      csv_field(out, names_[i]);
    }
    out += config_.line_end;
    return;
  }
  if (config_.key_value) {
    out += R"({"data":[)";
    return;
  }
  out += fmt::format(R"({{"column_order":[{}],"rows":[)", fmt::join(json_names_, ","));
}

void ExportWriter::row(std::string& out, std::span<const Value> values) {
  if (config_.is_json) return json_row(out, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += config_.delimiter;
    csv_field(out, text_of(values[i], types_[i]));
  }
  // A line of one empty field would be an empty line, which readers skip.
  if (values.size() == 1 && std::holds_alternative<std::monostate>(values[0])) {
    out += config_.quote;
    out += config_.quote;
  }
  out += config_.line_end;
}

void ExportWriter::end(std::string& out) {
  if (config_.is_json) out += "]}";
}

void ExportWriter::json_row(std::string& out, std::span<const Value> values) {
  if (!is_first_) out += ',';
  is_first_ = false;
  out += config_.key_value ? '{' : '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    if (config_.key_value) out += json_names_[i] + ':';
    out += quoted_json(text_of(values[i], types_[i]));
  }
  out += config_.key_value ? '}' : ']';
}

// Blanks at the ends are kept by quotes: many readers drop them otherwise.
void ExportWriter::csv_field(std::string& out, std::string_view text) const {
  const bool has_blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!has_blank_end && text.find_first_of(special_) == std::string_view::npos) {
    out += text;
    return;
  }
  out += config_.quote;
  for (const char c : text) {
    if (c == config_.quote) out += c;
    out += c;
  }
  out += config_.quote;
}

// Valid until the next call.
std::string_view ExportWriter::text_of(const Value& value, DataType type) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return *text;
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    if (type == DataType::boolean) return *whole == 0 ? "false" : "true";
    scratch_ = fmt::format("{}", *whole);
  } else {
    scratch_ = without_exponent(std::get<double>(value));
  }
  return scratch_;
}

}  // namespace dropload::service
