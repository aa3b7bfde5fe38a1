#pragma once

// Whether all is fine, in sentences for somebody who did not install dropload: what is wrong, and what to do. Pure.

#include <string>
#include <vector>

#include "daemon/api/json_types.h"
#include "daemon/api/organizations.h"
#include "daemon/queue/overview.h"

namespace dropload::api {

enum class Severity { attention = 1, trouble };
std::string_view to_string(Severity severity);

// What a sentence is about: a "route", "organization", "state" or "submission". Nothing where no list has just that.
struct StandingLink {
  std::string kind;
  std::string name;
};

struct StandingSentence {
  Severity severity = Severity::attention;
  std::string text;
  std::string advice;
  std::optional<StandingLink> link{};
};

struct RouteFacts {
  std::string name;
  std::optional<queue::Pause> paused;
  std::optional<DropView> drop;
  std::vector<ExpectedView> expected;
  IntakeView intake;
};

struct StandingFacts {
  queue::Overview overview;
  std::vector<OrganizationNow> organizations;
  std::vector<RouteFacts> routes;
};

// Trouble first; at most one of each kind for each route or organization. Trouble is what keeps files from becoming
// rows and does not end by itself: the service's word has paused an organization, nothing is accepted, a drop directory
// is not there, an expected file is missing, a file has failed and nobody has retried it. Attention is what a person
// should know of or decide.
std::vector<StandingSentence> standing_sentences(const StandingFacts& facts, Time now);

// "fine", "attention" or "trouble": the worst of them.
std::string_view standing_word(const std::vector<StandingSentence>& sentences);

}  // namespace dropload::api
