#include "daemon/intake/taking.h"

#include <sys/statvfs.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "daemon/intake/accepting.h"
#include "daemon/intake/looking.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/permission.h"
#include "daemon/intake/putting_back.h"
#include "daemon/intake/sha256.h"
#include "daemon/intake/surveying.h"
#include "daemon/intake/unpacking.h"
#include "daemon/queue/left_files.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

// All that follows once the bytes are in the spool, hashed and durable.
Result<void> complete_sidecar(const TakingParts& parts, queue::Sidecar& sidecar, const Digest& digest) {
  sidecar.submission.size = digest.size;
  sidecar.submission.sha256 = digest.sha256;
  sidecar.submission.accepted_at = parts.clock.now();
  return parts.spool.write_sidecar(sidecar);
}

// What a package unpacks to may be more than there is room for, when others still fit.
Error of_the_file_alone(const queue::Sidecar& sidecar, const Error& why) {
  if (!sidecar.submission.is_package) return why;
  if (why.code == Errc::unavailable) return {Errc::too_large, why.message};
  if (why.code != Errc::no_space) return why;
  return error(Errc::too_large, "{}; it is taken when there is", why.message);
}

}  // namespace

Taking::Taking(const TakingParts& parts, const queue::Route& route, queue::Sidecar sidecar, HeldDirectory place,
               const Look& settled)
    : parts_(parts),
      route_(route),
      sidecar_(std::move(sidecar)),
      place_(std::move(place)),
      origin_(place_.path(sidecar_.submission.file_name)),
      claimed_(place_.path(queue::claimed_name(id()))),
      data_(parts_.spool.data_path(id())),
      before_(settled) {}

Result<std::unique_ptr<Taking>> Taking::begin(const TakingParts& parts, const queue::Route& route,
                                              const FileToTake& file, queue::SubmissionId id) {
  auto sidecar = begin_sidecar(route, queue::Source::drop, file.subdirectory, file.name);
  if (!sidecar) return sidecar.error();
  const auto root = HeldDirectory::open(route.drop.value().directory);
  if (!root) return root.error();
  auto place = root->enter(file.subdirectory);
  if (!place) return place.error();
  sidecar->stays = route.leave_when_done;
  sidecar->mtime_ns = file.settled.mtime_ns;
  if (auto may = check_may_move(place->path()); !may && !sidecar->stays) {
    // Where all files of the route lie in that directory none of them can be taken.
    return Error{route.drop->recursive ? may.error().code : Errc::unavailable, may.error().message};
  }
  const auto identity = root->identity();
  if (!identity) return identity.error();
  sidecar->submission.id = id;
  sidecar->dropped = {file.settled.device, file.settled.inode};
  sidecar->drop_root = *identity;
  return std::unique_ptr<Taking>(new Taking(parts, route, std::move(*sidecar), std::move(*place), file.settled));
}

Result<void> Taking::bring_in() {
  if (auto unclaimed = check_unclaimed(); !unclaimed) return unclaimed;
  if (auto in = bring_in_or_fail(); !in) return give_up(in.error());
  return {};
}

Result<queue::Submission> Taking::end(Result<queue::Submission> accepted) {
  if (!accepted) return give_up(of_the_file_alone(sidecar_, accepted.error()));
  if (!is_claimed_ || sidecar_.left_in_place) return accepted;
  if (auto removed = parts_.files.remove(claimed_); !removed) {
    spdlog::warn("submission {}: {}. It is tried again when the submission has ended", id(), removed.error().message);
  }
  return accepted;
}

Result<void> Taking::bring_in_or_fail() {
  // It may have waited behind others since it settled.
  if (auto untouched = check_untouched(origin_); !untouched) return untouched;
  const auto& spool = parts_.spool.directory();
  if (auto made = parts_.spool.make_entry(id()); !made) return of_the_spool(made.error(), spool);
  if (auto written = parts_.spool.write_sidecar(sidecar_); !written) return of_the_spool(written.error(), spool);
  auto moved = sidecar_.stays ? copy_leaving() : move_in();
  if (!moved) return why_not_moved(moved.error(), place_.path());
  return sidecar_.left_in_place ? Result<void>() : complete();
}

