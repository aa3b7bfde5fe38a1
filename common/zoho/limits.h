#pragma once

// The request budget of an account and the slots of an organization (import-api.md, section 7), as pure values: the
// scheduler obeys and the import service enforces the same class.

#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/clock.h"

namespace dropload::zoho {

inline constexpr int max_jobs_of_an_organization = 5;
inline constexpr std::uint64_t max_file_bytes = 100ull * 1024 * 1024;  // "100 MB" of FILE
inline constexpr int max_batches_of_a_job = 100;                       // section 5
inline constexpr std::uint64_t max_bytes_in_batches = max_batches_of_a_job * max_file_bytes;
inline constexpr Milliseconds summary_kept_for{3'600'000};  // after a job's end; section 3

enum class CallKind { bulk = 1, metadata };

struct RequestLimits {
  int bulk = 40;
  int metadata = 60;
  int overall = 100;
  Milliseconds window{60'000};
};

// What one action will ask of the budget.
struct RequestCost {
  int bulk = 0;
  int metadata = 0;
};

// The calls of the last window. A call at time t counts in [t, t + window).
class RequestWindow {
 public:
  explicit RequestWindow(RequestLimits limits = {}) : limits_(limits) {}

  // Calls may be added in any order; `at` may lie in the past (a history that was read back).
  void add(CallKind kind, Time at, int count = 1);
  void add(const RequestCost& cost, Time at);
  // Nothing when the cost fits now, else the first moment at which it will if nothing else is added. A cost over the
  // whole limit never fits: it is treated as the limit.
  [[nodiscard]] std::optional<Time> wait_until(const RequestCost& cost, Time now) const;
  [[nodiscard]] int used(CallKind kind, Time now) const;
  [[nodiscard]] const RequestLimits& limits() const { return limits_; }
  // Drops what no longer counts.
  void forget_before(Time now);
  // Nothing fits before this time.
  void close_until(Time at) { closed_until_ = at; }
  [[nodiscard]] Time closed_until() const { return closed_until_; }

 private:
  RequestLimits limits_;
  Time closed_until_{};
  std::deque<Time> bulk_;      // ascending
  std::deque<Time> metadata_;  // ascending
};

}  // namespace dropload::zoho
