#include "daemon/intake/complaints.h"

namespace dropload::intake {

bool Complaints::is_new(const std::string& subject, const std::string& what) {
  const auto [place, is_first] = said_.try_emplace(subject, what);
  if (is_first) return true;
  if (place->second == what) return false;
  place->second = what;
  return true;
}

bool Complaints::forget(const std::string& subject) {
  return said_.erase(subject) > 0;
}

void Complaints::keep_only(const std::set<std::string>& subjects) {
  std::erase_if(said_, [&](const auto& said) { return !subjects.contains(said.first); });
}

}  // namespace dropload::intake
