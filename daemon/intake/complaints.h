#pragma once

// What has been said already, so that it is said once and not at every look. Bounded by the number of subjects that
// something is wrong with.

#include <map>
#include <set>
#include <string>

namespace dropload::intake {

class Complaints {
 public:
  // True when `what` is not what was last said of the subject.
  bool is_new(const std::string& subject, const std::string& what);
  // It is well again. True when something had been said of it.
  bool forget(const std::string& subject);
  // Forgets all other subjects.
  void keep_only(const std::set<std::string>& subjects);

 private:
  std::map<std::string, std::string> said_;
};

}  // namespace dropload::intake
