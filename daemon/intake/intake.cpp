#include "daemon/intake/intake.h"

#include <algorithm>

#include <spdlog/spdlog.h>
#include <boost/asio/buffer.hpp>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "common/http/on_pool.h"
#include "common/http/pieces.h"
#include "daemon/intake/accepting.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/packages.h"
#include "daemon/intake/receiving.h"
#include "daemon/intake/recovery.h"
#include "daemon/intake/retrying.h"
#include "daemon/intake/small_body.h"
#include "daemon/intake/taking.h"
#include "daemon/intake/unpacking.h"

namespace dropload::intake {
namespace {

using queue::Submission;

// A body goes to the disk in pieces of this size. Each piece is hashed and written in the pool, because a write to a
// disk that is busy may block for seconds, and the io thread has polls and other requests to see to; at this size the
// hop costs little, and the next piece comes meanwhile.
constexpr std::size_t piece_bytes = 256 * 1024;
// So many bytes are hashed and surveyed on the io thread.
constexpr std::size_t most_bytes_at_once = 8 * 1024;

Error with_limit(const Error& why, const queue::Route& route, const std::string& file_name) {
  if (why.code != Errc::too_large) return why;
  const auto limit = queue::size_limit_of(route);
  if (limit.bound == queue::SizeBound::route) {
    return error(
        Errc::too_large,
        "{} has more than {} bytes, the most that the route {} takes; cut it into smaller files, each with the "
        "header line",
        escaped(file_name), limit.bytes, route.name);
  }
  const auto [reason, advice] = over(limit);
  return error(Errc::too_large, "{} is too large: {}. {}", escaped(file_name), reason, advice);
}

// A body whose length was not announced, or others that come at the same time, may use up the margin on its way.
http::Awaitable<Result<void>> read_body(Receiving& receiving, http::BodyReader& body, boost::asio::thread_pool& pool,
                                        DiskRoom& disk) {
  auto opened = co_await on_pool(pool, [&receiving] { return receiving.open(); });
  if (!opened) co_return opened.error();
  http::UsePiece write = [&receiving, &pool, &disk](std::string_view piece) {
    const auto bytes = std::as_bytes(std::span(piece));
    return on_pool(pool, [&receiving, &disk, bytes]() -> Result<void> {
      if (auto fits = disk.check(bytes.size()); !fits) return fits;
      return receiving.write(bytes);
    });
  };
  co_return co_await http::use_in_pieces(body, piece_bytes, std::move(write));
}

void log_accepted(const Submission& submission) {
  if (submission.state == queue::SubmissionState::failed) {
    spdlog::warn("submission {}: {} of route {} failed at once: {}", submission.id, escaped(submission.file_name),
                 submission.route, submission.reason);
    return;
  }
  if (submission.state != queue::SubmissionState::queued) {
    spdlog::warn("submission {}: {} of route {} is {}: {}", submission.id, escaped(submission.file_name),
                 submission.route, to_string(submission.state), submission.reason);
    return;
  }
  spdlog::info("submission {}: {} of route {} is queued for table {}, {} bytes", submission.id,
               escaped(submission.file_name), submission.route, submission.table.table, submission.size);
  if (submission.warnings == 0) return;
  const auto first = std::ranges::find(submission.findings, queue::Severity::warning, &queue::Finding::severity);
  spdlog::warn("submission {}: {} of pre-flight (dropload show {}), the first: {}", submission.id,
               submission.warnings == 1 ? "a warning" : fmt::format("{} warnings", submission.warnings), submission.id,
               first == submission.findings.end() ? "" : readable(first->text));
}

// Does something when it goes.
struct OnLeaving {
  std::function<void()> work;
  ~OnLeaving() { work(); }
};

}  // namespace

Intake::Intake(Parts parts) : parts_(std::move(parts)) {}

TakingParts Intake::taking_parts() {
  return {parts_.store, parts_.spool, parts_.files, parts_.clock, parts_.routes, &unpack_room_, &disk_};
}

std::uint64_t Intake::may_become(const queue::Route& route, const std::string& file_name) const {
  return is_package(route, file_name) ? parts_.limits.bytes : 0;
}

http::Awaitable<Result<Submission>> Intake::take(const queue::Route& route, std::string subdirectory,
                                                 std::string file_name, Look settled) {
  std::vector<FileToTake> one;
  one.push_back({std::move(subdirectory), std::move(file_name), settled});
  auto taken = co_await take_all(route, std::move(one));
  co_return std::move(taken.front());
}

http::Awaitable<Result<Submission>> Intake::receive(const queue::Route& route, std::string file_name,
                                                    http::BodyReader& body) {
  auto sidecar = begin_sidecar(route, queue::Source::rest, "", file_name);
  if (!sidecar) co_return sidecar.error();
  const auto most = queue::size_limit_of(route).bytes;
  auto place =
      co_await admit(std::min(body.size().value_or(most), most), may_become(route, file_name), body.size().value_or(0));
  if (!place) co_return place.error();
  body.set_limit(most);
  sidecar->submission.id = parts_.store.reserve_id();
  // What a package has in it goes through the spool, and so does the package.
  Result<BodyStart> start(BodyStart{});
  if (!sidecar->submission.is_package) start = co_await read_start(body);
  if (!start) co_return with_limit(start.error(), route, file_name);
  Result<Submission> accepted(Error{});
  if (start->is_whole) {
    accepted = co_await keep_small(std::move(*sidecar), route, std::move(start->bytes));
  } else {
    accepted = co_await receive_large(std::move(*sidecar), route, std::move(start->bytes), body);
  }
  note(accepted);
  if (!accepted) co_return with_limit(accepted.error(), route, file_name);
  place->accepted(accepted->size);
  announce(*accepted);
  co_return accepted;
}

// Its bytes become durable with its row.
http::Awaitable<Result<Submission>> Intake::keep_small(queue::Sidecar sidecar, const queue::Route& route,
                                                       std::string bytes) {
  crash_point("body-read");
  const auto complete = [this, &sidecar, &route, &bytes] {
    return complete_small(sidecar, bytes, route, parts_.clock.now());
  };
  // The hop to the pool costs as much as to hash and to survey so many bytes.
  Result<void> completed;
  if (bytes.size() <= most_bytes_at_once) {
    completed = complete();
  } else {
    completed = co_await on_pool(parts_.pool, complete);
  }
  if (!completed) co_return completed.error();
  crash_point("body-completed");
  Accept accept{std::move(sidecar), std::nullopt, std::move(bytes)};
  auto accepted = co_await parts_.store.run(std::move(accept));
  crash_point("body-accepted");
  co_return accepted;
}

http::Awaitable<Result<Submission>> Intake::receive_large(queue::Sidecar sidecar, const queue::Route& route,
                                                          std::string start, http::BodyReader& rest) {
  Receiving receiving(parts_.spool, parts_.files, std::move(sidecar));
  StartedBody body(std::move(start), rest);
  auto accepted = co_await receive_into(receiving, route, body);
  if (accepted) {
    receiving.keep();
  } else {
    (void)co_await on_pool(parts_.pool, [&receiving] { return receiving.discard(); });
  }
  co_return accepted;
}

http::Awaitable<Result<Submission>> Intake::receive_into(Receiving& receiving, const queue::Route& route,
                                                         http::BodyReader& body) {
  const auto read = co_await read_body(receiving, body, parts_.pool, disk_);
  if (!read) co_return read.error();
  crash_point("body-read");
  const auto completed = co_await on_pool(
      parts_.pool, [this, &receiving, &route] { return receiving.complete(route, parts_.clock.now()); });
  if (!completed) co_return completed.error();
  crash_point("body-completed");
  if (receiving.sidecar().submission.is_package) {
    auto unpacked = co_await on_pool(parts_.pool, [this, &receiving, &route] {
      return accept_whole(taking_parts(), &route, receiving.sidecar(), OnRefusal::report);
    });
    co_return unpacked;
  }
  // It has a name before it is awaited: gcc 12 destroys the members of a temporary aggregate twice.
  Accept accept{receiving.sidecar()};
  auto accepted = co_await parts_.store.run(std::move(accept));
  crash_point("body-accepted");
  co_return accepted;
}

http::Awaitable<Result<Submission>> Intake::retry(queue::SubmissionId id,
                                                  const std::map<std::string, queue::Route>& routes) {
  // Two at once would both find the original in its place.
  if (!retrying_.insert(id).second) co_return error(Errc::busy, "submission {} is being retried already", id);
  const OnLeaving forget{[this, id] { retrying_.erase(id); }};
  auto retried = co_await retry_once(id, routes);
  co_return retried;
}

http::Awaitable<Result<Submission>> Intake::retry_once(queue::SubmissionId id,
                                                       const std::map<std::string, queue::Route>& routes) {
  auto find = [id](queue::Store& store) { return store.find(id); };
  const auto earlier = co_await parts_.store.run(std::move(find));
  if (!earlier) co_return earlier.error();
  if (auto why = why_not_retried(*earlier)) co_return *why;
  const auto route = routes.find(earlier->route);
  if (route == routes.end()) {
    co_return error(Errc::not_found,
                    "the route '{}' of submission {} is not in the configuration any more; put it back",
                    escaped(earlier->route), id);
  }
  if (auto why = why_not_appended_again(*earlier, route->second)) co_return *why;
  auto place = co_await admit(earlier->size, may_become(route->second, earlier->file_name), 0);
  if (!place) co_return place.error();
  std::optional<queue::SubmissionId> left_behind;
  auto retried = co_await on_pool(parts_.pool, [this, &route, &earlier, &left_behind] {
    return retry_file(taking_parts(), route->second, *earlier, left_behind);
  });
  if (left_behind) unfinished_.insert(*left_behind);
  note(retried);
  if (retried) {
    place->accepted(retried->size);
    announce(*retried);
  }
  co_return retried;
}

http::Awaitable<Result<Room::Place>> Intake::admit(std::uint64_t bytes, std::uint64_t at_most,
                                                   std::uint64_t bytes_on_disk) {
  room_.add(unpack_room_.newly_accepted());
  if (parts_.store.short_of_room()) {
    // Whatever the store does, it looks for room afterwards.
    auto nothing = [](queue::Store&) { return Result<void>(); };
    (void)co_await parts_.store.run(std::move(nothing));
  }
  if (auto there = check_disk(bytes_on_disk); !there) co_return there.error();
  const Time now = parts_.clock.now();
  if (room_.wants_count(std::max(bytes, at_most), now)) {
    auto count = [](queue::Store& store) { return store.backlog(); };
    const auto backlog = co_await parts_.store.run(std::move(count));
    if (!backlog) co_return backlog.error();
    room_.counted(*backlog, now);
  }
  auto place = room_.admit(bytes);
  unpack_room_.others_hold(room_.all());
  co_return place;
}

Result<std::vector<std::string>> Intake::recover() {
  auto recovered = recover_spool(taking_parts());
  if (!recovered) return recovered.error();
  const auto left = parts_.store.run_blocking([](queue::Store& store) { return queue::left_files(store); });
  if (!left) return left.error();
  for (const auto& file : *left) left_.add(file);
  unfinished_ = std::move(recovered->unfinished);
  return std::move(recovered->sentences);
}

http::Awaitable<std::size_t> Intake::recover_later(const queue::Route& route) {
  std::size_t mended = 0;
  const auto ids = unfinished_;
  for (const auto id : ids) {
    const auto recovered = co_await on_pool(parts_.pool, [this, id, &route]() -> Result<std::optional<Recovered>> {
      const auto sidecar = parts_.spool.read_sidecar(id);
      if (sidecar && sidecar->submission.drop_directory != route.drop.value().directory)
        return std::optional<Recovered>();
      auto entry = recover_entry(taking_parts(), id);
      if (!entry) return entry.error();
      return std::optional(std::move(*entry));
    });
    if (!recovered || !*recovered) continue;
    for (const auto& sentence : (*recovered)->sentences) {
      if (said_.is_new(std::to_string(id), sentence)) spdlog::info("{}", sentence);
    }
    if ((*recovered)->unfinished.contains(id)) continue;
    unfinished_.erase(id);
    said_.forget(std::to_string(id));
    ++mended;
    parts_.on_accepted();
  }
  co_return mended;
}

bool Intake::has_entry(queue::SubmissionId id) const {
  const auto there = stands(parts_.spool.entry_path(id));
  return !there || *there;
}

void Intake::announce(const Submission& submission) const {
  log_accepted(submission);
  parts_.on_accepted();
  if (parts_.came) parts_.came(submission);
}

}  // namespace dropload::intake
