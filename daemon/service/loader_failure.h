#pragma once

// Why a load ended early.

#include <string>
#include <utility>

#include <boost/system/result.hpp>

#include "common/base/result.h"

namespace dropload::service {

// Either the job failed with a code of the API and an HTML fragment, or (code 0) the load could not be done and may be
// tried again.
struct LoadFailure {
  LoadFailure() = default;
  LoadFailure(int job_code, std::string html) : code(job_code), message(std::move(html)) {}
  LoadFailure(Error reason) : cause(std::move(reason)) {}  // implicit: most steps hand on what they got

  // A value showed that what was guessed of its column is wrong: the whole file is to be surveyed first.
  static LoadFailure wrong_guess() {
    LoadFailure failure(error(Errc::internal, "a column's type was guessed wrongly"));
    failure.guess_was_wrong = true;
    return failure;
  }

  int code = 0;
  std::string message;
  Error cause;
  bool guess_was_wrong = false;
};

template <typename T>
using LoadStep = boost::system::result<T, LoadFailure>;

// What the CSV reader could not read is the file's fault (7248); anything else is not.
LoadFailure failure_of_reader(const Error& error);

}  // namespace dropload::service
