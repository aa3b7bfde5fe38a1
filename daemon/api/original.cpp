#include "daemon/api/original.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/text.h"
#include "common/http/on_pool.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/problem.h"
#include "daemon/queue/bodies.h"

namespace dropload::api {
namespace {

constexpr std::size_t original_piece_bytes = 256 * 1024;

class FileBody final : public http::BodySource {
 public:
  FileBody(UniqueFd file, std::uint64_t size, boost::asio::thread_pool& pool)
      : file_(std::move(file)), left_(size), pool_(pool) {}

  http::Awaitable<Result<std::string_view>> next() override {
    auto read = [this] { return fill(); };
    const auto filled = co_await on_pool(pool_, std::move(read));
    if (!filled) co_return filled.error();
    co_return std::string_view(piece_);
  }

 private:
  Result<void> fill() {
    piece_.resize(std::min<std::uint64_t>(left_, original_piece_bytes));
    std::size_t length = 0;
    while (length < piece_.size()) {
      const auto count = ::read(file_.get(), piece_.data() + length, piece_.size() - length);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return error(Errc::io, "an original could not be read to its end");
      length += static_cast<std::size_t>(count);
    }
    left_ -= length;
    return {};
  }

  UniqueFd file_;
  std::uint64_t left_;
  boost::asio::thread_pool& pool_;
  std::string piece_;
};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

struct OriginalPlace {
  queue::Submission submission;
  std::optional<std::string> package_place;  // where its package was put away
  std::optional<std::string> body;           // of a small one that is kept in the queue's file
};

Result<OriginalPlace> read_place(queue::Store& store, queue::SubmissionId id) {
  auto submission = store.find(id);
  if (!submission) return submission.error();
  OriginalPlace place{std::move(*submission), {}, {}};
  if (place.submission.is_member()) {
    const auto package = store.find_package(place.submission.package->id);
    if (package && package->retired_to && !package->retired_to->empty()) place.package_place = package->retired_to;
  }
  if (place.submission.retired_to) return place;
  auto body = queue::body_of(store, id);
  if (!body) return body.error();
  place.body = std::move(*body);
  return place;
}

http::Response original_response(const queue::Submission& submission) {
  http::Response response;
  response.content_type = "application/octet-stream";
  response.headers = {{"Content-Disposition", attachment_named(submission.file_name)},
                      {"X-Content-Type-Options", "nosniff"}};
  return response;
}

}  // namespace

Result<std::filesystem::path> place_of_original(const queue::Submission& submission, const queue::Spool& spool) {
  if (!submission.retired_to) return spool.data_path(submission.id);
  if (submission.removed_at)
    return error(Errc::not_found, "its original was removed at {}", to_rfc3339(*submission.removed_at));
  if (submission.retried_as)
    return error(Errc::not_found, "its original is that of submission {} now, which is its retry",
                 *submission.retried_as);
  if (submission.retired_to->empty()) return error(Errc::not_found, "its original was deleted when it was imported");
  return std::filesystem::path(*submission.retired_to);
}

Result<UniqueFd> open_original(const std::filesystem::path& place, std::uint64_t size) {
  SystemFiles files;
  auto file = files.open_for_reading(place);
  struct stat found {};
  if (!file || ::fstat(file->get(), &found) != 0)
    return error(Errc::not_found, "its original was at {}, and cannot be read there any more", escaped(place.native()));
  if (static_cast<std::uint64_t>(found.st_size) != size) {
    return error(Errc::not_found, "what lies at {} has {} bytes, and its original had {}", escaped(place.native()),
                 found.st_size, size);
  }
  return std::move(*file);
}

std::shared_ptr<http::BodySource> body_of_file(UniqueFd file, std::uint64_t size, boost::asio::thread_pool& pool) {
  return std::make_shared<FileBody>(std::move(file), size, pool);
}

std::string attachment_named(std::string_view file_name) {
  std::string plain;
  for (const char c : file_name) plain += is_plain(c) ? c : '_';
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain,
                     http::percent_encode(readable(file_name)));
}

Answer show_original(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto id = id_of(call);
  if (!id) co_return id.error();
  auto work = [number = *id](queue::Store& store) { return read_place(store, number); };
  auto found = co_await call.parts.store.run(std::move(work));
  if (!found) co_return found.error();
  const auto& submission = found->submission;
  auto response = original_response(submission);
  if (found->body) {
    response.body = std::move(*found->body);
    co_return response;
  }
  if (call.parts.spool == nullptr || call.parts.pool == nullptr)
    co_return error(Errc::unavailable, "originals cannot be read here");
  const auto place = place_of_original(submission, *call.parts.spool);
  if (!place) co_return to_response(problem("gone", place.error().message));
  if (found->package_place == place->native()) {
    co_return to_response(
        problem("gone", fmt::format("it lies in its package, which is at {}", escaped(place->native()))));
  }
  auto open = [&] { return open_original(*place, submission.size); };
  auto file = co_await on_pool(*call.parts.pool, std::move(open));
  if (!file) co_return to_response(problem("gone", file.error().message));
  response.stream = body_of_file(std::move(*file), submission.size, *call.parts.pool);
  co_return response;
}

}  // namespace dropload::api
