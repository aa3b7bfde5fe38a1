#include "common/zoho/paths.h"

#include <array>

#include <fmt/format.h>

namespace dropload::zoho {
namespace {

constexpr std::array<DataCenter, 8> data_centers{{
    {"us", "analyticsapi.zoho.com", "accounts.zoho.com"},
    {"eu", "analyticsapi.zoho.eu", "accounts.zoho.eu"},
    {"in", "analyticsapi.zoho.in", "accounts.zoho.in"},
    {"au", "analyticsapi.zoho.com.au", "accounts.zoho.com.au"},
    {"jp", "analyticsapi.zoho.jp", "accounts.zoho.jp"},
    {"cn", "analyticsapi.zoho.com.cn", "accounts.zoho.com.cn"},
    {"sa", "analyticsapi.zoho.sa", "accounts.zoho.sa"},
    {"ca", "analyticsapi.zohocloud.ca", "accounts.zohocloud.ca"},
}};

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_segment(std::string& path, std::string_view segment) {
  for (const char c : segment) {
    if (is_unreserved(c)) {
      path += c;
    } else {
      path += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

std::string fill(std::string_view pattern, std::initializer_list<std::string_view> segments) {
  std::string path;
  auto next = segments.begin();
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    path.append(pattern.substr(0, open));
    if (open == std::string_view::npos) break;
    pattern.remove_prefix(pattern.find('}', open) + 1);
    if (next != segments.end()) append_segment(path, *next++);
  }
  return path;
}

const DataCenter* find_data_center(std::string_view name) {
  for (const auto& center : data_centers) {
    if (center.name == name) return &center;
  }
  return nullptr;
}

std::string data_center_names() {
  std::string names;
  for (const auto& center : data_centers) {
    if (!names.empty()) names += ", ";
    names += center.name;
  }
  return names;
}

}  // namespace dropload::zoho
