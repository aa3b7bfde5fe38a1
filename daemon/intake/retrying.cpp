#include "daemon/intake/retrying.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "daemon/intake/accepting.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/looking.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"
#include "daemon/intake/sha256.h"
#include "daemon/intake/surveying.h"
#include "daemon/intake/unpacking.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::SubmissionState;

// <base>/failed/<date>/<subdirectory>/<name>, as retire() makes it.
struct PutAway {
  fs::path base;          // the drop directory, or the archive
  fs::path below;         // failed/<date>/<subdirectory>
  fs::path subdirectory;  // in which it was dropped
  std::string name;
};

// What came over REST has no subdirectory, so the archive is known from the path alone.
std::optional<PutAway> parse_place(const fs::path& retired_to, const std::optional<std::string>& drop_directory) {
  const auto directory = retired_to.parent_path();
  const auto base =
      drop_directory ? fs::path(*drop_directory).lexically_normal() : directory.parent_path().parent_path();
  PutAway found{base, directory.lexically_relative(base), {}, retired_to.filename().string()};
  if (found.below.empty() || *found.below.begin() == "..") return std::nullopt;
  int depth = 0;
  for (const auto& part : found.below) {
    if (++depth > 2) found.subdirectory /= part;
  }
  return found;
}

Error is_gone(const queue::Submission& submission) {
  return error(Errc::not_found, "the original of submission {} is not at {} any more; drop or submit the file again",
               submission.id, escaped(*submission.retired_to));
}

Result<HeldDirectory> enter(const PutAway& place) {
  const auto base = HeldDirectory::open_again(place.base, {});
  if (!base) return base.error();
  return base->enter(place.below);
}

class Retrying {
 public:
  Retrying(const TakingParts& parts, queue::Sidecar sidecar, const HeldDirectory& place, std::string name,
           const queue::Submission& earlier, const queue::Route& route)
      : parts_(parts),
        sidecar_(std::move(sidecar)),
        place_(place),
        original_(place.path(name)),
        earlier_(earlier),
        route_(route),
        data_(parts.spool.data_path(sidecar_.submission.id)) {}

  Result<queue::Submission> run();
  [[nodiscard]] bool left_behind() const { return left_behind_; }

 private:
  [[nodiscard]] queue::SubmissionId id() const { return sidecar_.submission.id; }
  Result<void> examine();
  Result<void> bring_in();
  Result<void> copy_in();
  Error give_up(const Error& why);

  const TakingParts& parts_;
  queue::Sidecar sidecar_;
  const HeldDirectory& place_;
  fs::path original_;
  const queue::Submission& earlier_;
  const queue::Route& route_;
  fs::path data_;
  Look before_;
  bool is_moved_ = false;
  bool left_behind_ = false;
};

Result<queue::Submission> Retrying::run() {
  if (auto examined = examine(); !examined) return examined.error();
  if (auto in = bring_in(); !in) return give_up(in.error());
  crash_point("retry-moved");
  auto accepted = accept_whole(parts_, &route_, sidecar_);
  if (!accepted) return give_up(accepted.error());
  crash_point("retry-accepted");
  if (auto left = leave_failed_directory(parts_.spool, parts_.files, sidecar_); !left) {
    spdlog::warn("submission {}: {}. It is tried again at the next start", id(), left.error().message);
  }
  return accepted;
}

