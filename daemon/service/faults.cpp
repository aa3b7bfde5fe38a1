#include "daemon/service/faults.h"

#include <algorithm>
#include <stdexcept>

namespace dropload::service {
namespace {

constexpr std::uint8_t bits(auto... values) {
  return static_cast<std::uint8_t>((0 | ... | static_cast<int>(values)));
}

constexpr std::uint8_t creates = bits(CallGroup::create);
constexpr std::uint8_t asks = bits(CallGroup::status);

constexpr std::array known_faults{
    FaultRule{FaultKind::lose_answer, "lose_answer", Strikes::accepted, creates, 0},
    FaultRule{FaultKind::drop_upload, "drop_upload", Strikes::arriving, creates, bits(FaultSetting::after_bytes)},
    FaultRule{FaultKind::too_fast, "too_fast", Strikes::arriving, all_calls, bits(FaultSetting::on)},
    FaultRule{FaultKind::too_many_requests, "too_many_requests", Strikes::arriving, all_calls,
              bits(FaultSetting::on, FaultSetting::seconds)},
    FaultRule{FaultKind::server_error, "server_error", Strikes::arriving, all_calls,
              bits(FaultSetting::on, FaultSetting::status, FaultSetting::page)},
    FaultRule{FaultKind::slow_job, "slow_job", Strikes::starting, creates, bits(FaultSetting::seconds)},
    FaultRule{FaultKind::stuck_job, "stuck_job", Strikes::starting, creates, 0},
    FaultRule{FaultKind::forget_job, "forget_job", Strikes::arriving, asks, bits(FaultSetting::job)},
    FaultRule{FaultKind::expired_token, "expired_token", Strikes::arriving, all_calls, bits(FaultSetting::on)},
    FaultRule{FaultKind::slots_taken, "slots_taken", Strikes::arriving, creates, bits(FaultSetting::slots)},
    FaultRule{FaultKind::table_locked, "table_locked", Strikes::arriving, creates, 0},
    FaultRule{FaultKind::units_used_up, "units_used_up", Strikes::arriving, creates, 0},
};

// A number in [0, 1) for the n-th call of a seed: SplitMix64, the same on every machine.
double fraction_of(std::uint64_t seed, std::int64_t n) {
  std::uint64_t z = seed + static_cast<std::uint64_t>(n + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  z ^= z >> 31U;
  return static_cast<double>(z >> 11U) * 0x1.0p-53;
}

bool looks_at(const Fault& fault, Strikes when, CallGroup call, std::string_view job) {
  const FaultRule& rule = rule_of(fault.kind);
  const bool meant = (rule.calls & fault.on & bits(call)) != 0;
  return rule.strikes == when && meant && (fault.job.empty() || fault.job == job);
}

bool is_over(const FaultTable::Entry& entry, Time since, Time now) {
  const Fault& fault = entry.fault;
  return (fault.count && entry.struck >= *fault.count) || (fault.lasts && since + *fault.lasts <= now);
}

}  // namespace

std::span<const FaultRule> fault_rules() {
  return known_faults;
}

const FaultRule& rule_of(FaultKind kind) {
  const auto found = std::ranges::find(known_faults, kind, &FaultRule::kind);
  if (found == known_faults.end()) throw std::logic_error("no such fault");
  return *found;
}

void FaultTable::replace(std::vector<Fault> faults, Time now) {
  entries_.clear();
  for (Fault& fault : faults) entries_.push_back({std::move(fault)});
  since_ = now;
}

const Fault* FaultTable::strike(Strikes when, CallGroup call, std::string_view job, Time now) {
  for (Entry& entry : entries_) {
    const Fault& fault = entry.fault;
    if (!looks_at(fault, when, call, job) || is_over(entry, since_, now)) continue;
    const std::int64_t number = entry.seen++;
    if (number < fault.skip || fraction_of(fault.seed, number) >= fault.rate) continue;
    ++entry.struck;
    return &fault;
  }
  return nullptr;
}

}  // namespace dropload::service
