#include "daemon/run/cargo.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include <spdlog/spdlog.h>

#include "common/http/on_pool.h"
#include "daemon/queue/bodies.h"
#include "daemon/run/merging.h"
#include "daemon/run/series.h"

namespace dropload::run {
namespace {

Holds holds_of(Context& context) {
  return {context.store, context.spool, context.files};
}

// In memory, which a small body takes little of: nothing is left of it, whatever ends the process.
Result<UniqueFd> open_body(std::string_view bytes) {
  UniqueFd file(::memfd_create("body", MFD_CLOEXEC));
  if (!file) return error_from_errno(errno, "cannot make room for them in memory");
  while (!bytes.empty()) {
    const auto n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_from_errno(errno, "cannot put them into memory");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return error_from_errno(errno, "cannot read them from memory");
  return file;
}

Result<UniqueFd> open_waiting(const Holds& holds, queue::SubmissionId id) {
  auto file = holds.files.open_for_reading(holds.spool.data_path(id));
  if (file || file.error().code != Errc::not_found) return file;
  const auto body = holds.store.run_blocking([id](queue::Store& store) { return queue::body_of(store, id); });
  if (!body) return body.error();
  return *body ? open_body(**body) : std::move(file);
}

// The line from the first on, as far as a job may carry it.
http::Awaitable<Result<std::vector<queue::Submission>>> line_from(Context& context, queue::Submission first) {
  auto read = [id = first.id, most = context.settings.packing.files - 1,
               now = context.clock.now()](queue::Store& store) { return store.behind(id, most, now); };
  auto line = co_await context.store.run(std::move(read));
  if (line) line->insert(line->begin(), first);
  co_return line;
}

http::Awaitable<Result<std::optional<Cargo>>> merged(Context& context, queue::Submission first) {
  const auto& route = context.routes.at(first.route);
  const bool may_merge = route.merge && !first.shape.empty() && first.merge_most != 1 &&
                         !travels_in_batches(route, first.size) && context.settings.packing.files > 1;
  if (!may_merge) co_return std::optional<Cargo>();
  const auto line = co_await line_from(context, first);
  if (!line) co_return line.error();
  if (line->size() < 2 || (*line)[1].shape != first.shape) co_return std::optional<Cargo>();
  auto work = [&] { return merge_files(holds_of(context), route, *line, context.settings.packing); };
  auto made = co_await on_pool(context.pool, std::move(work));
  co_return made;
}

}  // namespace

Result<UniqueFd> open_whole(const Holds& holds, const queue::Submission& submission) {
  auto file =
      submission.retired_to ? holds.files.open_for_reading(*submission.retired_to) : open_waiting(holds, submission.id);
  if (!file) return file;
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return error_from_errno(errno, "cannot examine them");
  if (static_cast<std::uint64_t>(info.st_size) != submission.size) {
    return error(Errc::corrupt, "{} bytes were accepted and {} are there", submission.size, info.st_size);
  }
  return file;
}

http::Awaitable<Result<UniqueFd>> open_whole(Context& context, queue::Submission submission) {
  auto work = [&] { return open_whole(holds_of(context), submission); };
  auto file = co_await on_pool(context.pool, std::move(work));
  co_return file;
}

http::Awaitable<Result<Cargo>> cargo_of(Context& context, queue::Submission first) {
  auto file = co_await open_whole(context, first);
  if (!file) co_return file.error();
  auto together = co_await merged(context, first);
  if (together && *together) co_return std::move(**together);
  if (!together) {
    spdlog::warn("submission {}: travels alone, for those behind it cannot be put together with it: {}", first.id,
                 together.error().message);
  }
  co_return Cargo{std::move(*file), first.size, {queue::JobPart{first.id}}};
}

}  // namespace dropload::run
