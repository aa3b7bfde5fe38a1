#pragma once

// The submissions as a person looks for them: by what they are, when they came, and a part of a name. A page costs a
// few seeks, whatever the history holds (schema_overview.h).

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/queue/types.h"

namespace dropload::queue {

class Store;

// All that is given must fit.
struct ListFilter {
  std::vector<SubmissionState> states{};  // one of these; empty: any
  std::optional<std::string> route{};
  std::optional<std::string> organization{};
  std::optional<std::string> table{};  // as the route names it
  std::optional<Time> since{};         // accepted then or later
  std::optional<Time> until{};         // accepted before
  // A part of the file name (bytes), the table or the reason, in any case (for Latin, Greek and Cyrillic letters); ""
  // for none. "41" and "#41" also fit submission 41.
  std::string text{};
  std::optional<SubmissionId> before{};  // cursor: ids below it, newest first
  int limit = 50;                        // 1-1000, else invalid_argument
};

struct ListPage {
  std::vector<Submission> submissions;  // newest first
  std::optional<SubmissionId> next;     // the `before` of the next page; nothing: this is the last one
};

// So many submissions are looked at for a page at most, so that a search for what is rare keeps nobody waiting: such a
// page has less than `limit`, or none, and a `next` to go on from.
inline constexpr int most_looked_at = 20'000;

// Errors: those of Store; invalid_argument.
Result<ListPage> list_page(Store& store, const ListFilter& filter);

}  // namespace dropload::queue
