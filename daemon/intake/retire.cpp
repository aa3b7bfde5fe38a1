#include "daemon/intake/retire.h"

#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"
#include "daemon/intake/putting_back.h"
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
           Time now, const std::string& text, queue::KeptStamps* stamps)
      : spool_(spool),
        files_(files),
        settings_(settings),
        submission_(submission),
        now_(now),
        text_(text),
        stamps_(stamps),
        base_path_(
            (submission.drop_directory ? fs::path(*submission.drop_directory) : settings.archive).lexically_normal()),
        from_(spool.data_path(submission.id)) {}

  Result<std::string> run();

 private:
  Result<void> load_sidecar();
  Result<void> hold_base();
  Result<void> see_to_claimed();
  Result<void> look_for_it();
  Result<void> place();
  Result<void> hold_destination();
  [[nodiscard]] fs::path directory() const;
  Result<void> choose_name();
  Result<void> move();
  Result<void> copy();
  Result<void> check_copy(const fs::path& temporary);
  Result<bool> finish_earlier_copy();
  Result<void> write_reason();
  Result<void> stamp();
  Result<bool> is_the_original(const queue::FileStamp& placed);
  [[nodiscard]] fs::path destination(std::string_view suffix = "") const;

  queue::Spool& spool_;
  Files& files_;
  const RetireSettings& settings_;
  const queue::Submission& submission_;
  Time now_;
  const std::string& text_;
  queue::KeptStamps* stamps_;
  fs::path base_path_;
  std::optional<HeldDirectory> base_;         // the drop directory, or the archive
  std::optional<HeldDirectory> destination_;  // the directory of sidecar_.retiring_to
  std::optional<HeldDirectory> origin_;       // where it was dropped; nothing when that is gone
  fs::path from_;                             // the bytes: in the spool, or left in place
  bool is_there_ = false;
  std::optional<queue::FileStamp> before_;  // which file from_ was
  bool reason_only_ = false;                // of a file that stays there was no copy
  queue::Sidecar sidecar_;
  bool resumed_ = false;  // an earlier run had chosen the destination
};

Result<std::string> Retiring::run() {
  if (auto loaded = load_sidecar(); !loaded) return loaded.error();
  if (sidecar_.stays && was_imported(submission_)) {
    if (auto removed = remove_if_there(files_, from_); !removed) return removed.error();
    return queue::origin_path(sidecar_).string();
  }
  if (auto held = hold_base(); !held) return held.error();
  if (auto seen = see_to_claimed(); !seen) return seen.error();
  if (was_imported(submission_) && settings_.delete_when_done) {
    if (auto removed = remove_if_there(files_, from_); !removed) return removed.error();
    return "";
  }
  if (auto looked = look_for_it(); !looked) return looked.error();
  reason_only_ = sidecar_.stays && sidecar_.left_in_place;
  if (!resumed_ && !is_there_ && !reason_only_) {
    spdlog::warn("submission {}: its original is not there any more; somebody removed {}", submission_.id,
                 shown(from_));
    return "";
  }
  if (auto placed = place(); !placed) return placed.error();
  if (auto written = write_reason(); !written) return written.error();
  if (auto stamped = stamp(); !stamped) return stamped.error();
  return reason_only_ ? "" : sidecar_.retiring_to;
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
  auto held =
      HeldDirectory::open_again(base_path_, submission_.drop_directory ? sidecar_.drop_root : queue::FileIdentity{});
  if (!held) return held.error();
  base_ = std::move(*held);
  return {};
}

// What is claimed in the drop directory is the original when it was left in place; otherwise a copying intake could not
// remove it when the submission was accepted.
Result<void> Retiring::see_to_claimed() {
  if (submission_.source != queue::Source::drop || !submission_.drop_directory || sidecar_.stays) return {};
  auto place = base_->enter(sidecar_.subdirectory);
  if (!place && place.error().code == Errc::not_found) return {};
  if (!place) return place.error();
  origin_ = std::move(*place);
  if (sidecar_.left_in_place) from_ = origin_->path(queue::claimed_name(submission_.id));
  const auto claimed = claimed_file(sidecar_, *origin_);
  if (!claimed) return claimed.error();
  return *claimed && !sidecar_.left_in_place ? files_.remove(**claimed) : Result<void>();
}

Result<void> Retiring::look_for_it() {
  const auto there = stands(from_);
  if (!there) return there.error();
  is_there_ = *there;
  const auto before = stamp_of_file(from_);
  if (!before) return before.error();
  before_ = *before;
  return {};
}

