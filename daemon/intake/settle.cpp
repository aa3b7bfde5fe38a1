#include "daemon/intake/settle.h"

#include <algorithm>

namespace dropload::intake {
namespace {

// How often a file that somebody has open for writing is looked at. Its close is an event; this is for where no event
// comes, so it gets rarer the longer nothing happens.
constexpr Milliseconds writer_look_min{1'000};
constexpr Milliseconds writer_look_max{60'000};

bool same_stat(const Look& a, const Look& b) {
  return a.device == b.device && a.inode == b.inode && a.size == b.size && a.mtime_ns == b.mtime_ns;
}

}  // namespace

Settled Settling::look(const std::string& name, const Look& look, Time now) {
  const auto [place, is_new] = entries_.try_emplace(name, Entry{look, now, std::nullopt, now});
  Entry& entry = place->second;
  if (!is_new && !same_stat(entry.last, look)) entry.unchanged_since = now;
  entry.last = look;
  if (look.lease == Look::Lease::writer) {
    const Milliseconds unchanged = now - entry.unchanged_since;
    if (!entry.open_since) entry.open_since = now;
    entry.look_at = now + std::clamp(unchanged, std::max(settings_.stable_for, writer_look_min), writer_look_max);
    return LookAgain{entry.look_at, now - *entry.open_since};
  }
  entry.open_since.reset();
  Milliseconds must_rest = look.lease == Look::Lease::free ? Milliseconds{0} : settings_.stable_for;
  if (look.size == 0) must_rest = std::max(must_rest, settings_.empty_grace);
  entry.look_at = entry.unchanged_since + must_rest;
  if (entry.look_at > now) return LookAgain{entry.look_at};
  entries_.erase(place);
  return TakeIt{};
}

void Settling::forget(const std::string& name) {
  entries_.erase(name);
}

std::vector<std::string> Settling::due(Time now) const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) {
    if (entry.look_at <= now) names.push_back(name);
  }
  return names;
}

std::optional<Time> Settling::next() const {
  std::optional<Time> earliest;
  for (const auto& [name, entry] : entries_) {
    if (!earliest || entry.look_at < *earliest) earliest = entry.look_at;
  }
  return earliest;
}

}  // namespace dropload::intake
