#pragma once

// What was last said of a file that is expected, so that a restart does not say it again.
//
// Each function is one transaction, with the errors of Store (store.h).

#include <optional>
#include <string>

#include "daemon/queue/store.h"

namespace dropload::queue {

struct SaidOfExpectation {
  std::string what;         // "missing"; "" when nothing was
  std::optional<Time> due;  // of the time at which it was due

  bool operator==(const SaidOfExpectation&) const = default;
};

// Nothing said when the route does not expect this.
Result<SaidOfExpectation> said_of_expectation(Store& store, const std::string& route, const std::string& text);
// Only when the route expects this: see Store::expected_since.
Result<void> note_said(Store& store, const std::string& route, const std::string& text, const SaidOfExpectation& said);

}  // namespace dropload::queue
