#pragma once

// What is said of a file when it is accepted, before it costs a slot or a call. Pure.
//
//   findings_of_csv, findings_of_json    by the file and its route alone: before the transaction that accepts
//   findings_by_history                  by what is known of the table and the route's last file: in that transaction
//   why_held                             what follows from them
//
// The codes are documented in the README. Names in a text are escaped, and at most a few of them are named.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/csv/survey.h"
#include "daemon/intake/accepting.h"
#include "daemon/queue/findings.h"
#include "daemon/queue/history.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

// `names`: those of its header (csv::header_names).
queue::Findings findings_of_csv(const csv::Survey& survey, const std::vector<std::string>& names, std::uint64_t size,
                                const queue::Route& route);
// By the file's first bytes.
queue::Findings findings_of_json(std::string_view beginning);

// It has a header line alone and is to replace the whole table: nothing would be left of that. (A first line that may
// be a row counts as well: it is not known how the service takes it.)
bool would_clear_table(const csv::Survey& survey, const queue::Route& route);

// Of the names those that are to be imported by the route: all, or its selected_columns.
std::vector<std::string> columns_to_import(const std::vector<std::string>& names, const queue::Route& route);

// Takes back from `findings` what history proves wrong, and adds what it tells. `is_partial`: it is not meant to have
// all columns of the table.
queue::Findings findings_by_history(queue::Findings findings, const std::vector<std::string>& columns,
                                    std::optional<std::int64_t> records, bool is_partial,
                                    const queue::History& history);

// Why it is to be held for a person, and what can be done. `earlier`: the findings of the one that it retries: a person
// has seen those.
std::optional<Refusal> why_held(queue::SubmissionId id, const queue::Findings& findings, queue::OnFinding choice,
                                bool may_clear_table, const queue::Findings& earlier);

}  // namespace dropload::intake
