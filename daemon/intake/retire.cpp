#include "daemon/intake/retire.h"

#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/intake/held_directory.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"
#include "daemon/intake/sha256.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

constexpr int max_same_names = 100'000;

bool was_imported(const queue::Submission& submission) {
  return submission.state == queue::SubmissionState::done;
}

class Retiring {
 public:
  Retiring(queue::Spool& spool, Files& files, const RetireSettings& settings, const queue::Submission& submission,
           Time now)
      : spool_(spool),
        files_(files),
        settings_(settings),
        submission_(submission),
        now_(now),
        base_path_(
            (submission.drop_directory ? fs::path(*submission.drop_directory) : settings.archive).lexically_normal()),
        data_(spool.data_path(submission.id)) {}

  Result<std::string> run();

 private:
  Result<void> load_sidecar();
  Result<void> hold_base();
  Result<void> remove_claimed();
  Result<void> place();
  Result<void> hold_destination();
  [[nodiscard]] fs::path directory() const;
  Result<void> choose_name();
  Result<void> move();
  Result<void> copy();
  Result<bool> finish_earlier_copy();
  Result<void> write_reason();
  [[nodiscard]] fs::path destination(std::string_view suffix = "") const;

  queue::Spool& spool_;
  Files& files_;
  const RetireSettings& settings_;
  const queue::Submission& submission_;
  Time now_;
  fs::path base_path_;
  std::optional<HeldDirectory> base_;         // the drop directory, or the archive
  std::optional<HeldDirectory> destination_;  // the directory of sidecar_.retiring_to
  fs::path data_;
  queue::Sidecar sidecar_;
  bool resumed_ = false;  // an earlier run had chosen the destination
};

Result<std::string> Retiring::run() {
  if (auto loaded = load_sidecar(); !loaded) return loaded.error();
  if (auto held = hold_base(); !held) return held.error();
  if (auto removed = remove_claimed(); !removed) return removed.error();
  if (was_imported(submission_) && settings_.delete_when_done) {
    if (auto removed = remove_if_there(files_, data_); !removed) return removed.error();
    return "";
  }
  if (!resumed_ && !stands(data_)) {
    spdlog::warn("submission {}: its original is not in the spool any more; somebody removed {}", submission_.id,
                 data_.string());
    return "";
  }
  if (auto placed = place(); !placed) return placed.error();
  if (auto written = write_reason(); !written) return written.error();
  return sidecar_.retiring_to;
}

// A sidecar that is gone or spoiled is not worth stopping for: only the subdirectory cannot be known without it.
Result<void> Retiring::load_sidecar() {
  auto read = spool_.read_sidecar(submission_.id);
  if (read) {
    sidecar_ = std::move(*read);
    resumed_ = !sidecar_.retiring_to.empty();
    return {};
  }
  if (read.error().code != Errc::not_found && read.error().code != Errc::corrupt) return read.error();
  sidecar_.submission = {.id = submission_.id,
                         .route = submission_.route,
                         .table = submission_.table,
                         .source = submission_.source,
                         .file_name = submission_.file_name,
                         .drop_directory = submission_.drop_directory,
                         .size = submission_.size,
                         .sha256 = submission_.sha256,
                         .accepted_at = submission_.accepted_at};
  return {};
}

Result<void> Retiring::hold_base() {
  if (!submission_.drop_directory) {
    if (auto made = make_durable_directories(files_, base_path_); !made) return made;
  }
  auto held = HeldDirectory::open(base_path_);
  if (!held) return held.error();
  base_ = std::move(*held);
  return {};
}

// What a copying intake could not remove when the submission was accepted.
Result<void> Retiring::remove_claimed() {
  if (submission_.source != queue::Source::drop || !submission_.drop_directory) return {};
  const auto place = base_->enter(sidecar_.subdirectory);
  if (!place && place.error().code == Errc::not_found) return {};
  if (!place) return place.error();
  return remove_if_there(files_, place->path(queue::claimed_name(submission_.id)));
}

