#include "daemon/intake/receiving.h"

#include "common/base/text.h"
#include "daemon/intake/disk_room.h"
#include "daemon/intake/surveying.h"

namespace dropload::intake {

Error is_empty(const std::string& file_name) {
  return error(Errc::invalid_argument, "{} is empty: send the file as the request's body", escaped(file_name));
}

Receiving::Receiving(queue::Spool& spool, Files& files, queue::Sidecar sidecar)
    : spool_(spool), files_(files), sidecar_(std::move(sidecar)) {}

Receiving::~Receiving() {
  if (!over_) (void)discard();
}

Result<void> Receiving::discard() {
  over_ = true;
  file_.reset();
  return spool_.remove_entry(sidecar_.submission.id);
}

Result<void> Receiving::open() {
  const auto id = sidecar_.submission.id;
  if (auto made = spool_.make_entry(id); !made) return of_the_spool(made.error(), spool_.directory());
  auto file = files_.create(spool_.data_path(id), 0644);
  if (!file) return file.error();
  file_ = std::move(*file);
  return {};
}

Result<void> Receiving::write(std::span<const std::byte> bytes) {
  if (auto written = files_.write(file_.get(), bytes); !written) {
    return written.error().while_doing(spool_.data_path(sidecar_.submission.id).string());
  }
  const std::uint64_t before = size_;
  size_ += bytes.size();
  if (size_ / begin_sync_bytes != before / begin_sync_bytes) files_.begin_sync(file_.get());
  hash_.update(bytes);
  return {};
}

Result<void> Receiving::complete(const queue::Route& route, Time now) {
  auto& submission = sidecar_.submission;
  if (size_ == 0 && !submission.package) return is_empty(submission.file_name);
  files_.begin_sync(file_.get());  // the disk writes while the file is surveyed
  file_.reset();
  submission.size = size_;
  submission.sha256 = hash_.finish();
  submission.accepted_at = now;
  survey_into(submission, spool_.data_path(submission.id), route);
  if (auto synced = spool_.sync_entry(submission.id); !synced) return synced;
  return spool_.write_sidecar(sidecar_);
}

}  // namespace dropload::intake