// The bytes are looked at before anything is written: what was changed is a new file, and is to be dropped as one.
Result<void> Retrying::examine() {
  const auto look = look_at(original_);
  if (!look && look.error().code == Errc::not_found) return is_gone(earlier_);
  if (!look) return look.error();
  before_ = *look;
  if (look->lease == Look::Lease::writer) {
    return error(Errc::stale, "somebody has {} open for writing; try again when it is closed",
                 escaped(*earlier_.retired_to));
  }
  const auto digest = digest_of(parts_.files, original_);
  if (!digest) return digest.error();
  // Nobody hashed what failed for its size alone.
  const bool is_same = digest->size == earlier_.size && (earlier_.sha256.empty() || digest->sha256 == earlier_.sha256);
  if (!is_same) {
    return error(Errc::stale,
                 "{} was changed since submission {} ended: it has other bytes than were accepted; drop or submit it "
                 "as a new file",
                 escaped(*earlier_.retired_to), earlier_.id);
  }
  sidecar_.submission.size = digest->size;
  sidecar_.submission.sha256 = digest->sha256;
  sidecar_.submission.accepted_at = parts_.clock.now();
  sidecar_.dropped = {before_.device, before_.inode};
  if (!refusal_of(digest->size, {sidecar_.max_bytes, sidecar_.bound}))
    survey_into(sidecar_.submission, original_, route_);
  return {};
}

Result<void> Retrying::bring_in() {
  if (auto made = parts_.spool.make_entry(id()); !made) return made;
  if (auto written = parts_.spool.write_sidecar(sidecar_); !written) return written;
  crash_point("retry-intent");
  auto moved = parts_.files.rename_new(original_, data_);
  if (!moved && moved.error().code == Errc::cross_device) return copy_in();
  if (!moved && moved.error().code == Errc::not_found) return is_gone(earlier_);
  if (!moved) return moved;
  is_moved_ = true;
  const auto now = look_at(data_);
  if (!now) return now.error();
  if (now->lease == Look::Lease::writer || !unchanged(before_, *now)) {
    return error(Errc::stale, "{} changed while it was taken back", escaped(*earlier_.retired_to));
  }
  if (auto synced = parts_.spool.sync_entry(id()); !synced) return synced;
  return parts_.files.sync_directory(place_.path());
}

Result<void> Retrying::copy_in() {
  const fs::path partial = parts_.spool.partial_path(id());
  if (auto copied = copy_whole(parts_.files, original_, partial); !copied) return copied;
  const auto digest = digest_of(parts_.files, partial);
  if (!digest) return digest.error();
  if (digest->sha256 != sidecar_.submission.sha256) {
    return error(Errc::stale, "{} changed while it was copied", escaped(*earlier_.retired_to));
  }
  if (auto moved = parts_.files.rename_new(partial, data_); !moved) return moved;
  return parts_.spool.sync_entry(id());
}

// What was moved goes back to where it lay. What cannot go back stays in the spool, and the next start finishes it.
Error Retrying::give_up(const Error& why) {
  if (is_moved_) {
    auto back = parts_.files.rename_new(data_, original_);
    if (back) back = parts_.files.sync_directory(place_.path());
    if (!back) {
      left_behind_ = true;
      return Error{why.code, fmt::format("{}; its original could not be put back ({}) and stays in {}", why.message,
                                         back.error().message, parts_.spool.entry_path(id()).string())};
    }
  }
  (void)parts_.spool.remove_entry(id());
  return why;
}

Result<queue::FileIdentity> drop_root_of(const queue::Sidecar& sidecar) {
  if (!sidecar.submission.drop_directory) return queue::FileIdentity{};
  const auto root = HeldDirectory::open_again(*sidecar.submission.drop_directory, {});
  if (!root) return root.error();
  return root->identity();
}

}  // namespace

std::optional<Error> why_not_retried(const queue::Submission& s) {
  if (s.state == SubmissionState::done) {
    return error(Errc::stale, "submission {} is done: its rows are in. To import them twice, hand in the file again",
                 s.id);
  }
  if (s.state == SubmissionState::held) {
    return error(Errc::stale, "submission {} is held, not ended: release it to send it, or cancel it", s.id);
  }
  if (!queue::is_final(s.state)) {
    return error(Errc::stale, "submission {} is {}: it is on its way and needs no retry", s.id, to_string(s.state));
  }
  if (s.retried_as) {
    return error(Errc::stale, "submission {} was retried already, as submission {}, which has its original", s.id,
                 *s.retried_as);
  }
  if (!s.retired_to) {
    return error(Errc::busy, "the original of submission {} is still on its way out of the spool", s.id);
  }
  if (s.removed_at) {
    return error(Errc::not_found,
                 "the original of submission {} is gone: it was removed from {} at {}, as keep_failed of its route "
                 "says; drop or submit the file again",
                 s.id, escaped(*s.retired_to), to_rfc3339(*s.removed_at));
  }
  if (s.retired_to->empty()) {
    return error(Errc::not_found, "the original of submission {} is gone; drop or submit the file again", s.id);
  }
  return std::nullopt;
}

