#pragma once

// The one rule for date patterns, for what a route says, for what CONFIG carries and for what the import service reads.
// Pure.

#include <string_view>

#include "common/base/result.h"

namespace dropload::zoho {

// A pattern of Java's SimpleDateFormat that a whole date can be read by: of its letters y M d H h K k m s S a E z Z X,
// among them year, month and day; other text in closed single quotes; anything else stands for itself. Y is read as y:
// the API's own example is dd-MMM-YYYY, and there is no week in it that a week's year could belong to. So is u, which
// is the year for the newer DateTimeFormatter. Fails with invalid_argument and a sentence that shows the pattern and
// says what to write.
Result<void> check_date_pattern(std::string_view pattern);

// The letter by which it is read: y for Y and u.
char letter_of_date(char letter);

}  // namespace dropload::zoho
