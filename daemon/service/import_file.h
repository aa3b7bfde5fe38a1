#pragma once

// An uploaded file as records, whatever it is written in; read as often as needed.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/csv/reader.h"
#include "common/zoho/config.h"
#include "daemon/service/loader_failure.h"

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
  // many (7478). Errors: 7203 when the file holds nothing, 7248, io.
  virtual LoadStep<std::vector<std::string>> names(bool all_columns) = 0;
  // The records from the first on, each with its fields in the order of the names; a record may have fewer or more.
  // Records of an earlier call are not to be read any more. Errors: 7248, io.
  virtual LoadStep<std::unique_ptr<Records>> rows() = 0;
};

// A CSV file; what the options do not say of its dialect is found out. Errors: not_found (the file is gone), io.
LoadStep<std::unique_ptr<ImportFile>> open_csv(const std::filesystem::path& file, const zoho::ImportOptions& options);

}  // namespace dropload::service
