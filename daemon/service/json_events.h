#pragma once

// What nlohmann's SAX parser tells, brought down to the few things that matter here.
//
// A reader derives from JsonEvents<itself> and has, each giving false to end the parsing:
//   bool value(std::string_view text, JsonKind kind)     numbers as they are written, booleans as true and false
//   bool member(std::string_view key)                    the key of what comes next
//   bool open(bool is_array), bool close(bool is_array)

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dropload::service {

enum class JsonKind { null = 1, boolean, number, text };

// The parser's sentence without what it says of its own place in the text and of the text itself, which may be long.
std::string json_complaint(std::string_view what);

template <typename Reader>
class JsonEvents {
 public:
  // Why the text is no JSON; "" when the reader itself ended the parsing.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

  bool null() { return reader().value({}, JsonKind::null); }
  bool boolean(bool is_true) { return reader().value(is_true ? "true" : "false", JsonKind::boolean); }
  bool number_integer(std::int64_t number) { return whole(fmt::format_int(number)); }
  bool number_unsigned(std::uint64_t number) { return whole(fmt::format_int(number)); }
  bool number_float(double, const std::string& as_written) { return reader().value(as_written, JsonKind::number); }
  bool string(const std::string& text) { return reader().value(text, JsonKind::text); }
  bool binary(const nlohmann::json::binary_t&) { return false; }  // never of JSON text
  bool start_object(std::size_t) { return reader().open(false); }
  bool key(const std::string& name) { return reader().member(name); }
  bool end_object() { return reader().close(false); }
  bool start_array(std::size_t) { return reader().open(true); }
  bool end_array() { return reader().close(true); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& failure) {
    complaint_ = json_complaint(failure.what());
    return false;
  }

 private:
  Reader& reader() { return static_cast<Reader&>(*this); }
  bool whole(const fmt::format_int& number) { return reader().value({number.data(), number.size()}, JsonKind::number); }

  std::string complaint_;
};

}  // namespace dropload::service
