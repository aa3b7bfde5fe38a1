#pragma once

// One import: a file and a CONFIG become rows of a view, in one transaction. Streaming: memory does not grow with the
// file.
//
// A new table's columns are named by the header line, where there is one (header_guess.h), those of a JSON file by its
// keys (import_file.h); blanks around names are dropped, a column without a name is "Column <n>", a name that was there
// gets "_2", "_3", …. They are typed by columnDataTypes, else by what all their values are. An existing table keeps its
// columns and types: the file's columns are found by name, or taken in the table's order where there is no header line;
// others of the file are left out, others of the table stay empty (and keep their value where updateadd changes a row).
// Extra empty fields at the end of a row are no offence; missing ones are empty, and each row that has too few is a
// warning.
//
// Rows without a value in an AUTO_NUMBER column get the next numbers, one that updateadd changes keeps its own.
//
// Dates are read in one format each column: the one that reads every date of the file, where there are several the one
// in which the table's earlier files were written, else the one with the day first. Where no format reads all of them,
// a date that can be read in two ways is an offence.
//
// What CONFIG says about delimiter, quote and date formats holds; what it leaves open is found out, autoIdentify or
// not.

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/zoho/answers.h"
#include "common/zoho/config.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// Offences that are listed in importErrors; of more, only the number is told.
inline constexpr int max_listed_offences = 100;

struct LoadRequest {
  std::string job_id;
  std::filesystem::path file;  // the bytes as they were uploaded
  // Batches 2, 3, … of a job that are committed together: each begins with the header line again and is read like a
  // file of its own, all in the one transaction. Only into a view that exists.
  std::vector<std::filesystem::path> later_files{};
  // `file` is one batch of several that are committed one by one: of the job, a failure says nothing.
  bool is_one_batch = false;
  std::string workspace_id;
  std::string workspace_name;          // names the table when another workspace has one of that name
  std::optional<std::string> view_id;  // nothing: a new table, config.table_name
  zoho::ImportConfig config;
  // Types are guessed from so many rows, and the file is surveyed as a whole only when a later value shows that the
  // guess was wrong: the outcome is the same, but most files are read once instead of twice.
  std::int64_t rows_to_guess_from = 10'000;
};

// Loads the file and says how the job ended: completed (summary, columns, import_errors, and view_id for a new table)
// or failed (error_code, error_message; nothing was written, which the message says unless it is one batch's).
// forgotten_at and batch_key are the caller's.
//
// Codes of a failed job: 7203 empty file · 7208 a row with more fields than the header · 7232 bad values with onError
// abort · 7248 not a CSV or JSON file that can be read (a quote that is never closed, a record or a column's name that
// is too long, …) · 7104 the view is gone · 7107 a matching column that the file or the table has not, or a file
// without any of the table's columns · 7111 the name was taken meanwhile · 7478 more columns than a table can have ·
// 7512 date pattern · 8046 selected columns that the file has not,
// or formats for columns that neither the file nor the table has.
//
// A job is loaded once: its end is written in the same transaction as its rows, and a second call with the same job_id
// (after a crash between this and the caller's own record of it) gives what was written and loads nothing. See
// Warehouse::forget_jobs.
//
// Errors, all of which leave no trace and may be tried again: unavailable (stop was requested), no_space, io, busy,
// not_found (the file is gone).
Result<zoho::JobDetails> load(Warehouse& warehouse, const LoadRequest& request, std::stop_token stop);

}  // namespace dropload::service
