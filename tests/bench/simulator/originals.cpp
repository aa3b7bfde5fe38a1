#include "tests/bench/simulator/originals.h"

#include <fmt/format.h>

#include "daemon/intake/retire.h"
#include "daemon/intake/sha256.h"
#include "tests/support/temporary_directory.h"

namespace dropload::sim {

namespace fs = std::filesystem;
using queue::SubmissionState;

namespace {

constexpr int steps_of_retiring = 12;  // more or less

std::string text_for(queue::SubmissionId id) {
  return fmt::format("the bytes of submission {}\n", id);
}

bool holds(const fs::path& path, queue::SubmissionId id) {
  return fs::is_regular_file(path) && test::contents(path) == text_for(id);
}

}  // namespace

Originals::Originals(const fs::path& directory, unsigned seed)
    : drop_(directory / "drop"),
      archive_(directory / "archive"),
      random_(seed),
      spool_(queue::Spool::open(directory / "spool", files_).value()) {
  fs::create_directories(drop_);
}

void Originals::arrive(queue::NewSubmission& submission) {
  spool_.make_entry(submission.id).value();
  SystemFiles files;
  const auto file = files.create(spool_.data_path(submission.id), 0600).value();
  const auto text = text_for(submission.id);
  files.write(file.get(), std::as_bytes(std::span(text))).value();
  submission.source = submission.id % 2 == 0 ? queue::Source::rest : queue::Source::drop;
  if (submission.source == queue::Source::drop) submission.drop_directory = drop_.string();
  queue::Sidecar sidecar;
  sidecar.submission = submission;
  spool_.write_sidecar(sidecar).value();
}

Result<std::string> Originals::retire(const queue::Submission& submission, const queue::Route& route, Time now) {
  using After = test::FaultyFiles::After;
  const bool strikes = std::uniform_real_distribution<double>(0, 1)(random_) < fails;
  const int step = std::uniform_int_distribution<int>(1, steps_of_retiring)(random_);
  // As if the process had ended at that step: what it had done stays, and the next call goes on from there.
  files_.fail_call(strikes ? step : 0, Errc::io, After::crash);
  auto placed = intake::retire(spool_, files_, {archive_, route.delete_when_done}, submission, now);
  files_.fail_call(0);
  return placed;
}

void Originals::forget(queue::SubmissionId id) {
  (void)spool_.remove_entry(id);
}

void Originals::recover(queue::Store& store) {
  for (const auto& entry : spool_.scan().value()) {
    const auto row = store.find(entry.id);
    if (row && row->retired_to) forget(entry.id);
  }
}

std::vector<std::string> Originals::wrong_with(const queue::Submission& submission, const queue::Route& route) const {
  if (submission.retired_to) return wrong_when_retired(submission, route);
  if (holds(spool_.data_path(submission.id), submission.id)) return {};
  // One that has ended may be on its way.
  const auto sidecar = spool_.read_sidecar(submission.id);
  if (submission.ended_at && sidecar && !sidecar->retiring_to.empty() && holds(sidecar->retiring_to, submission.id)) {
    return {};
  }
  const bool deleted = submission.state == SubmissionState::done && route.delete_when_done;
  if (deleted) return {};
  return {fmt::format("the original of submission {} ({}) is not in the spool", submission.id,
                      to_string(submission.state))};
}

std::vector<std::string> Originals::wrong_when_retired(const queue::Submission& submission,
                                                       const queue::Route& route) const {
  const auto id = submission.id;
  const bool was_imported = submission.state == SubmissionState::done;
  std::vector<std::string> wrong;
  if (fs::exists(spool_.data_path(id))) wrong.push_back(fmt::format("submission {} is put away and in the spool", id));
  const fs::path place = *submission.retired_to;
  if (was_imported && route.delete_when_done) {
    if (!place.empty()) wrong.push_back(fmt::format("submission {} was to be deleted", id));
    return wrong;
  }
  if (!holds(place, id)) wrong.push_back(fmt::format("submission {} is not in {}", id, place.string()));
  const auto base = (submission.source == queue::Source::drop ? drop_ : archive_) / (was_imported ? "done" : "failed");
  if (!place.string().starts_with(base.string() + "/")) {
    wrong.push_back(fmt::format("submission {} is {} and lies in {}", id, to_string(submission.state), place.string()));
  }
  if (fs::exists(place.string() + ".error.txt") == was_imported) {
    wrong.push_back(fmt::format("the reason file of submission {} ({})", id, to_string(submission.state)));
  }
  return wrong;
}

std::vector<std::string> Originals::wrong_in_the_end(std::size_t placed) const {
  std::size_t found = 0;
  for (const auto& base : {drop_, archive_}) {
    if (!fs::exists(base)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(base)) {
      found += entry.is_regular_file() && !entry.path().string().ends_with(".error.txt") ? 1 : 0;
    }
  }
  if (found == placed) return {};
  return {fmt::format("{} originals are put away, and {} files lie there", placed, found)};
}

}  // namespace dropload::sim
