#pragma once

// The rows of a table as text for the export call. Pure.
//
// Dates are ISO 8601 as they are stored ("2026-11-23", "2026-11-23 06:30:00"), booleans "true" and "false", numbers
// without separators and exponents (but for 1e-70 and its like) and with a point, so that what is read back can be
// imported again and is the same. In JSON every value is a text, "" for none.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/export_config.h"
#include "daemon/service/typing.h"

namespace dropload::service {

// Appends to a text; the caller empties it now and then.
class ExportWriter {
 public:
  ExportWriter(zoho::ExportConfig config, std::vector<std::string> names, std::vector<DataType> types);

  void begin(std::string& out);
  // REQUIRES: as many values as names.
  void row(std::string& out, std::span<const Value> values);
  void end(std::string& out);

 private:
  void csv_field(std::string& out, std::string_view text) const;
  void json_row(std::string& out, std::span<const Value> values);
  std::string_view text_of(const Value& value, DataType type);

  zoho::ExportConfig config_;
  std::vector<std::string> names_;
  std::vector<std::string> json_names_;  // quoted
  std::vector<DataType> types_;
  std::string special_;  // characters for which a CSV field is quoted
  std::string scratch_;
  bool is_first_ = true;
};

}  // namespace dropload::service
