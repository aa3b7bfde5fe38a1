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

}  // namespace dropload::queue
