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

  int code = 0;
  std::string message;
  Error cause;
};

template <typename T>
using LoadStep = boost::system::result<T, LoadFailure>;

// What the CSV reader could not read is the file's fault (7248); anything else is not.
LoadFailure failure_of_reader(const Error& error);

}  // namespace dropload::service