Result<void> Taking::move_in() {
  const auto moved = parts_.files.rename_new(origin_, data_);
  if (!moved && moved.error().code == Errc::cross_device) {
    if (auto claimed = claim(); !claimed) return claimed;
    crash_point("file-moved");
    return before_.size > sidecar_.max_bytes ? leave_in_place() : copy_in();
  }
  if (!moved) return moved;
  crash_point("file-moved");
  return check_untouched(data_);
}

// Left over from a queue that is gone; what is found under that name later on is what this intake has claimed.
Result<void> Taking::check_unclaimed() const {
  const auto stands_there = stands(claimed_);
  if (!stands_there) return stands_there.error();
  if (*stands_there) return error(Errc::already_exists, "{} stands in the way", escaped(shown(claimed_)));
  return {};
}

// The directory is synced, or a power cut could bring the old name back for a file whose row is committed.
Result<void> Taking::claim() {
  if (auto moved = parts_.files.rename_new(origin_, claimed_); !moved) return moved;
  is_claimed_ = true;
  if (auto synced = parts_.files.sync_directory(place_.path()); !synced) return synced;
  return check_untouched(claimed_);
}

// It is going to fail for its size, whatever its bytes are: they need neither room in the spool nor a hash.
Result<void> Taking::leave_in_place() {
  const auto file = parts_.files.open_for_reading(claimed_);
  if (!file) return file.error();
  if (auto synced = parts_.files.sync(file->get()); !synced) return synced.error().while_doing(shown(origin_));
  sidecar_.left_in_place = true;
  const auto completed = complete_sidecar(parts_, sidecar_, {before_.size, ""});
  if (!completed) sidecar_.left_in_place = false;
  return completed;
}

// A file that is larger than the room there is does not keep others from being taken: that is its own trouble, not one
// of the disk as a whole.
Result<DiskRoom::Hold> Taking::room_for_copy() const {
  auto held = parts_.disk != nullptr ? parts_.disk->hold(before_.size) : DiskRoom::Hold();
  if (!held) return held;
  struct statvfs room {};
  if (::statvfs(parts_.spool.directory().c_str(), &room) != 0) return held;
  if (before_.size <= static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize) return held;
  return error(Errc::no_space, "it is larger than what is free");
}

// Nothing is done to the file itself. Whoever writes to it meanwhile makes the copy none: its time or size has changed
// then, or it is open for writing.
Result<void> Taking::copy_leaving() {
  if (before_.size <= sidecar_.max_bytes) return copy_from(origin_);
  sidecar_.left_in_place = true;
  const auto completed = complete_sidecar(parts_, sidecar_, {before_.size, ""});
  if (!completed) sidecar_.left_in_place = false;
  return completed;
}

Result<void> Taking::copy_in() {
  return copy_from(claimed_);
}

Result<void> Taking::copy_from(const fs::path& path) {
  const fs::path partial = parts_.spool.partial_path(id());
  const auto room = room_for_copy();
  const auto copied = room ? copy_whole(parts_.files, path, partial) : Result<void>(room.error());
  if (!copied && copied.error().code == Errc::no_space) {
    return error(Errc::too_large, "there is no room for its {} bytes in {} ({}); it is taken when there is",
                 before_.size, parts_.spool.directory().string(), copied.error().message);
  }
  if (!copied) return copied;
  crash_point("file-copied");
  if (auto untouched = check_untouched(path); !untouched) return untouched;
  return parts_.files.rename_new(partial, data_);
}

// A writer that has kept the file open goes on writing to it under its new name.
Result<void> Taking::check_untouched(const fs::path& path) const {
  const auto now = look_at(path);
  if (!now) return now.error();
  if (now->lease == Look::Lease::writer)
    return error(Errc::stale, "{} was opened for writing before it was taken", escaped(shown(origin_)));
  if (!unchanged(before_, *now)) return error(Errc::stale, "{} changed before it was taken", escaped(shown(origin_)));
  return {};
}

