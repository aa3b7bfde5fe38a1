#include "daemon/intake/clearing.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "common/base/text.h"
#include "common/http/deadline.h"
#include "common/http/on_pool.h"
#include "daemon/intake/old_originals.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::KeptEnd;
using queue::KeptFile;

constexpr Milliseconds clear_every{60'000};
constexpr Milliseconds clear_again_after{5'000};  // when there is more
constexpr Milliseconds try_again_after{3'600'000};
constexpr int at_once = 100;

std::string in_words(Milliseconds keep) {
  const auto hours = keep.count() / 3'600'000;
  if (hours % 24 != 0) return fmt::format("{} hours", hours);
  return hours == 24 ? "a day" : fmt::format("{} days", hours / 24);
}

std::vector<queue::SubmissionId> ids_of(const std::vector<KeptFile>& files) {
  std::vector<queue::SubmissionId> ids;
  for (const auto& file : files) ids.push_back(file.submission);
  return ids;
}

}  // namespace

std::string Clearing::Rule::name() const {
  return imported ? "keep_done" : "keep_failed";
}

std::string Clearing::Rule::why() const {
  return fmt::format("after {}, as {} of route {} says", in_words(keep), name(), route.name);
}

http::Awaitable<void> Clearing::run() {
  for (;;) {
    const auto more = co_await clear();
    if (!more) spdlog::warn("{}; old originals stay until then", more.error().message);
    co_await http::sleep_for(more && *more ? clear_again_after : clear_every);
  }
}

http::Awaitable<Result<bool>> Clearing::clear() {
  bool more = false;
  for (const auto& [name, route] : parts_.routes) {
    for (const bool imported : {true, false}) {
      const auto keep = imported ? route.keep_done : route.keep_failed;
      if (!keep) continue;
      const Rule rule{route, imported, *keep};
      const auto cleared = co_await clear(rule);
      if (!cleared) co_return cleared.error();
      more = more || *cleared;
    }
  }
  co_return more;
}

http::Awaitable<Result<bool>> Clearing::clear(Rule rule) {
  const Time now = parts_.clock.now();
  auto find = [route = rule.route.name, imported = rule.imported, until = now - rule.keep](queue::Store& store) {
    return queue::kept_until(store, route, imported, until, at_once);
  };
  auto due = co_await parts_.store.run(std::move(find));
  if (!due) co_return due.error();
  if (due->empty()) co_return false;
  const bool more = due->size() == static_cast<std::size_t>(at_once);
  std::vector<KeptEnd> ends;
  auto look = [&] { return only_online(rule, std::move(*due), ends, now); };
  const auto online = co_await on_pool(parts_.pool, std::move(look));
  auto begin = [ids = ids_of(online)](queue::Store& store) { return queue::begin_removing(store, ids); };
  if (auto begun = co_await parts_.store.run(std::move(begin)); !begun) co_return begun.error();
  auto work = [&] { return ends_of(rule, online, now); };
  const auto reached = co_await on_pool(parts_.pool, std::move(work));
  ends.insert(ends.end(), reached.begin(), reached.end());
  const auto removed =
      std::ranges::count_if(ends, [](const KeptEnd& end) { return std::holds_alternative<queue::Removed>(end.what); });
  auto settle = [ends, now](queue::Store& store) { return queue::settle_kept(store, ends, now); };
  if (auto settled = co_await parts_.store.run(std::move(settle)); !settled) co_return settled.error();
  if (removed > 0) {
    spdlog::info("route {}: {} removed from {}/ {}", rule.route.name,
                 removed == 1 ? "an original was" : fmt::format("{} originals were", removed),
                 rule.imported ? "done" : "failed", rule.why());
  }
  co_return more;
}

fs::path Clearing::base_of(const KeptFile& file) const {
  return file.drop_directory ? fs::path(*file.drop_directory) : parts_.archive;
}

// The route may have had another drop directory when it was put away.
bool Clearing::is_online(const Rule& rule, const fs::path& base, std::map<fs::path, bool>& known) {
  if (const auto found = known.find(base); found != known.end()) return found->second;
  const auto& drop = rule.route.drop;
  const auto marker = drop && fs::path(drop->directory) == base ? drop->online_marker : std::string();
  const auto present = presences_.try_emplace(base, base, marker).first->second.look();
  return known[base] = present.has_value();
}

std::vector<KeptFile> Clearing::only_online(const Rule& rule, std::vector<KeptFile> due, std::vector<KeptEnd>& ends,
                                            Time now) {
  std::map<fs::path, bool> known;
  std::vector<KeptFile> online;
  for (auto& file : due) {
    if (is_online(rule, base_of(file), known)) {
      online.push_back(std::move(file));
    } else {
      ends.push_back({file.submission, queue::KeepLonger{now - rule.keep + try_again_after}});
    }
  }
  return online;
}

std::vector<KeptEnd> Clearing::ends_of(const Rule& rule, const std::vector<KeptFile>& due, Time now) {
  std::vector<KeptEnd> ends;
  for (const auto& file : due) ends.push_back(end_of(rule, file, now));
  return ends;
}

KeptEnd Clearing::end_of(const Rule& rule, const KeptFile& file, Time now) {
  const queue::KeepLonger later{now - rule.keep + try_again_after};
  const auto fate = remove_kept(parts_.files, base_of(file), file);
  if (!fate) {
    const auto directory = fs::path(file.retired_to).parent_path().string();
    if (said_.is_new(rule.route.name, fate.error().message)) {
      spdlog::warn("route {}: what is old cannot be removed from {}: {}. It is tried again every hour", rule.route.name,
                   escaped(directory), readable(fate.error().message));
    }
    return {file.submission, later};
  }
  if (*fate == KeptFate::out_of_reach) return {file.submission, later};
  said_.forget(rule.route.name);
  const bool by_us = *fate == KeptFate::removed || (*fate == KeptFate::gone && file.removing);
  if (by_us) return {file.submission, queue::Removed{rule.why()}};
  return {file.submission, queue::LeftAlone{}};
}

}  // namespace dropload::intake
