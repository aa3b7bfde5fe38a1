#include "daemon/intake/taking.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "daemon/intake/accepting.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/looking.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"
#include "daemon/intake/putting_back.h"
#include "daemon/intake/routing.h"
#include "daemon/intake/sha256.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

class Taking {
 public:
  Taking(const TakingParts& parts, queue::Sidecar sidecar, const HeldDirectory& place, const Look& settled)
      : parts_(parts),
        sidecar_(std::move(sidecar)),
        place_(place),
        origin_(place.path(sidecar_.submission.file_name)),
        claimed_(place.path(queue::claimed_name(id()))),
        data_(parts.spool.data_path(id())),
        before_(settled) {}

  Result<queue::Submission> run();

 private:
  [[nodiscard]] queue::SubmissionId id() const { return sidecar_.submission.id; }
  Result<void> bring_in();
  Result<void> move_in();
  Result<void> claim();
  Result<void> copy_in();
  [[nodiscard]] Result<void> check_untouched(const fs::path& path) const;
  Result<void> complete();
  Error give_up(const Error& why);

  const TakingParts& parts_;
  queue::Sidecar sidecar_;
  const HeldDirectory& place_;
  fs::path origin_;
  fs::path claimed_;
  fs::path data_;
  Look before_;
  bool is_claimed_ = false;
};

Result<queue::Submission> Taking::run() {
  if (auto in = bring_in(); !in) return give_up(in.error());
  crash_point("before-accept");
  auto accepted = parts_.store.run_blocking(Accept{sidecar_});
  if (!accepted) return give_up(accepted.error());
  crash_point("accepted");
  if (!is_claimed_) return accepted;
  if (auto removed = parts_.files.remove(claimed_); !removed) {
    spdlog::warn("submission {}: {}. It is tried again when the submission has ended", id(), removed.error().message);
  }
  return accepted;
}

Result<void> Taking::bring_in() {
  // It may have waited behind others since it settled.
  if (auto untouched = check_untouched(origin_); !untouched) return untouched;
  if (auto made = parts_.spool.make_entry(id()); !made) return made;
  if (auto written = parts_.spool.write_sidecar(sidecar_); !written) return written;
  if (auto moved = move_in(); !moved) return moved;
  return complete();
}

Result<void> Taking::move_in() {
  const auto moved = parts_.files.rename_new(origin_, data_);
  if (!moved && moved.error().code == Errc::cross_device) {
    if (auto claimed = claim(); !claimed) return claimed;
    crash_point("file-moved");
    return copy_in();
  }
  if (!moved) return moved;
  crash_point("file-moved");
  return check_untouched(data_);
}

// The directory is synced, or a power cut could bring the old name back for a file whose row is committed.
Result<void> Taking::claim() {
  if (auto moved = parts_.files.rename_new(origin_, claimed_); !moved) return moved;
  is_claimed_ = true;
  if (auto synced = parts_.files.sync_directory(place_.path()); !synced) return synced;
  return check_untouched(claimed_);
}

Result<void> Taking::copy_in() {
  const fs::path partial = parts_.spool.partial_path(id());
  if (auto copied = copy_whole(parts_.files, claimed_, partial); !copied) return copied;
  if (auto untouched = check_untouched(claimed_); !untouched) return untouched;
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
  if (!is_claimed_) {
    if (auto untouched = check_untouched(data_); !untouched) return untouched;
  }
  if (auto synced = parts_.spool.sync_entry(id()); !synced) return synced;
  sidecar_.submission.size = digest->size;
  sidecar_.submission.sha256 = digest->sha256;
  sidecar_.submission.accepted_at = parts_.clock.now();
  return parts_.spool.write_sidecar(sidecar_);
}

// What cannot be put back stays in the spool, and the next start puts it back or enqueues it.
Error Taking::give_up(const Error& why) {
  const auto back = put_back(parts_.spool, parts_.files, sidecar_);
  if (!back) {
    return Error{why.code, fmt::format("{}; it could not be put back ({}) and stays in {} until the next start",
                                       why.message, back.error().message, parts_.spool.entry_path(id()).string())};
  }
  // An entry without bytes is of no use to anybody; if this fails, the next start removes it.
  (void)parts_.spool.remove_entry(id());
  if (*back && **back != queue::origin_path(sidecar_)) {
    return Error{why.code, fmt::format("{}; its name was taken meanwhile, so it was put back as {}", why.message,
                                       escaped((*back)->string()))};
  }
  return why;
}

}  // namespace

Result<queue::Sidecar> begin_sidecar(const queue::Route& route, queue::Source source, const std::string& subdirectory,
                                     const std::string& file_name) {
  if (auto checked = check_file_name(file_name); !checked) return checked.error();
  auto table = table_of(route, file_name, subdirectory);
  if (!table) return table.error();
  queue::Sidecar sidecar;
  sidecar.submission.route = route.name;
  sidecar.submission.table = std::move(*table);
  sidecar.submission.parallel = route.parallel;
  sidecar.submission.source = source;
  sidecar.submission.file_name = file_name;
  if (route.drop) sidecar.submission.drop_directory = route.drop->directory;
  sidecar.subdirectory = subdirectory;
  sidecar.max_bytes = route.max_bytes;
  return sidecar;
}

Result<queue::Submission> take_file(const TakingParts& parts, const queue::Route& route,
                                    const std::string& subdirectory, const std::string& file_name,
                                    const Look& settled) {
  auto sidecar = begin_sidecar(route, queue::Source::drop, subdirectory, file_name);
  if (!sidecar) return sidecar.error();
  const auto root = HeldDirectory::open(route.drop.value().directory);
  if (!root) return root.error();
  const auto place = root->enter(subdirectory);
  if (!place) return place.error();
  sidecar->submission.id = parts.store.reserve_id();
  return Taking(parts, std::move(*sidecar), *place, settled).run();
}

}  // namespace dropload::intake
