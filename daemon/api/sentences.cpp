#include "daemon/api/sentences.h"

#include <algorithm>

#include <fmt/format.h>

namespace dropload::api {
namespace {

using Sentences = std::vector<StandingSentence>;
using queue::SubmissionState;

std::string files(std::uint64_t count) {
  const bool more = count >= queue::Overview::most_counted;
  return count == 1 ? "1 file" : fmt::format("{}{} files", count, more ? " or more" : "");
}

void add(Sentences& all, Severity severity, std::string text, std::string advice,
         std::optional<StandingLink> link = {}) {
  all.push_back({severity, std::move(text), std::move(advice), std::move(link)});
}

// A pause by the service's word, or for an outage, has an end; a person's has none.
void say_paused(Sentences& all, const OrganizationView& view) {
  const StandingLink link{"organization", view.name};
  if (view.paused->until) {
    add(all, Severity::trouble,
        fmt::format("Organization {} starts nothing until {}: {}", view.name, to_rfc3339(*view.paused->until),
                    view.paused->reason),
        "It is tried again then by itself, and files wait meanwhile. Mend what the reason names; resume it to try at "
        "once.",
        link);
    return;
  }
  add(all, Severity::attention,
      fmt::format("Organization {} is paused until a person resumes it: {}", view.name, view.paused->reason),
      "Its files wait. Resume it when the reason is gone.", link);
}

void say_of(Sentences& all, const OrganizationNow& organization, Time now) {
  const auto& view = organization.view;
  if (view.paused) say_paused(all, view);
  const StandingLink link{"organization", view.name};
  if (view.closed_until && *view.closed_until > now) {
    add(all, Severity::attention,
        fmt::format("The service says that organization {} makes too many calls; none is made until {}.", view.name,
                    to_rfc3339(*view.closed_until)),
        "It goes on by itself. If it happens often, look who else uses the account.", link);
  } else if (organization.waiting > 0 && view.bulk_allowed > 0 && view.bulk_calls >= view.bulk_allowed) {
    add(all, Severity::attention,
        fmt::format("Organization {} has used all {} calls of this minute, and {} wait.", view.name, view.bulk_allowed,
                    files(organization.waiting)),
        "It goes on by itself. If it stays so, send fewer and larger files, or let files merge (merge = true).", link);
  }
}

void say_of_drop(Sentences& all, const RouteFacts& route) {
  const StandingLink link{"route", route.name};
  if (route.intake.state == "stopped") {
    add(all, Severity::trouble, fmt::format("Route {} accepts no files: {}", route.name, route.intake.reason),
        "Files stay where they are, and are taken when the reason is gone.", link);
  }
  if (!route.drop) return;
  if (route.drop->state == "offline") {
    add(all, Severity::trouble,
        fmt::format("The drop directory of route {} cannot be looked into: {}", route.name, route.drop->reason),
        "Mount it, or put it back where the configuration says that it is; it is found by itself.", link);
  } else if (route.drop->state == "polled") {
    add(all, Severity::attention,
        fmt::format("The drop directory of route {} is only looked through from time to time: {}", route.name,
                    route.drop->reason),
        "Files are found all the same, but later.", link);
  }
}

void say_of_expected(Sentences& all, const RouteFacts& route) {
  for (const auto& expected : route.expected) {
    const bool missing = expected.state == "missing";
    if (!missing && expected.state != "late" && expected.state != "too small") continue;
    add(all, missing ? Severity::trouble : Severity::attention,
        fmt::format("Route {}: {}", route.name, expected.sentence), "Ask whoever sends it.",
        StandingLink{"route", route.name});
  }
}

void say_of(Sentences& all, const RouteFacts& route) {
  say_of_drop(all, route);
  say_of_expected(all, route);
  if (!route.paused) return;
  add(all, Severity::attention,
      fmt::format("Route {} is paused until a person resumes it: {}", route.name, route.paused->reason),
      "Its files are accepted and wait. Resume it when the reason is gone.", StandingLink{"route", route.name});
}

void say_of_submissions(Sentences& all, const queue::Overview& overview) {
  if (const auto failed = overview.failed_for_good; failed > 0) {
    add(all, Severity::trouble,
        fmt::format("{} failed in the last day, and nobody has retried {}.", files(failed),
                    failed == 1 ? "it" : "them"),
        "Read the reason, mend what it names, and retry.", StandingLink{"state", "failed"});
  }
  if (const auto held = overview.states.find(SubmissionState::held); held != overview.states.end()) {
    add(all, Severity::attention,
        fmt::format("{} {} held until a person decides.", files(held->second), held->second == 1 ? "is" : "are"),
        "Read the reason; release what is to be imported, discard what is not.", StandingLink{"state", "held"});
  }
  if (const auto warned = overview.warned_of; warned > 0) {
    add(all, Severity::attention, fmt::format("Something odd was found in {} of the last day.", files(warned)),
        "The list marks them; open one to read what was found in it.");
  }
}

}  // namespace

std::string_view to_string(Severity severity) {
  return severity == Severity::trouble ? "trouble" : "attention";
}

std::vector<StandingSentence> standing_sentences(const StandingFacts& facts, Time now) {
  Sentences all;
  for (const auto& organization : facts.organizations) say_of(all, organization, now);
  for (const auto& route : facts.routes) say_of(all, route);
  say_of_submissions(all, facts.overview);
  std::ranges::stable_sort(all, std::greater<>(), &StandingSentence::severity);
  return all;
}

std::string_view standing_word(const std::vector<StandingSentence>& sentences) {
  if (sentences.empty()) return "fine";
  return to_string(std::ranges::max(sentences, {}, &StandingSentence::severity).severity);
}

}  // namespace dropload::api
