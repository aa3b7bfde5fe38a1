#include "daemon/queue/types.h"

namespace dropload::queue {

std::string_view to_string(Source source) {
  return source == Source::drop ? "drop" : "rest";
}

std::optional<Source> parse_source(std::string_view word) {
  if (word == "drop") return Source::drop;
  if (word == "rest") return Source::rest;
  return std::nullopt;
}

std::string_view to_string(OnDuplicate choice) {
  switch (choice) {
    case OnDuplicate::hold:
      return "hold";
    case OnDuplicate::skip:
      return "skip";
    default:
      return "import";
  }
}

std::optional<OnDuplicate> parse_on_duplicate(std::string_view word) {
  for (const auto choice : {OnDuplicate::take, OnDuplicate::hold, OnDuplicate::skip}) {
    if (to_string(choice) == word) return choice;
  }
  return std::nullopt;
}

}  // namespace dropload::queue
