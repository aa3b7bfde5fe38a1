#include "daemon/intake/expecting.h"

#include <spdlog/spdlog.h>

#include "common/base/text.h"
#include "common/http/deadline.h"

namespace dropload::intake {
namespace {

constexpr Milliseconds look_every{30'000};
constexpr int rows_at_once = 1000;  // the store's thread serves others in between

queue::Arrival arrival_of(const queue::Submission& s) {
  const bool is_skipped = s.state == queue::SubmissionState::cancelled && s.duplicate_of.has_value();
  return {s.id, s.route, s.file_name, s.accepted_at, s.size, s.retry_of.has_value(), is_skipped};
}

}  // namespace

void Expecting::say(const Followed& one, const Judgement& judged) {
  const auto level = judged.arrived == Arrived::missing || judged.arrived == Arrived::small ? spdlog::level::warn
                     : judged.arrived == Arrived::late                                      ? spdlog::level::info
                                                                                            : spdlog::level::debug;
  spdlog::log(level, "route {}: \"{}\" is {}: {}", one.route, escaped(one.expected.expectation().text),
              to_string(judged.arrived), judged.sentence);
}

Expecting::Expecting(queue::StoreThread& store, const Clock& clock, const std::map<std::string, queue::Route>& routes)
    : store_(store), clock_(clock), routes_(routes) {}

http::Awaitable<void> Expecting::run() {
  for (;;) {
    const auto looked = co_await look();
    if (!looked) spdlog::warn("{}; which files are missing is not known until then", looked.error().message);
    co_await http::sleep_for(look_every);
  }
}

http::Awaitable<Result<void>> Expecting::look() {
  const auto read = ready_ ? co_await read_newest() : co_await begin();
  if (!read) co_return read.error();
  co_return co_await say_what_changed();
}

http::Awaitable<Result<void>> Expecting::begin() {
  std::vector<std::pair<std::string, std::string>> kept;
  std::vector<Followed> followed;
  for (const auto& [name, route] : routes_) {
    for (const auto& expectation : route.expected) {
      auto work = [route = name, text = expectation.text, now = clock_.now()](queue::Store& store) {
        return store.expected_since(route, text, now);
      };
      const auto since = co_await store_.run(std::move(work));
      if (!since) co_return since.error();
      auto read_said = [route = name, text = expectation.text](queue::Store& store) {
        return queue::said_of_expectation(store, route, text);
      };
      auto said = co_await store_.run(std::move(read_said));
      if (!said) co_return said.error();
      followed.push_back({name, Expected(expectation, *since), std::move(*said)});
      kept.emplace_back(name, expectation.text);
    }
  }
  auto forget = [kept](queue::Store& store) { return store.forget_expectations(kept); };
  if (auto forgotten = co_await store_.run(std::move(forget)); !forgotten) co_return forgotten.error();
  followed_ = std::move(followed);
  if (auto read = co_await read_what_came(); !read) co_return read.error();
  ready_ = true;
  co_return Result<void>();
}

// Newest first, so that it ends where nobody asks any more.
http::Awaitable<Result<void>> Expecting::read_what_came() {
  if (followed_.empty()) co_return Result<void>();
  const Time now = clock_.now();
  Time oldest = now;
  for (const auto& one : followed_) oldest = std::min(oldest, one.expected.looks_back_to(now));
  queue::SubmissionId before = INT64_MAX;
  for (;;) {
    auto work = [before](queue::Store& store) { return store.arrivals_before(before, rows_at_once); };
    const auto arrivals = co_await store_.run(std::move(work));
    if (!arrivals) co_return arrivals.error();
    for (const auto& arrival : *arrivals) take(arrival);
    if (arrivals->size() < static_cast<std::size_t>(rows_at_once) || arrivals->back().at < oldest) break;
    before = arrivals->back().id;
  }
  co_return Result<void>();
}

// What a repaired spool entry brought in was told to nobody.
http::Awaitable<Result<void>> Expecting::read_newest() {
  if (followed_.empty()) co_return Result<void>();
  auto work = [](queue::Store& store) { return store.arrivals_before(INT64_MAX, rows_at_once); };
  const auto arrivals = co_await store_.run(std::move(work));
  if (!arrivals) co_return arrivals.error();
  for (const auto& arrival : *arrivals) take(arrival);
  co_return Result<void>();
}

void Expecting::came(const queue::Submission& submission) {
  take(arrival_of(submission));
}

void Expecting::take(const queue::Arrival& arrival) {
  for (auto& one : followed_) {
    if (one.route == arrival.route) one.expected.came(arrival);
  }
}

http::Awaitable<Result<void>> Expecting::say_what_changed() {
  for (auto& one : followed_) {
    const auto judged = one.expected.judged(clock_.now());
    queue::SaidOfExpectation now_said{std::string(to_string(judged.arrived)), judged.due};
    if (now_said == one.said) continue;
    one.said = std::move(now_said);
    say(one, judged);
    auto note = [route = one.route, text = one.expected.expectation().text, said = one.said](queue::Store& store) {
      return queue::note_said(store, route, text, said);
    };
    if (auto noted = co_await store_.run(std::move(note)); !noted) co_return noted.error();
  }
  co_return Result<void>();
}

std::vector<std::pair<std::string, Judgement>> Expecting::judged(const std::string& route) const {
  std::vector<std::pair<std::string, Judgement>> all;
  if (!ready_) return all;
  for (const auto& one : followed_) {
    if (one.route == route) all.emplace_back(one.expected.expectation().text, one.expected.judged(clock_.now()));
  }
  return all;
}

}  // namespace dropload::intake
