#include "daemon/intake/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/base/text.h"

namespace dropload::intake {
namespace {

constexpr std::size_t max_name_bytes = 255;
constexpr std::string_view temporary_suffix = ".new";  // of write_file_durably
constexpr std::size_t max_placed_bytes = max_name_bytes - reason_suffix.size() - temporary_suffix.size();
constexpr std::size_t max_extension_bytes = 32;

std::string shortened(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto is_continuation = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80; };
  while (bytes > 0 && is_continuation(bytes)) --bytes;
  text.resize(bytes);
  return text;
}

}  // namespace

std::string numbered(const std::string& name, int n) {
  std::size_t dot = name.rfind('.');
  if (dot == 0 || dot == std::string::npos || name.size() - dot > max_extension_bytes) dot = name.size();
  const std::string end = (n == 1 ? "" : fmt::format(".{}", n)) + name.substr(dot);
  return shortened(name.substr(0, dot), max_placed_bytes - end.size()) + end;
}

Result<void> check_file_name(std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    return error(Errc::invalid_argument, "'{}' cannot be a file name: {}", escaped(name.substr(0, 300)), why);
  };
  if (name.empty()) return refuse("it is empty");
  if (name == "." || name == "..") return refuse("it is a directory");
  if (name.find('/') != std::string_view::npos) return refuse("it has a '/'; give the name without directories");
  if (name.find('\0') != std::string_view::npos) return refuse("it has a NUL byte");
  if (name.size() > max_name_bytes) return refuse(fmt::format("it has {} bytes, 255 is the most", name.size()));
  return {};
}

}  // namespace dropload::intake
