#pragma once

// The first pass over a JSON file: is it JSON, where are its records, which columns do they have.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/service/json_events.h"
#include "daemon/service/json_paths.h"
#include "daemon/service/json_text.h"
#include "daemon/service/loader_failure.h"

namespace dropload::service {

struct JsonOutline {
  // A value beside the array that holds the records.
  struct Outer {
    JsonPaths::Path path;
    std::string text;
    JsonKind kind;
  };

  JsonPaths paths;
  // The records are the elements of an array, the first of which comes after so many bytes; else they are the objects
  // of the file, one after another from its beginning.
  bool in_array = false;
  std::uint64_t offset = 0;
  std::int64_t line = 1;  // of that place
  JsonPaths::Path array = JsonPaths::root;
  std::vector<Outer> outer;
};

// Reads the text to its end. Errors: 7203 nothing but blanks; 7248 with the line: no JSON, nested deeper than
// max_json_depth, a value that is in no object, something behind the array; 7478 too many different keys; io.
LoadStep<JsonOutline> read_json_outline(JsonText& text);

// 7248 with this sentence.
LoadFailure no_json(const std::string& why);

}  // namespace dropload::service