std::optional<Error> why_not_appended_again(const queue::Submission& submission, const queue::Route& route) {
  if (!submission.has_rows_in || route.options.import_type != zoho::ImportType::append) return std::nullopt;
  return error(
      Errc::stale,
      "submission {} is {}, but rows of it are in the table, and a retry would append them a second time. Hand "
      "in those that are missing as a file of their own",
      submission.id, to_string(submission.state));
}

Result<queue::Submission> retry_file(const TakingParts& parts, const queue::Route& route,
                                     const queue::Submission& earlier,
                                     std::optional<queue::SubmissionId>& left_behind) {
  const auto put_away = parse_place(*earlier.retired_to, earlier.drop_directory);
  if (!put_away) return is_gone(earlier);
  auto sidecar = begin_sidecar(route, earlier.source, put_away->subdirectory.string(), earlier.file_name);
  if (!sidecar) return sidecar.error();
  const auto place = enter(*put_away);
  if (!place && place.error().code == Errc::not_found) return is_gone(earlier);
  if (!place) return place.error();
  const auto drop_root = drop_root_of(*sidecar);
  if (!drop_root) return drop_root.error();
  sidecar->drop_root = *drop_root;
  // It is older than what waits: it stands behind that, and takes nobody's place.
  sidecar->submission.supersede = false;
  sidecar->submission.retry_of = earlier.id;
  sidecar->taken_from = *earlier.retired_to;
  sidecar->taken_from_base = put_away->base.string();
  sidecar->submission.id = parts.store.reserve_id();
  const auto id = sidecar->submission.id;
  Retrying retrying(parts, std::move(*sidecar), *place, put_away->name, earlier, route);
  auto accepted = retrying.run();
  if (retrying.left_behind()) left_behind = id;
  return accepted;
}

Result<std::optional<queue::Submission>> finish_retry(const TakingParts& parts, const queue::Sidecar& sidecar) {
  const auto data = parts.spool.data_path(sidecar.submission.id);
  const auto there = stands(data);
  if (!there) return there.error();
  if (!*there) return std::optional<queue::Submission>();
  const auto digest = digest_of(parts.files, data);
  if (!digest) return digest.error();
  if (digest->sha256 != sidecar.submission.sha256) {
    return error(Errc::stale, "{} has other bytes than were accepted", data.string());
  }
  if (auto synced = parts.spool.sync_entry(sidecar.submission.id); !synced) return synced.error();
  auto accepted = accept_whole(parts, nullptr, sidecar);
  if (!accepted) return accepted.error();
  return std::optional(std::move(*accepted));
}

Result<void> leave_failed_directory(queue::Spool& spool, Files& files, queue::Sidecar sidecar) {
  if (sidecar.taken_from.empty()) return {};
  const auto put_away = parse_place(sidecar.taken_from, sidecar.taken_from_base);
  if (!put_away) return {};
  const auto place = enter(*put_away);
  if (!place && place.error().code != Errc::not_found) return place.error();
  if (place) {
    const auto original = place->path(put_away->name);
    const auto there = identity_of(original);
    if (!there) return there.error();
    const bool is_it = *there && (*there)->inode == sidecar.dropped.inode;
    if (is_it) {
      if (auto removed = files.remove(original); !removed) return removed;
    }
    if (is_it || !*there) {
      const auto reason = place->path(put_away->name + std::string(reason_suffix));
      if (auto removed = remove_if_there(files, reason); !removed) return removed;
    }
  }
  // Another file may have its name and its number one day.
  sidecar.taken_from.clear();
  return spool.write_sidecar(sidecar);
}

}  // namespace dropload::intake