// The name may be taken between choosing it and moving there; then another one is chosen.
Result<void> Retiring::place() {
  for (;;) {
    if (auto held = hold_destination(); !held) return held;
    if (sidecar_.retiring_to.empty()) {
      if (auto chosen = choose_name(); !chosen) return chosen;
    }
    if (!is_there_) return {};
    auto moved = move();
    if (moved || moved.error().code != Errc::already_exists) return moved;
    sidecar_.retiring_to.clear();
    sidecar_.retiring_inode = 0;
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
  auto held = is_there_ || reason_only_ ? base_->make(files_, directory()) : base_->enter(directory());
  if (!held && held.error().code == Errc::not_found && !is_there_) return {};
  if (!held) return held.error();
  destination_ = std::move(*held);
  return {};
}

// Written down before anything moves, so that the next run knows where to look.
Result<void> Retiring::choose_name() {
  for (int n = 1; n <= max_same_names; ++n) {
    const std::string name = numbered(submission_.file_name, n);
    const auto taken = stands(destination_->path(name));
    if (!taken) return taken.error();
    const auto explained = stands(destination_->path(name + std::string(reason_suffix)));
    if (!explained) return explained.error();
    if (*taken || *explained) continue;
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
  auto moved = files_.rename_new(from_, destination());
  if (!moved && moved.error().code == Errc::cross_device) moved = copy();
  if (!moved) return moved;
  return files_.sync_directory(destination_->path());
}

// An earlier run may have ended between the bytes' arrival and the removal of the spool's name for them. That the same
// bytes are there is no proof: another submission's original may be equal.
Result<bool> Retiring::finish_earlier_copy() {
  const auto placed = identity_of(destination());
  if (!placed) return placed.error();
  if (!resumed_ || !*placed) return false;
  const auto linked = one_file(from_, destination());
  if (!linked) return linked.error();
  if (!*linked && (*placed)->inode != sidecar_.retiring_inode) return false;
  if (auto synced = files_.sync_directory(destination_->path()); !synced) return synced.error();
  if (auto removed = remove_if_there(files_, from_); !removed) return removed.error();
  return true;
}

Result<void> Retiring::copy() {
  const fs::path temporary = destination_->path(queue::claimed_name(submission_.id));
  if (auto copied = copy_whole(files_, from_, temporary); !copied) return copied;
  if (auto checked = check_copy(temporary); !checked) return checked;
  if (auto moved = files_.rename_new(temporary, destination()); !moved) {
    (void)files_.remove(temporary);
    return moved;
  }
  crash_point("original-copied");
  if (auto synced = files_.sync_directory(destination_->path()); !synced) return synced;
  return remove_if_there(files_, from_);
}

// And writes down which file it is, before it gets its name.
Result<void> Retiring::check_copy(const fs::path& temporary) {
  const auto copy = identity_of(temporary);
  if (!copy) return copy.error();
  const auto digest = digest_of(files_, temporary);
  if (!digest) return digest.error();
  if (!*copy || (digest->sha256 != submission_.sha256 && !sidecar_.left_in_place)) {
    return error(Errc::io, "the copy of {} at {} has other bytes than were accepted", shown(from_), shown(temporary));
  }
  sidecar_.retiring_inode = (*copy)->inode;
  return spool_.write_sidecar(sidecar_);
}

Result<void> Retiring::write_reason() {
  if (was_imported(submission_) || !destination_) return {};
  const auto placed = stands(destination());
  if (!placed) return placed.error();
  if (!*placed && !reason_only_) return {};
  const auto placed_as = fs::path(sidecar_.retiring_to).filename().string();
  const auto text = text_.empty() ? error_text(submission_, sidecar_.subdirectory, placed_as, sidecar_.stays) : text_;
  return write_file_durably(files_, destination(reason_suffix), text, 0644);
}

// Somebody may have put another file into the place meanwhile, above all when an earlier run was interrupted.
Result<void> Retiring::stamp() {
  if (stamps_ == nullptr || !destination_ || reason_only_) return {};
  const auto placed = stamp_of_file(destination());
  if (!placed) return placed.error();
  if (!*placed) return {};
  const auto is_it = is_the_original(**placed);
  if (!is_it) return is_it.error();
  if (!*is_it) return {};
  stamps_->original = *placed;
  if (was_imported(submission_)) return {};
  auto reason = stamp_of_file(destination(reason_suffix));
  if (!reason) return reason.error();
  stamps_->reason = *reason;
  return {};
}

Result<bool> Retiring::is_the_original(const queue::FileStamp& placed) {
  if (before_) return placed == before_ || placed.inode == sidecar_.retiring_inode;
  if (placed.size != submission_.size || submission_.sha256.empty()) return false;
  const auto digest = digest_of(files_, destination());
  if (!digest) return digest.error();
  return digest->sha256 == submission_.sha256;
}

}  // namespace

Result<std::string> retire(queue::Spool& spool, Files& files, const RetireSettings& settings,
                           const queue::Submission& submission, Time now, const std::string& text,
                           queue::KeptStamps* stamps) {
  if (submission.is_member() && was_imported(submission)) {
    if (auto removed = remove_if_there(files, spool.data_path(submission.id)); !removed) return removed.error();
    return spool.data_path(submission.package->id).string();
  }
  return Retiring(spool, files, settings, submission, now, text, stamps).run();
}

}  // namespace dropload::intake
