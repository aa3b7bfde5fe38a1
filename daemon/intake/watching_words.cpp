#include <spdlog/spdlog.h>

#include "common/base/text.h"
#include "daemon/intake/watching.h"

// What a drop watcher says in the log: each thing once, and again when it has changed.

namespace dropload::intake {
namespace {

constexpr Milliseconds worth_a_word{5 * 60'000};  // that a file is held open

double in_seconds(Milliseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

}  // namespace

// Most are large files that are still being written; but a program that never closes its file would wait for ever.
void Watching::say_held_open(const std::string& name, Milliseconds how_long) {
  if (how_long < worth_a_word || !said_of_files_.is_new(name, "held open")) return;
  spdlog::warn("route {}: {} has been open for writing in another program for {} min; it is taken when that closes it",
               route_.name, escaped(name), how_long.count() / 60'000);
}

void Watching::say_not_taken(const Looked& looked, const Error& why) {
  if (!said_of_files_.is_new(looked.name, fmt::format("{} {}", looked.stamp, to_string(why.code)))) return;
  spdlog::warn("route {}: {} stays where it is: {}", route_.name, escaped(looked.name), readable(why.message));
}

void Watching::say_paused(const Error& why) {
  // What concerns all routes is said for all of them.
  if (parts_.intake.standstill()) return;
  if (!said_.is_new("pause", std::string(to_string(why.code)))) return;
  spdlog::warn("route {}: no file is taken for now: {}. It is tried again and again", route_.name,
               readable(why.message));
}

void Watching::say_offline(const Error& why) {
  if (!said_.is_new("directory", why.message)) return;
  spdlog::warn(
      "route {}: the drop directory {} is offline, and nothing in it is taken until it is back: {}. It is looked for "
      "again every {} s",
      route_.name, escaped(drop_.directory), readable(why.message), in_seconds(drop_.rescan_every));
}

// A spool that was lost or put back to an older state knows nothing of files that were on their way into it.
void Watching::say_claimed(const Scanned& scanned) {
  for (const auto& name : scanned.claimed) {
    const auto id = queue::claimed_by(std::filesystem::path(name).filename().string());
    if (!id || parts_.intake.has_entry(*id) || !said_.is_new(name, "")) continue;
    spdlog::warn(
        "route {}: {} is a file that an intake had claimed, and nothing is known of that any more; give it its name "
        "again to have it taken, or remove it",
        route_.name, escaped(name));
  }
}

void Watching::say_found(const Scanned& scanned) {
  for (const auto& problem : scanned.problems) {
    if (said_.is_new(problem, "")) spdlog::warn("route {}: {}", route_.name, readable(problem));
  }
}

void Watching::say_attention() {
  if (said_.forget("directory"))
    spdlog::info("route {}: the drop directory {} is back", route_.name, escaped(drop_.directory));
  if (standing_.attention == Attention::watched) {
    if (said_.forget("polled"))
      spdlog::info("route {}: the system tells of every change in {} again", route_.name, escaped(drop_.directory));
    return;
  }
  if (!said_.is_new("polled", standing_.reason)) return;
  spdlog::warn(
      "route {}: {} of {} directories of {} are polled: {}. Files there are found by looking every {} s, and where the "
      "system cannot tell whether somebody writes to them they are taken when they have not changed for a time "
      "(stable_for, network_stable_for)",
      route_.name, standing_.unwatched, standing_.directories, escaped(drop_.directory), readable(standing_.reason),
      in_seconds(std::min(drop_.poll_every, drop_.rescan_every)));
}

void Watching::say_lost_events() {
  ++standing_.overflows;
  spdlog::warn(
      "route {}: more happened in {} than the system keeps for its watcher (fs.inotify.max_queued_events), so it is "
      "looked through as a whole",
      route_.name, escaped(drop_.directory));
}

}  // namespace dropload::intake
