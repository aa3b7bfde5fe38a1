#pragma once

// What people read about an outcome: one sentence what happened, one what to do. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "common/zoho/answers.h"
#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

// An HTML fragment as plain text, cut where it is very long.
std::string quoted(const std::string& html);

// "the service refused it: <message> (code 7107)". HTML in messages becomes plain text.
std::string refused_sentence(const RefusedCall& call);

// Of a failed job: the service's message with the lines that it names, and that nothing was written where that is
// known.
std::string failed_sentence(const zoho::JobDetails& details);

// What is odd about a success: rows rejected, fields emptied. "" when every row landed as it was.
std::string odd_success_sentence(const zoho::ImportSummary& summary, const std::string& import_errors);

// Other rows than were counted in the file.
std::string row_difference_sentence(std::int64_t counted, const zoho::ImportSummary& summary);
// The same of a job that carried so many files, of which this one has `own` rows.
std::string merged_difference_sentence(std::size_t files, std::int64_t own, std::int64_t counted,
                                       const zoho::ImportSummary& summary);
// Of a job that carried so many files it is not known for certain which rows of this one were rejected.
std::string untold_sentence(std::size_t files, const queue::Rows& own, const zoho::ImportSummary& summary);
std::string advice_for_row_difference();

// Of a job that carried so many files and failed. `what` the service says of this one, each line behind a line break.
std::string sent_alone_sentence(std::size_t files, const std::string& what);
std::string waits_for_another_sentence(std::size_t files);
std::string in_smaller_jobs_sentence(std::size_t files, const std::string& message);

// For a person who has to decide about an append that may have landed.
std::string advice_for_unknown();
std::string advice_for_own_disk();
// Every row of a file was rejected.
std::string nothing_is_in_sentence(std::int64_t rows, zoho::ImportType type);
std::string advice_for_nothing_in();

// Of a series: how much of the file the service has, with a blank in front. "" before the first batch was taken.
std::string taken_sentence(int batches, std::uint64_t taken, std::uint64_t size, bool commits_at_end);

// Of a series that has failed while it was loaded, likewise.
std::string failed_series_sentence(int batches, std::uint64_t taken, std::uint64_t size, bool commits_at_end);
// That the lines which the fragment names are not those of the file, with a blank in front. "" when it names none.
std::string lines_of_batches_sentence(const std::string& html);
// What to do about one of which some batches are in: an append is not to be sent again as it is, an update may be.
std::string advice_for_failed_append();
std::string advice_for_failed_update();

// How an append of which a part is in can be completed.
std::string advice_for_rest(std::uint64_t taken);

// For a person who has to decide about an append of which a part is in.
std::string advice_for_series(std::uint64_t taken);

}  // namespace dropload::schedule
