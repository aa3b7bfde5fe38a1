#pragma once

// An uploaded file as records, whatever it is written in; read as often as needed.

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/csv/reader.h"
#include "common/zoho/config.h"
#include "daemon/service/loader_failure.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// Records one after another. Of a file that is no CSV, `line` is where the record begins in it all the same.
class Records {
 public:
  virtual ~Records() = default;
  // The next record, valid until the next call; nothing at the end. Errors: 7248 for what cannot be read, io.
  virtual LoadStep<std::optional<csv::Record>> next() = 0;
};

class ImportFile {
 public:
  virtual ~ImportFile() = default;

  // The names of the columns, all different. `all_columns`: all of them are to be columns of a table, which may be too
  // many (7478). Errors: 7203 when the file holds nothing, 7248 (one that is longer than max_column_name_bytes, too),
  // io.
  virtual LoadStep<std::vector<std::string>> names(bool all_columns) = 0;
  // The records from the first on, each with its fields in the order of the names; a record may have fewer or more.
  // Records of an earlier call are not to be read any more. Errors: 7248, io.
  virtual LoadStep<std::unique_ptr<Records>> rows() = 0;
};

// A CSV file; what CONFIG does not say of its dialect, and whether it begins with a header line (header_guess.h), is
// found out. Without one its columns are those of `view` in their order, or of a new table (nullptr) columns without a
// name (loader.h), and the first record is a row. Errors: 7248 for a ZIP file, which would be read as a table of
// nonsense; not_found (the file is gone), io. CONFIG and the view outlive the file.
LoadStep<std::unique_ptr<ImportFile>> open_csv(const std::filesystem::path& file, const zoho::ImportConfig& config,
                                               const View* view);

// A JSON file: an array of objects, or objects one after another (one a line, or as they come), or one object with an
// array of objects in it. UTF-8 with a BOM or without, or UTF-16.
//
//   - A column is a key that leads to a value, in the order in which they first appear. Its name is the path to the
//     value joined with dots, the key of the array around the records included: {"staff": [{"home": {"town": "Ulm"}}]}
//     has the column staff.home.town. With retainColumnNames it is the last key alone: town. Names that would be equal
//     are made different as those of a CSV file are (loader.h).
//   - Every element of an array has a row of its own, in which the values around the array are repeated:
//     {"id": 1, "tags": ["a", "b"]} is (1, a) and (1, b). The elements of arrays beside each other share rows, the
//     first with the first, and where the shorter one has ended its columns are empty; an empty array makes no row
//     less.
//   - Numbers are what they are written as, an exponent always with its sign (1e3 is "1e+3"), with a point whatever
//     CONFIG's separators are: these are for numbers in strings. Booleans are true and false. null, "", {}, [] and a
//     key that is missing are empty. A string is taken as it is. Of a key that an object has twice the last counts.
//   - skipTop, delimiter, quoted and commentChar mean nothing here.
//
// The file is read once for the names, then record by record: memory does not grow with it. 7248, with the line: no
// JSON to the very end; bytes that are no UTF-8; half a surrogate pair; nested deeper than max_json_depth; a value that
// is in no object; a record longer than 8 MiB or with more than 500,000 values. 7203: no values at all. 7478: more than
// 10,000 different keys. Errors: not_found (the file is gone), io, and of all that reads the file unavailable (stop was
// requested). The options outlive the file.
LoadStep<std::unique_ptr<ImportFile>> open_json(const std::filesystem::path& file, const zoho::ImportOptions& options,
                                                std::stop_token stop);

}  // namespace dropload::service
