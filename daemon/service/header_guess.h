#pragma once

// Does a CSV file begin with a header line? Pure.
//
// No document of the API says what becomes of a file without one. Its first row is not to be lost as names, but a
// header is not to become a row either, so it is one unless all of these hold:
//
//   - CONFIG leaves it open: autoIdentify is on; no lines are dropped before the header (skipTop); no column is named;
//     it is no batch (each begins with the header line).
//   - Each field of the first record is empty, stands over texts, or has the type of what stands beneath it (in the
//     first 100 records, of the first MiB), and one at least has a type: a first record of only texts is a header. For
//     a table that exists the types are the table's, no field names one of its columns, and there are no more fields
//     than columns.
//   - Where no field has another type than a number, the numbers do not name the columns: years in ascending order
//     (1900 to 2099), or three and more, each one more than the one before. The second record's tell that they do not,
//     if they are so too.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/config.h"
#include "daemon/service/typing_profile.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// Records beneath the first that are worth a look.
inline constexpr int records_beneath = 100;

// The first of the three.
bool may_lack_header(const zoho::ImportConfig& config);

class HeaderGuess {
 public:
  // `first`: the fields of the first record. `view`: the table that exists, nullptr for a new one; it outlives this.
  HeaderGuess(std::span<const std::string_view> first, const View* view, const zoho::ImportOptions& options);

  // A record beneath it, in order.
  void observe(std::span<const std::string_view> record);
  [[nodiscard]] bool is_header() const;

 private:
  // What a field says: that it is none of a row, nothing, or that it is one, as a number or as something else.
  enum class Sign { header = 1, none, number, other };

  [[nodiscard]] bool fits_no_row() const;
  [[nodiscard]] Sign sign_of(std::size_t field) const;
  [[nodiscard]] bool fits(const Column& column, std::string_view text) const;
  [[nodiscard]] bool names_columns(std::span<const std::string> record) const;

  const View* view_;
  NumberFormat numbers_;
  std::optional<DateFormat> date_format_;
  std::vector<std::string> first_;      // trimmed, as the next
  std::vector<std::string> second_;     // empty: there is none
  std::vector<ColumnProfile> beneath_;  // of a new table's columns
};

}  // namespace dropload::service
