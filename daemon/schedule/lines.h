#pragma once

// The lines that the service names in what it says of a job's file, and in which of the files that were put together
// they are. Private to the room. Pure.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

// The index of the submission in whose file the job's line is: a line before the first one's is its own.
std::size_t part_with_line(std::span<const JobContext> job, std::int64_t line);
// That line in the submission's own file.
std::int64_t own_line(const queue::JobPart& part, std::int64_t line);

// One offence of importErrors, or one sentence of a message that names a line.
struct NamedLine {
  std::int64_t line = 0;
  std::string before;  // the text around the number
  std::string after;
};
// Of an HTML fragment: one for each of its lines of text that has "[Line: 3 …" or "… line 3 …".
std::vector<NamedLine> named_lines(const std::string& html);

}  // namespace dropload::schedule