Result<void> Taking::complete() {
  const auto digest = digest_of(parts_.files, data_);
  if (!digest) return digest.error();
  if (digest->size != before_.size) return error(Errc::stale, "{} changed while it was read", escaped(shown(origin_)));
  const bool is_copy = is_claimed_ || sidecar_.stays;
  if (!is_copy) {
    if (auto untouched = check_untouched(data_); !untouched) return untouched;
  }
  sidecar_.submission.sha256 = digest->sha256;
  if (auto known = look_whether_known(); !known) return known;
  // With its sidecar the directory is synced.
  if (auto synced = parts_.spool.sync_data(id()); !synced) return synced;
  // One that is going to fail for its size is not looked into.
  if (!refusal_of(digest->size, {sidecar_.max_bytes, sidecar_.bound})) survey_into(sidecar_.submission, data_, route_);
  return complete_sidecar(parts_, sidecar_, *digest);
}

// A file that stays and got another time, but no other content, is no new one.
Result<void> Taking::look_whether_known() {
  if (!sidecar_.stays) return {};
  queue::LeftFile now{sidecar_.submission.drop_directory.value(),
                      sidecar_.drop_root.inode,
                      before_.inode,
                      before_.size,
                      before_.mtime_ns,
                      sidecar_.submission.sha256};
  using Known = std::optional<queue::SubmissionId>;
  const auto taken_as = parts_.store.run_blocking([now](queue::Store& store) mutable -> Result<Known> {
    const auto known = queue::left_file(store, now.directory, now.inode);
    if (!known) return known.error();
    if (!*known || (*known)->sha256 != now.sha256) return Known();
    now.submission = (*known)->submission;
    if (auto remembered = queue::remember_left(store, now); !remembered) return remembered.error();
    return Known(now.submission);
  });
  if (!taken_as) return taken_as.error();
  if (!*taken_as) return {};
  // Not from within the transaction: what fails there is undone.
  return error(Errc::already_exists, "it was taken as submission {}, and has the same content still", **taken_as);
}

// What cannot be put back now stays in the spool; Intake tries it again, and so does the next start.
Error Taking::give_up(const Error& why) {
  if (sidecar_.stays) {
    (void)parts_.spool.remove_entry(id());
    return why;
  }
  const auto back = put_back(parts_.spool, parts_.files, sidecar_);
  if (!back) {
    left_behind_ = true;
    return Error{why.code, fmt::format("{}; it could not be put back ({}) and stays in {} until it can", why.message,
                                       back.error().message, parts_.spool.entry_path(id()).string())};
  }
  // An entry without bytes is of no use to anybody; if this fails, the next start removes it.
  (void)parts_.spool.remove_entry(id());
  return why;
}

Result<queue::Submission> finish_taking(const TakingParts& parts, queue::Sidecar sidecar) {
  const auto id = sidecar.submission.id;
  const auto data = parts.spool.data_path(id);
  const auto before = look_at(data);
  if (!before) return before.error();
  // A copy is not the whole of it until its original has been compared with it.
  if (before->inode != sidecar.dropped.inode || before->lease != Look::Lease::free)
    return error(Errc::stale, "somebody may still write to {}", data.string());
  const auto digest = digest_of(parts.files, data);
  if (!digest) return digest.error();
  const auto after = look_at(data);
  if (!after) return after.error();
  if (*after != *before || digest->size != before->size)
    return error(Errc::stale, "{} changed while it was read", data.string());
  if (auto synced = parts.spool.sync_entry(id); !synced) return synced.error();
  if (parts.routes != nullptr) {
    const auto route = parts.routes->find(sidecar.submission.route);
    if (route != parts.routes->end()) survey_into(sidecar.submission, data, route->second);
  }
  if (auto completed = complete_sidecar(parts, sidecar, *digest); !completed) return completed.error();
  return accept_whole(parts, nullptr, sidecar);
}

}  // namespace dropload::intake
