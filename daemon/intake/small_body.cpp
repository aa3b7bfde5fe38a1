#include "daemon/intake/small_body.h"

#include <cstring>

#include "common/csv/source.h"
#include "daemon/intake/receiving.h"
#include "daemon/intake/sha256.h"
#include "daemon/intake/surveying.h"
#include "daemon/queue/bodies.h"

namespace dropload::intake {

// One byte more than is small is asked for, to see that nothing comes behind.
http::Awaitable<Result<BodyStart>> read_start(http::BodyReader& body) {
  BodyStart start;
  const auto announced = body.size();
  if (announced && *announced > queue::most_body_bytes) co_return start;
  start.bytes.resize(announced.value_or(queue::most_body_bytes) + 1);
  std::size_t filled = 0;
  while (!start.is_whole && filled < start.bytes.size()) {
    const auto count = co_await body.read(http::asio::buffer(start.bytes.data() + filled, start.bytes.size() - filled));
    if (!count) co_return count.error();
    start.is_whole = *count == 0;
    filled += *count;
  }
  start.bytes.resize(filled);
  co_return start;
}

http::Awaitable<Result<std::size_t>> StartedBody::read(http::asio::mutable_buffer buffer) {
  if (given_ == start_.size()) {
    auto read = co_await rest_.read(buffer);
    co_return read;
  }
  const auto count = std::min(buffer.size(), start_.size() - given_);
  std::memcpy(buffer.data(), start_.data() + given_, count);
  given_ += count;
  co_return count;
}

Result<void> complete_small(queue::Sidecar& sidecar, std::string_view bytes, const queue::Route& route, Time now) {
  auto& submission = sidecar.submission;
  if (bytes.empty()) return is_empty(submission.file_name);
  Sha256 hash;
  hash.update(std::as_bytes(std::span(bytes)));
  submission.size = bytes.size();
  submission.sha256 = hash.finish();
  submission.accepted_at = now;
  survey_into(submission, csv::bytes_of_text(bytes), bytes.size(), route);
  return {};
}

}  // namespace dropload::intake
