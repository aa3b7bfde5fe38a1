// Verdicts on jobs that carry several submissions.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "daemon/schedule/lines.h"
#include "daemon/schedule/outcome.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {
namespace {

using queue::JobEnd;
using queue::PartEnd;
using queue::Requeue;

bool is_same(const queue::AfterJob& a, const queue::AfterJob& b) {
  if (a.index() != b.index()) return false;
  const auto* one = std::get_if<Requeue>(&a);
  const auto* other = std::get_if<Requeue>(&b);
  if (one == nullptr) return true;
  return one->not_before == other->not_before && one->spends_attempt == other->spends_attempt &&
         one->merge_most == other->merge_most;
}

bool is_same(const JobEnd& a, const JobEnd& b) {
  return is_same(a.after, b.after) && a.code == b.code && a.reason == b.reason && a.advice == b.advice;
}

// May another file of the same route and header be accepted? What is wrong with the table, the settings or the header
// is wrong for each of them.
bool is_in_the_content(std::optional<int> code) {
  constexpr std::array of_rows{7208, 7232, 7248};
  return !code || zoho::find_code(*code) == nullptr || std::ranges::find(of_rows, *code) != of_rows.end();
}

// What the service says of each submission that it names, in the lines of its file.
std::map<std::size_t, std::string> named_parts(std::span<const JobContext> job, const std::string& message) {
  std::map<std::size_t, std::string> named;
  for (const auto& line : named_lines(message)) {
    const auto index = part_with_line(job, line.line);
    named[index] += fmt::format("\n{}{}{}", line.before, own_line(job[index].part, line.line), line.after);
  }
  return named;
}

}  // namespace

Verdict for_each_part(std::span<const JobContext> job, const std::function<Verdict(const JobContext&)>& pass) {
  Verdict verdict = pass(job.front());
  auto* end = std::get_if<JobEnd>(&verdict.what);
  if (end == nullptr) return verdict;
  for (const auto& part : job.subspan(1)) {
    auto other = std::get<JobEnd>(pass(part).what);
    if (is_same(*end, other)) continue;
    end->parts.push_back(
        {part.part.submission, other.after, other.code, std::move(other.reason), std::move(other.advice)});
  }
  return verdict;
}

Verdict split_if_content_is_bad(const Moment& moment, std::span<const JobContext> job, const std::string& message,
                                Verdict verdict) {
  auto* end = std::get_if<JobEnd>(&verdict.what);
  if (job.size() == 1 || end == nullptr || !std::holds_alternative<queue::Fail>(end->after)) return verdict;
  if (!is_in_the_content(end->code)) return verdict;
  const auto named = named_parts(job, message);
  end->advice.clear();
  end->parts.clear();
  if (named.empty()) {
    end->after = Requeue{moment.now, false, static_cast<int>(job.size() / 2)};
    end->reason = in_smaller_jobs_sentence(job.size(), message);
    return verdict;
  }
  for (const auto& [index, what] : named) {
    end->parts.push_back({job[index].part.submission, Requeue{moment.now, false, 1}, end->code,
                          sent_alone_sentence(job.size(), what), ""});
  }
  end->after = Requeue{moment.now, false};
  end->reason = waits_for_another_sentence(job.size());
  end->code.reset();
  return verdict;
}

}  // namespace dropload::schedule
