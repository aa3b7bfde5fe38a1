#pragma once

// Faults that are made on purpose, for rehearsals and tests: which of them strikes which call. A set of faults belongs
// to an organization. Deterministic: a fault lets `skip` of the calls that it looks at through, then strikes `count` of
// them, each or, with a rate below 1, those that the seed picks. The first one in the list that strikes is the one.
// Pure but for its counters; what a fault then does is done by admission.cpp and job_runner.cpp.
//
//   lose_answer        a create call that was accepted is not answered; the connection is closed
//   drop_upload        a create call's connection is reset when `after_bytes` of its body have come
//   too_fast           6045, with HTTP 200
//   too_many_requests  HTTP 429 with Retry-After: `seconds`
//   server_error       HTTP `status` (500 to 599): 7005 in the API's envelope, or with `page` as a gateway's HTML page
//   slow_job           a job runs `seconds` longer
//   stuck_job          a job stays at 1001 until the fault is taken away
//   forget_job         a job details call answers 1005; with `job` only that job's
//   expired_token      8535, and the token that was shown is none any more
//   slots_taken        strangers hold `slots` of the organization's slots during this create call
//   table_locked       7092 for a create call
//   units_used_up      6043 for a create call
//
// slow_job and stuck_job look at jobs as they are about to start, forget_job at job details calls, too_fast,
// too_many_requests, server_error and expired_token at all calls or those named by `on`, the others at create calls.
// Calls without ZANALYTICS-ORGID count for the caller's first organization; token requests are never looked at.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"

namespace dropload::service {

enum class FaultKind {
  lose_answer = 1,
  drop_upload,
  too_fast,
  too_many_requests,
  server_error,
  slow_job,
  stuck_job,
  forget_job,
  expired_token,
  slots_taken,
  table_locked,
  units_used_up
};

// What a call is: a look-up, the making of a job, the asking for one.
enum class CallGroup : std::uint8_t { metadata = 1, create = 2, status = 4 };
inline constexpr std::uint8_t all_calls = 7;

// When a fault strikes: before the call is looked into; when a job was accepted and its answer is due; when a job is
// about to start.
enum class Strikes { arriving = 1, accepted, starting };

// The settings that a fault has beside those that all have.
enum class FaultSetting : std::uint8_t {
  on = 1,
  after_bytes = 2,
  seconds = 4,
  status = 8,
  page = 16,
  job = 32,
  slots = 64
};

struct FaultRule {
  FaultKind kind;
  std::string_view word;
  Strikes strikes;
  std::uint8_t calls;     // CallGroup bits that it looks at unless `on` says less
  std::uint8_t settings;  // FaultSetting bits that it takes
};
std::span<const FaultRule> fault_rules();
const FaultRule& rule_of(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::lose_answer;
  int skip = 0;
  std::optional<int> count = 1;  // nothing: until it is taken away
  double rate = 1;
  std::uint64_t seed = 0;
  std::optional<Milliseconds> lasts;  // after that it strikes no more
  std::uint8_t on = all_calls;        // CallGroup bits
  std::uint64_t after_bytes = 1;
  int seconds = 1;
  int status = 503;
  bool page = false;
  std::string job;
  int slots = 5;
};

class FaultTable {
 public:
  struct Entry {
    Fault fault;
    std::int64_t seen = 0;    // calls that it has looked at
    std::int64_t struck = 0;  // of those
  };

  void replace(std::vector<Fault> faults, Time now);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  // The fault that strikes now, nullptr for none; valid until replace(). `job` is the job that is asked for, if any. A
  // fault behind the one that strikes does not see the call.
  const Fault* strike(Strikes when, CallGroup call, std::string_view job, Time now);

 private:
  std::vector<Entry> entries_;
  Time since_;
};

}  // namespace dropload::service
