#pragma once

// The faults of all organizations while the service runs, and what they do to jobs. A restart takes them all away. The
// io thread's.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/service/faults.h"

namespace dropload::service {

// What becomes of a job that is about to start.
struct JobFate {
  bool stuck = false;
  Milliseconds slow{0};
};

class FaultBoard {
 public:
  // `enabled`: whether faults can be set at all.
  FaultBoard(bool enabled, const Clock& clock) : enabled_(enabled), clock_(clock) {}

  [[nodiscard]] bool enabled() const { return enabled_; }
  // Called when the faults of an organization change: jobs that were stuck may start.
  void on_change(std::function<void()> notify) { notify_ = std::move(notify); }

  void set(const std::string& organization_id, std::vector<Fault> faults);
  // Empty when none were set.
  [[nodiscard]] std::vector<FaultTable::Entry> entries(std::string_view organization_id) const;

  // See FaultTable::strike.
  const Fault* strike(std::string_view organization_id, Strikes when, CallGroup call, std::string_view job = {});
  // Decided when a job is first asked for, and kept until the faults change or the job ends.
  JobFate fate_of(std::string_view organization_id, const std::string& job_id);
  void job_ended(const std::string& job_id) { fates_.erase(job_id); }

 private:
  bool enabled_;
  const Clock& clock_;
  std::function<void()> notify_ = [] {};
  std::map<std::string, FaultTable, std::less<>> tables_;  // by organization
  std::map<std::string, JobFate> fates_;                   // of jobs that have not ended
};

}  // namespace dropload::service
