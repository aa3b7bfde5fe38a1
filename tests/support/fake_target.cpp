#include "tests/support/fake_target.h"

#include <unistd.h>

#include <algorithm>

#include "common/http/deadline.h"

namespace dropload::test {
namespace {

// Only cancellation ends it.
target::Awaitable<void> hang_until_cancelled() {
  co_await http::sleep_for(Milliseconds{24 * 3'600'000});
}

std::string bytes_of(const target::SubmitRequest& request) {
  std::string bytes(request.size, '\0');
  const auto n = ::pread(request.fd, bytes.data(), bytes.size(), 0);
  bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return bytes;
}

std::string text_of(const target::Batch& batch, int fd) {
  std::string bytes(batch.length, '\0');
  const auto read = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(batch.offset));
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
  return batch.lead + bytes + (batch.is_last ? " (last)" : "");
}

// Counts a call for as long as it runs, however it ends.
class UnderWay {
 public:
  explicit UnderWay(FakeTarget& target) : target_(target) {
    ++target_.under_way;
    target_.most_under_way = std::max(target_.most_under_way, target_.under_way);
  }
  ~UnderWay() { --target_.under_way; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  FakeTarget& target_;
};

}  // namespace

target::SubmitResult FakeTarget::next_submit_answer() {
  if (submit_answers.empty()) return target::Accepted{"workspace-1", "job-" + std::to_string(submitted.size())};
  auto answer = std::move(submit_answers.front());
  submit_answers.pop_front();
  return answer;
}

target::Awaitable<target::SubmitResult> FakeTarget::submit(target::SubmitRequest request) {
  const UnderWay counted(*this);
  submitted.push_back(request.file_name);
  bodies.push_back(bytes_of(request));
  options = request.options;
  callback_urls.push_back(request.callback_url);
  if (request.batch) batches.push_back(text_of(*request.batch, request.fd));
  auto answer = next_submit_answer();
  if (auto* accepted = std::get_if<target::Accepted>(&answer); accepted != nullptr && request.batch) {
    accepted->series = request.batch->series.value_or(target::Series{"workspace-1", "view-1", "key-1"});
  }
  if (std::holds_alternative<target::NeverSent>(answer)) co_return answer;
  if (hang_before_last_piece) co_await hang_until_cancelled();
  const auto committed = co_await request.before_last_piece();
  if (!committed) co_return target::NeverSent{committed.error()};
  if (hang) co_await hang_until_cancelled();
  answering();
  co_return answer;
}

target::Awaitable<target::StatusResult> FakeTarget::status(std::string, std::string job_id) {
  polled.push_back(job_id);
  answering();
  if (!status_answers.empty()) {
    auto answer = std::move(status_answers.front());
    status_answers.pop_front();
    co_return answer;
  }
  zoho::JobDetails details;
  details.job_id = job_id;
  details.code = zoho::JobCode::completed;
  details.summary = summary;
  co_return target::Details{details, R"({"jobCode":"1004"})"};
}

target::Awaitable<target::LookResult> FakeTarget::last_import(queue::TableKey table) {
  looked_at.push_back(table.table);
  answering();
  if (look_answers.empty()) co_return target::LastImport{std::nullopt, "{}", std::nullopt};
  auto answer = std::move(look_answers.front());
  look_answers.pop_front();
  co_return answer;
}

}  // namespace dropload::test
