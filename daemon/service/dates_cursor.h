#pragma once

// Reading one date, piece by piece: what dates.cpp's patterns are made of. Pure. Every take_… fails, with the cursor
// anywhere, when the text does not go on as asked.

#include <optional>
#include <string_view>

#include "daemon/service/dates.h"

namespace dropload::service {

// What is read so far and what is still to be read.
struct Cursor {
  std::string_view rest;
  Moment moment;
  std::optional<bool> afternoon;
  int offset_minutes = 0;

  bool at_digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
};

// What one letter of a Java pattern stands for, repeated `count` times.
bool take_item(Cursor& cursor, char letter, int count);
// The time of day as it usually follows a date, to the end of the text: " 06:30", "T06:30:00.125Z", " 6:30 PM +02:00".
bool take_usual_time(Cursor& cursor);
// The hour by its half of the day, and the moment in UTC; nothing for a day that its month has not.
std::optional<Moment> settled(const Cursor& cursor);

}  // namespace dropload::service
