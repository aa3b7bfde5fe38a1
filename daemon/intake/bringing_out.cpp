#include "daemon/intake/retire.h"

#include "common/base/crash_point.h"
#include "daemon/intake/moving.h"
#include "daemon/queue/bodies.h"

namespace dropload::intake {
namespace {

// Already brought out, and perhaps put away.
Result<bool> is_out(const queue::Spool& spool, queue::SubmissionId id) {
  const auto there = stands(spool.data_path(id));
  if (!there || *there) return there;
  const auto sidecar = spool.read_sidecar(id);
  if (sidecar) return !sidecar->retiring_to.empty();
  // As Retiring takes it.
  const auto why = sidecar.error().code;
  if (why == Errc::not_found || why == Errc::corrupt) return false;
  return sidecar.error();
}

// Under its own name only when it is whole.
Result<void> write_data(queue::Spool& spool, Files& files, queue::SubmissionId id, std::string_view bytes) {
  const auto partial = spool.partial_path(id);
  if (auto removed = remove_if_there(files, partial); !removed) return removed;
  auto file = files.create(partial, 0644);
  if (!file) return file.error();
  if (auto written = files.write(file->get(), std::as_bytes(std::span(bytes))); !written)
    return written.error().while_doing(partial.string());
  if (auto synced = files.sync(file->get()); !synced) return synced.error().while_doing(partial.string());
  if (auto moved = files.rename_new(partial, spool.data_path(id)); !moved) return moved;
  return files.sync_directory(spool.entry_path(id));
}

}  // namespace

Result<void> bring_out_body(queue::StoreThread& store, queue::Spool& spool, Files& files, queue::SubmissionId id) {
  const auto out = is_out(spool, id);
  if (!out) return out.error();
  if (*out) return {};
  const auto body = store.run_blocking([id](queue::Store& s) { return queue::body_of(s, id); });
  if (!body) return body.error();
  if (!*body) return {};
  // Left by an earlier try.
  auto made = spool.make_entry(id);
  if (!made && made.error().code != Errc::already_exists) return made;
  if (auto written = write_data(spool, files, id, **body); !written) return written;
  crash_point("body-out");
  return {};
}

}  // namespace dropload::intake
