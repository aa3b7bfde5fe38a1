#include "daemon/schedule/outcome_rows.h"

#include <set>

#include <fmt/format.h>

#include "daemon/schedule/lines.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {
namespace {

using queue::PartSuccess;

void add_sentence(std::string& text, const std::string& sentence) {
  if (!text.empty() && !sentence.empty()) text += ' ';
  text += sentence;
}

// The route says whether a submission of which other rows are in than were counted fails.
void judge(PartSuccess& part, const JobContext& context, bool differs) {
  if (!differs || context.on_row_difference != queue::OnRowDifference::fail) return;
  part.fails = true;
  part.advice = advice_for_row_difference();
}

// A file of which no row is in has failed, whatever the job's code says: that it is done would be believed.
void fail_for_nothing_in(PartSuccess& part, const JobContext& context) {
  auto sentence = nothing_is_in_sentence(part.rows.total, context.import_type);
  part.reason = part.reason.empty() ? std::move(sentence) : sentence + " " + part.reason;
  part.advice = advice_for_nothing_in();
  part.fails = true;
}

PartSuccess rows_of_one(const JobContext& context, const zoho::ImportSummary& summary,
                        const std::string& import_errors) {
  PartSuccess part;
  part.submission = context.part.submission;
  part.rows = {summary.total_rows, summary.success_rows, summary.warnings};
  const bool is_other = context.records && *context.records != summary.total_rows;
  if (is_other) part.reason = row_difference_sentence(*context.records, summary);
  add_sentence(part.reason, odd_success_sentence(summary, import_errors));
  const bool differs = is_other || summary.success_rows != summary.total_rows;
  if (differs && part.reason.empty()) part.reason = row_difference_sentence(summary.total_rows, summary);
  judge(part, context, differs);
  if (summary.total_rows > 0 && summary.success_rows == 0) fail_for_nothing_in(part, context);
  return part;
}

// What is said of one of several files.
struct Share {
  std::set<std::int64_t> lines;  // of rows with an offence
  std::int64_t offences = 0;
  std::string quotes;  // in the file's own lines
};

class Shares {
 public:
  Shares(std::span<const JobContext> job, const zoho::JobDetails& details)
      : job_(job), summary_(details.summary.value_or(zoho::ImportSummary{})), shares_(job.size()) {
    for (const auto& context : job) counted_ += context.records.value_or(0);
    for (const auto& named : named_lines(details.import_errors)) add(named);
    rejected_ = summary_.total_rows - summary_.success_rows;
    std::int64_t rejected_here = 0;
    std::int64_t offences_here = 0;
    for (const auto& share : shares_) {
      rejected_here += rejected_of(share);
      offences_here += warnings_of(share);
    }
    untold_ = rejected_ - rejected_here;
    is_told_ = untold_ == 0 && offences_here == summary_.warnings;
  }

  PartSuccess rows_of(std::size_t index) const {
    const auto& context = job_[index];
    const auto& share = shares_[index];
    PartSuccess part;
    part.submission = context.part.submission;
    const auto total = context.records.value_or(0);
    // Of rows that are rejected somewhere it is not said that they are in.
    const auto success =
        std::clamp<std::int64_t>(total - rejected_of(share) - std::max<std::int64_t>(untold_, 0), 0, total);
    part.rows = {total, success, warnings_of(share)};
    if (counted_ != summary_.total_rows)
      part.reason = merged_difference_sentence(job_.size(), total, counted_, summary_);
    if (!is_told_) add_sentence(part.reason, untold_sentence(job_.size(), part.rows, summary_));
    zoho::ImportSummary own;
    own.total_rows = total;
    own.success_rows = total - std::min(total, rejected_of(share));
    own.warnings = part.rows.warnings;
    add_sentence(part.reason, odd_success_sentence(own, share.quotes));
    judge(part, context, counted_ != summary_.total_rows || success != total);
    const bool nothing_is_in = own.success_rows == 0 || (summary_.success_rows == 0 && summary_.total_rows > 0);
    if (total > 0 && nothing_is_in) fail_for_nothing_in(part, context);
    return part;
  }

 private:
  void add(const NamedLine& named) {
    const auto index = part_with_line(job_, named.line);
    auto& share = shares_[index];
    const auto line = own_line(job_[index].part, named.line);
    share.lines.insert(line);
    ++share.offences;
    share.quotes += fmt::format("{}{}{}<br>", zoho::escape_html(named.before), line, zoho::escape_html(named.after));
  }
  std::int64_t rejected_of(const Share& share) const {
    return rejected_ > 0 ? static_cast<std::int64_t>(share.lines.size()) : 0;
  }
  std::int64_t warnings_of(const Share& share) const { return summary_.warnings > 0 ? share.offences : 0; }

  std::span<const JobContext> job_;
  zoho::ImportSummary summary_;
  std::vector<Share> shares_;
  std::int64_t counted_ = 0;
  std::int64_t rejected_ = 0;
  std::int64_t untold_ = 0;
  bool is_told_ = true;
};

}  // namespace

std::vector<PartSuccess> rows_of_parts(std::span<const JobContext> job, const zoho::JobDetails& details) {
  if (job.size() == 1) {
    return {rows_of_one(job.front(), details.summary.value_or(zoho::ImportSummary{}), details.import_errors)};
  }
  const Shares shares(job, details);
  std::vector<PartSuccess> parts;
  for (std::size_t i = 0; i < job.size(); ++i) parts.push_back(shares.rows_of(i));
  return parts;
}

}  // namespace dropload::schedule
