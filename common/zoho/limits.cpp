#include "common/zoho/limits.h"

#include <algorithm>
#include <vector>

namespace dropload::zoho {
namespace {

// Of the calls in ascending order: how many count at `now`.
int count_at(const std::deque<Time>& calls, Time now, Milliseconds window) {
  const auto oldest = std::upper_bound(calls.begin(), calls.end(), now - window);
  const auto newest = std::upper_bound(oldest, calls.end(), now);
  return static_cast<int>(newest - oldest);
}

bool fits(int used, int cost, int limit) {
  return cost == 0 || used + std::min(cost, limit) <= limit;
}

}  // namespace

void RequestWindow::add(CallKind kind, Time at, int count) {
  auto& calls = kind == CallKind::bulk ? bulk_ : metadata_;
  calls.insert(std::upper_bound(calls.begin(), calls.end(), at), static_cast<std::size_t>(std::max(count, 0)), at);
}

void RequestWindow::add(const RequestCost& cost, Time at) {
  add(CallKind::bulk, at, cost.bulk);
  add(CallKind::metadata, at, cost.metadata);
}

std::optional<Time> RequestWindow::wait_until(const RequestCost& cost, Time now) const {
  const auto fits_at = [&](Time time) {
    const int bulk = used(CallKind::bulk, time);
    const int metadata = used(CallKind::metadata, time);
    return fits(bulk, cost.bulk, limits_.bulk) && fits(metadata, cost.metadata, limits_.metadata) &&
           fits(bulk + metadata, std::min(cost.bulk, limits_.bulk) + std::min(cost.metadata, limits_.metadata),
                limits_.overall);
  };
  const Time open_at = std::max(now, closed_until_);
  if (fits_at(open_at)) return open_at == now ? std::nullopt : std::optional(open_at);
  // Only the end of a call's window makes room.
  std::vector<Time> ends;
  for (const auto* calls : {&bulk_, &metadata_}) {
    for (const Time call : *calls) {
      if (call + limits_.window > open_at) ends.push_back(call + limits_.window);
    }
  }
  std::sort(ends.begin(), ends.end());
  const auto first = std::find_if(ends.begin(), ends.end(), fits_at);
  return first == ends.end() ? open_at + limits_.window : *first;
}

int RequestWindow::used(CallKind kind, Time now) const {
  return count_at(kind == CallKind::bulk ? bulk_ : metadata_, now, limits_.window);
}

void RequestWindow::forget_before(Time now) {
  for (auto* calls : {&bulk_, &metadata_}) {
    while (!calls->empty() && calls->front() + limits_.window <= now) calls->pop_front();
  }
}

}  // namespace dropload::zoho
