#pragma once

// The files themselves, as far as they are put away in the end: the real spool and the real retire(), with a crash at
// any of its steps, and the look whether each original is in just one place. A file is a few bytes that name it.

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store.h"
#include "tests/support/faulty_files.h"

namespace dropload::sim {

class Originals {
 public:
  // Below `directory`.
  Originals(const std::filesystem::path& directory, unsigned seed);

  // Into the spool, as an intake would have put it there; by turns from a drop directory and over REST.
  void arrive(queue::NewSubmission& submission);
  // What intake::retire says. Now and then it is cut short at one of its steps.
  Result<std::string> retire(const queue::Submission& submission, const queue::Route& route, Time now);
  // The entry is of no use any more.
  void forget(queue::SubmissionId id);
  // The next life: entries whose original is away are removed.
  void recover(queue::Store& store);

  // What is wrong with where the original is, in words.
  [[nodiscard]] std::vector<std::string> wrong_with(const queue::Submission& submission,
                                                    const queue::Route& route) const;
  // More files in done/ and failed/ than submissions put there.
  [[nodiscard]] std::vector<std::string> wrong_in_the_end(std::size_t placed) const;

  // The part of the retire calls that are cut short.
  double fails = 0;

 private:
  [[nodiscard]] std::vector<std::string> wrong_when_retired(const queue::Submission& submission,
                                                            const queue::Route& route) const;

  std::filesystem::path drop_;
  std::filesystem::path archive_;
  std::mt19937 random_;
  mutable test::FaultyFiles files_;
  queue::Spool spool_;
};

}  // namespace dropload::sim
