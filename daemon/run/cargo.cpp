#include "daemon/run/cargo.h"

#include <sys/stat.h>
#include <cerrno>

#include <spdlog/spdlog.h>

#include "common/http/on_pool.h"
#include "daemon/run/merging.h"
#include "daemon/run/series.h"

namespace dropload::run {
namespace {

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
  auto work = [&] { return merge_files(context.files, context.spool, route, *line, context.settings.packing); };
  auto made = co_await on_pool(context.pool, std::move(work));
  co_return made;
}

}  // namespace

Result<UniqueFd> open_whole(Files& files, const queue::Spool& spool, const queue::Submission& submission) {
  const std::filesystem::path path =
      submission.retired_to ? std::filesystem::path(*submission.retired_to) : spool.data_path(submission.id);
  auto file = files.open_for_reading(path);
  if (!file) return file;
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return error_from_errno(errno, "cannot examine them");
  if (static_cast<std::uint64_t>(info.st_size) != submission.size) {
    return error(Errc::corrupt, "{} bytes were accepted and {} are there", submission.size, info.st_size);
  }
  return file;
}

http::Awaitable<Result<Cargo>> cargo_of(Context& context, queue::Submission first) {
  auto file = open_whole(context.files, context.spool, first);
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
