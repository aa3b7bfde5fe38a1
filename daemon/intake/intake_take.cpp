#include <algorithm>
#include <iterator>
#include <optional>

#include "common/base/crash_point.h"
#include "common/http/on_pool.h"
#include "daemon/intake/accepting.h"
#include "daemon/intake/intake.h"
#include "daemon/intake/packages.h"
#include "daemon/intake/unpacking.h"

// Files of a drop directory, several at once: each is brought into the spool on a thread of its own, so that the disk
// has several syncs to do in one go, and all of them have their rows in one transaction.

namespace dropload::intake {
namespace {

using queue::Submission;
using CameOfEach = std::vector<Result<Submission>>;

// The members of a package have a transaction of their own, and get their ids while it is unpacked. Of files that stay
// two names may stand for one file: the second is known when the first has its row.
bool goes_alone(const queue::Route& route, const FileToTake& file) {
  return route.leave_when_done || is_package(route, file.name);
}

std::size_t end_of_those_together(const queue::Route& route, const std::vector<FileToTake>& files, std::size_t from) {
  if (goes_alone(route, files[from])) return from + 1;
  const auto begin = files.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = std::find_if(begin, files.end(), [&](const auto& file) { return goes_alone(route, file); });
  return static_cast<std::size_t>(end - files.begin());
}

}  // namespace

// Where `failed` is set, it is over.
struct Intake::Coming {
  std::optional<Room::Place> place;
  queue::SubmissionId id = 0;
  std::unique_ptr<Taking> taking;
  std::optional<Error> failed;

  void bring_in(const TakingParts& parts, const queue::Route& route, const FileToTake& file) {
    if (failed) return;
    auto begun = Taking::begin(parts, route, file, id);
    if (!begun) {
      failed = begun.error();
      return;
    }
    taking = std::move(*begun);
    if (auto in = taking->bring_in(); !in) failed = in.error();
  }
};

bool is_of_the_surroundings(Errc code) {
  return code == Errc::no_space || code == Errc::unavailable || code == Errc::busy || code == Errc::timed_out;
}

http::Awaitable<CameOfEach> Intake::take_all(const queue::Route& route, std::vector<FileToTake> files) {
  CameOfEach each;
  std::optional<Error> stopped;
  for (std::size_t at = 0; at < files.size();) {
    // While the disk is full one file finds out whether it still is.
    const auto end = standstill_ ? at + 1 : end_of_those_together(route, files, at);
    if (stopped) {
      for (; at < end; ++at) each.emplace_back(*stopped);
      continue;
    }
    std::vector<FileToTake> together(std::make_move_iterator(files.begin() + static_cast<std::ptrdiff_t>(at)),
                                     std::make_move_iterator(files.begin() + static_cast<std::ptrdiff_t>(end)));
    auto some = co_await take_together(route, std::move(together));
    for (auto& one : some) {
      if (!one && is_of_the_surroundings(one.error().code)) stopped = one.error();
      each.push_back(std::move(one));
    }
    at = end;
  }
  co_return each;
}

http::Awaitable<CameOfEach> Intake::take_together(const queue::Route& route, std::vector<FileToTake> files) {
  const auto parts = taking_parts();
  std::vector<Coming> all(files.size());
  co_await admit_all(route, files, all);
  auto into_spool = [&](std::size_t i) { all[i].bring_in(parts, route, files[i]); };
  co_await on_pool_all(parts_.pool, all.size(), into_spool);
  crash_point("before-accept");
  auto each = co_await write_rows(route, all);
  crash_point("accepted");
  auto end = [&](std::size_t i) {
    if (!all[i].failed) each[i] = all[i].taking->end(std::move(each[i]));
  };
  co_await on_pool_all(parts_.pool, all.size(), end);
  note_all(all, each);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].taking && all[i].taking->left_behind()) unfinished_.insert(all[i].id);
    const bool is_known = each[i] || each[i].error().code == Errc::already_exists;
    if (route.leave_when_done && is_known) co_await remember_left(route, files[i].settled.inode);
    if (!each[i]) continue;
    all[i].place->accepted(each[i]->size);
    announce(*each[i]);
  }
  co_return each;
}

http::Awaitable<void> Intake::admit_all(const queue::Route& route, const std::vector<FileToTake>& files,
                                        std::vector<Coming>& all) {
  std::optional<Error> no_room;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!no_room) {
      auto place = co_await admit(std::min(files[i].settled.size, queue::size_limit_of(route).bytes),
                                  may_become(route, files[i].name), 0);
      if (place) {
        all[i].place.emplace(std::move(*place));
        all[i].id = parts_.store.reserve_id();
        continue;
      }
      no_room = place.error();
    }
    all[i].failed = *no_room;
  }
}

// What came of each row, in their order; those that have failed before have none.
http::Awaitable<CameOfEach> Intake::write_rows(const queue::Route& route, const std::vector<Coming>& all) {
  CameOfEach each;
  AcceptAll rows;
  for (const auto& one : all) {
    each.emplace_back(one.failed.value_or(Error{}));
    if (!one.failed) rows.all.push_back(Accept{one.taking->sidecar()});
  }
  if (rows.all.empty()) co_return each;
  if (rows.all.front().sidecar.submission.is_package) {  // which is alone
    const auto& package = all.front().taking->sidecar();
    each.front() = co_await on_pool(parts_.pool, [&] { return accept_whole(taking_parts(), &route, package); });
    co_return each;
  }
  auto accepted = co_await parts_.store.run(std::move(rows));
  std::size_t row = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].failed) continue;
    each[i] = accepted ? std::move((*accepted)[row++]) : Result<Submission>(accepted.error());
  }
  co_return each;
}

// A full disk is said once, whatever came of the others. Of those that were not admitted the disk tells nothing.
void Intake::note_all(const std::vector<Coming>& all, const CameOfEach& each) {
  const Result<Submission>* telling = nullptr;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].place) continue;
    const bool is_full = !each[i] && each[i].error().code == Errc::no_space;
    if (is_full || (each[i] && telling == nullptr)) telling = &each[i];
    if (is_full) break;
  }
  if (telling != nullptr) note(*telling);
}

}  // namespace dropload::intake
