#include "daemon/service/fault_board.h"

namespace dropload::service {

void FaultBoard::set(const std::string& organization_id, std::vector<Fault> faults) {
  tables_[organization_id].replace(std::move(faults), clock_.now());
  std::erase_if(fates_, [](const auto& fate) { return fate.second.stuck; });
  notify_();
}

std::vector<FaultTable::Entry> FaultBoard::entries(std::string_view organization_id) const {
  const auto found = tables_.find(organization_id);
  return found == tables_.end() ? std::vector<FaultTable::Entry>() : found->second.entries();
}

const Fault* FaultBoard::strike(std::string_view organization_id, Strikes when, CallGroup call, std::string_view job) {
  const auto found = tables_.find(organization_id);
  return found == tables_.end() ? nullptr : found->second.strike(when, call, job, clock_.now());
}

JobFate FaultBoard::fate_of(std::string_view organization_id, const std::string& job_id) {
  if (!enabled_) return {};
  if (const auto known = fates_.find(job_id); known != fates_.end()) return known->second;
  JobFate fate;
  if (const Fault* fault = strike(organization_id, Strikes::starting, CallGroup::create, job_id)) {
    fate.stuck = fault->kind == FaultKind::stuck_job;
    if (fault->kind == FaultKind::slow_job) fate.slow = Milliseconds{std::int64_t{fault->seconds} * 1'000};
  }
  fates_.emplace(job_id, fate);
  return fate;
}

}  // namespace dropload::service
