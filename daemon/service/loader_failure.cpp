#include "daemon/service/loader_failure.h"

namespace dropload::service {

LoadFailure failure_of_reader(const Error& error) {
  if (error.code != Errc::invalid_argument && error.code != Errc::too_large) return error;
  return {7248, "The file cannot be read as CSV: " + html_escaped(error.message) + "."};
}

std::string html_escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

}  // namespace dropload::service