// The name may be taken between choosing it and moving there; then another one is chosen.
Result<void> Retiring::place() {
  for (;;) {
    if (auto held = hold_destination(); !held) return held;
    if (sidecar_.retiring_to.empty()) {
      if (auto chosen = choose_name(); !chosen) return chosen;
    }
    if (!stands(data_)) return {};
    auto moved = move();
    if (moved || moved.error().code != Errc::already_exists) return moved;
    sidecar_.retiring_to.clear();
    resumed_ = false;
  }
}

// Below the base. An earlier run may have chosen it, perhaps on another day.
fs::path Retiring::directory() const {
  if (!sidecar_.retiring_to.empty()) return fs::path(sidecar_.retiring_to).parent_path().lexically_relative(base_path_);
  return fs::path(was_imported(submission_) ? "done" : "failed") / to_local_date(now_) / sidecar_.subdirectory;
}

// A directory that was removed after the original had arrived there is not made again.
Result<void> Retiring::hold_destination() {
  destination_.reset();
  auto held = stands(data_) ? base_->make(files_, directory()) : base_->enter(directory());
  if (!held && held.error().code == Errc::not_found && !stands(data_)) return {};
  if (!held) return held.error();
  destination_ = std::move(*held);
  return {};
}

// Written down before anything moves, so that the next run knows where to look.
Result<void> Retiring::choose_name() {
  for (int n = 1; n <= max_same_names; ++n) {
    const std::string name = numbered(submission_.file_name, n);
    if (stands(destination_->path(name)) || stands(destination_->path(name + std::string(reason_suffix)))) continue;
    sidecar_.retiring_to = (base_path_ / directory() / name).lexically_normal().string();
    return spool_.write_sidecar(sidecar_);
  }
  return error(Errc::io, "{} has {} files of this name already", shown(destination_->path()), max_same_names);
}

fs::path Retiring::destination(std::string_view suffix) const {
  return destination_->path(fs::path(sidecar_.retiring_to).filename().string() + std::string(suffix));
}

Result<void> Retiring::move() {
  auto finished = finish_earlier_copy();
  if (!finished) return finished.error();
  if (*finished) return {};
  auto moved = files_.rename_new(data_, destination());
  if (!moved && moved.error().code == Errc::cross_device) moved = copy();
  if (!moved) return moved;
  return files_.sync_directory(destination_->path());
}

// An earlier run may have ended between the bytes' arrival and the removal of the spool's name for them.
Result<bool> Retiring::finish_earlier_copy() {
  if (!resumed_ || !stands(destination())) return false;
  if (!one_file(data_, destination())) {
    const auto there = digest_of(files_, destination());
    const auto here = digest_of(files_, data_);
    if (!there || !here || *there != *here) return false;
  }
  if (auto synced = files_.sync_directory(destination_->path()); !synced) return synced.error();
  if (auto removed = remove_if_there(files_, data_); !removed) return removed.error();
  return true;
}

Result<void> Retiring::copy() {
  const fs::path temporary = destination_->path(queue::claimed_name(submission_.id));
  if (auto copied = copy_whole(files_, data_, temporary); !copied) return copied;
  const auto there = digest_of(files_, temporary);
  if (!there) return there.error();
  if (there->sha256 != submission_.sha256) {
    return error(Errc::io, "the copy of {} at {} has other bytes than were accepted", data_.string(), shown(temporary));
  }
  if (auto moved = files_.rename_new(temporary, destination()); !moved) {
    (void)files_.remove(temporary);
    return moved;
  }
  if (auto synced = files_.sync_directory(destination_->path()); !synced) return synced;
  return remove_if_there(files_, data_);
}

Result<void> Retiring::write_reason() {
  if (was_imported(submission_) || !destination_ || !stands(destination())) return {};
  return write_file_durably(files_, destination(reason_suffix), error_text(submission_), 0644);
}

}  // namespace

Result<std::string> retire(queue::Spool& spool, Files& files, const RetireSettings& settings,
                           const queue::Submission& submission, Time now) {
  return Retiring(spool, files, settings, submission, now).run();
}

}  // namespace dropload::intake
