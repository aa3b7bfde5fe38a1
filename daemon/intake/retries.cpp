#include "daemon/intake/retries.h"

#include <algorithm>

namespace dropload::intake {
namespace {

constexpr Milliseconds first_wait{1'000};
constexpr Milliseconds longest_wait{60'000};

}  // namespace

void Retries::failed(const std::string& name, Time now) {
  Failure& failure = failures_[name];
  failure.wait = std::clamp(failure.wait * 2, first_wait, longest_wait);
  failure.not_before = now + failure.wait;
}

void Retries::keep_only(const std::set<std::string>& names) {
  std::erase_if(failures_, [&](const auto& each) { return !names.contains(each.first); });
}

std::vector<std::string> Retries::take_ready(std::set<std::string>& names, Time now) const {
  std::vector<std::string> ready;
  std::erase_if(names, [&](const std::string& name) {
    const auto failure = failures_.find(name);
    if (failure != failures_.end() && failure->second.not_before > now) return false;
    ready.push_back(name);
    return true;
  });
  return ready;
}

std::optional<Time> Retries::next(const std::set<std::string>& names) const {
  std::optional<Time> earliest;
  for (const auto& name : names) {
    const auto failure = failures_.find(name);
    const Time at = failure == failures_.end() ? Time{} : failure->second.not_before;
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

}  // namespace dropload::intake
