#pragma once

// What is found out about a file's content when it is accepted: what a person should know of it (preflight.h), how many
// records it has, and with which others it may travel.

#include <filesystem>
#include <string>

#include "common/csv/survey.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

// Files of equal shape can be put together to one: the same route, import settings, header, dialect and encoding. ""
// when the file cannot be put together with any: UTF-16, no appending route. Pure.
std::string shape_of(const csv::Survey& survey, const queue::Route& route);

// Reads the whole file and sets `findings`, `columns`, `records` and `shape`. What cannot be read as CSV, what may have
// no header, and JSON leaves the last two empty, a package all of them: no file is refused for it. Of JSON only the
// beginning is read. Blocks; pool. One pass at about half a GB/s, for a small file some 15 microseconds.
void survey_into(queue::NewSubmission& submission, const std::filesystem::path& path, const queue::Route& route);
void survey_into(queue::NewSubmission& submission, csv::ByteSource bytes, std::uint64_t size,
                 const queue::Route& route);

}  // namespace dropload::intake
