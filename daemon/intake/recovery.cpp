#include "daemon/intake/recovery.h"

#include <set>

#include <fmt/format.h>

#include "common/base/text.h"
#include "daemon/intake/accepting.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/putting_back.h"
#include "daemon/intake/retrying.h"
#include "daemon/intake/unpacking.h"

namespace dropload::intake {
namespace {

using queue::SpoolEntry;
using queue::Store;
using queue::SubmissionId;

class Recovery {
 public:
  explicit Recovery(const TakingParts& parts) : parts_(parts) {}
  Result<Recovered> run();
  Result<Recovered> run_for(SubmissionId id);

 private:
  Result<void> mend(const SpoolEntry& entry);
  Result<void> mend_accepted(const SpoolEntry& entry);
  Result<void> mend_package(const SpoolEntry& entry, const queue::Package& package);
  Result<void> mend_without_row(const SpoolEntry& entry);
  Result<void> enqueue(const SpoolEntry& entry);
  Result<void> mend_retry(const SpoolEntry& entry);
  Result<void> put_back_unfinished(const SpoolEntry& entry);
  void leave_where_it_failed(const queue::Sidecar& sidecar);
  void leave_no_original(const queue::Sidecar& sidecar);
  Result<void> remove_original(const queue::Sidecar& sidecar);
  void remove(SubmissionId id, const std::string& why);
  Result<void> hold(SubmissionId id);

  template <typename... Args>
  void say(SubmissionId id, fmt::format_string<Args...> format, Args&&... args) {
    recovered_.sentences.push_back(
        fmt::format("submission {}: {}", id, fmt::format(format, std::forward<Args>(args)...)));
  }

  const TakingParts& parts_;
  std::set<SubmissionId> with_row_;
  Recovered recovered_;
};

Result<Recovered> Recovery::run() {
  const auto entries = parts_.spool.scan();
  if (!entries) return entries.error();
  const SubmissionId highest = entries->empty() ? 0 : entries->back().id;
  const auto ids = parts_.store.run_blocking([highest](Store& store) {
    store.reserve_up_to(highest);
    return store.ids_in_spool();
  });
  if (!ids) return ids.error();
  with_row_.insert(ids->begin(), ids->end());
  std::set<SubmissionId> missing = with_row_;
  for (const auto& entry : *entries) {
    missing.erase(entry.id);
    if (auto mended = mend(entry); !mended) return mended.error();
  }
  for (const auto id : missing) {
    if (auto held = hold(id); !held) return held.error();
  }
  return std::move(recovered_);
}

Result<Recovered> Recovery::run_for(SubmissionId id) {
  if (auto mended = mend(parts_.spool.examine(id)); !mended) return mended.error();
  return std::move(recovered_);
}

Result<void> Recovery::mend(const SpoolEntry& entry) {
  if (with_row_.contains(entry.id)) return mend_accepted(entry);
  const auto row = parts_.store.run_blocking([id = entry.id](Store& store) { return store.find(id); });
  if (row) {
    const bool is_retired = row->retired_to.has_value();
    if (is_retired && !entry.has_data) remove(entry.id, "");
    return {};
  }
  if (row.error().code != Errc::not_found) return row.error();
  const auto package = parts_.store.run_blocking([id = entry.id](Store& store) { return store.find_package(id); });
  if (package) return mend_package(entry, *package);
  if (package.error().code != Errc::not_found) return package.error();
  return mend_without_row(entry);
}

// It was accepted by its members: its last one sees to it, see run/retire_action.cpp.
Result<void> Recovery::mend_package(const SpoolEntry& entry, const queue::Package& package) {
  if (package.retired_to && !entry.has_data) {
    remove(entry.id, "");
  } else if (entry.sidecar) {
    leave_no_original(*entry.sidecar);
    if (entry.sidecar->submission.retry_of) leave_where_it_failed(*entry.sidecar);
  }
  return {};
}

Result<void> Recovery::mend_accepted(const SpoolEntry& entry) {
  if (entry.sidecar) leave_no_original(*entry.sidecar);
  if (entry.sidecar && entry.sidecar->submission.retry_of) leave_where_it_failed(*entry.sidecar);
  const bool on_its_way_out = entry.sidecar && !entry.sidecar->retiring_to.empty();
  const bool left_in_place = entry.sidecar && entry.sidecar->left_in_place;
  if (entry.has_data || on_its_way_out || left_in_place) return {};
  return hold(entry.id);
}

Result<void> Recovery::mend_without_row(const SpoolEntry& entry) {
  if (!entry.why_unreadable.empty()) {
    say(entry.id, "{} has no row and its sidecar cannot be read ({}); it is left as it is for a person to look at",
        parts_.spool.entry_path(entry.id).string(), entry.why_unreadable);
    return {};
  }
  if (entry.sidecar && entry.sidecar->submission.retry_of) return mend_retry(entry);
  if (entry.sidecar && entry.sidecar->submission.package) {
    remove(entry.id, "");  // its package was not accepted with it, and is unpacked again
  } else if (!entry.sidecar) {
    remove(entry.id, "its body had not come in whole and was never accepted; what there was of it is removed");
  } else if (entry.sidecar->complete() && (entry.has_data || entry.sidecar->left_in_place)) {
    return enqueue(entry);
  } else if (entry.sidecar->submission.source == queue::Source::drop) {
    return put_back_unfinished(entry);
  } else {
    remove(entry.id, "its bytes are gone and it was never accepted; the rest of it is removed");
  }
  return {};
}

Result<void> Recovery::enqueue(const SpoolEntry& entry) {
  const auto accepted = accept_whole(parts_, nullptr, *entry.sidecar);
  if (!accepted && !entry.sidecar->submission.is_package) return accepted.error();
  if (!accepted) {
    recovered_.unfinished.insert(entry.id);
    say(entry.id, "{}. It stays in {}, and is tried again later", accepted.error().message,
        parts_.spool.entry_path(entry.id).string());
    return {};
  }
  leave_no_original(*entry.sidecar);
  say(entry.id, "{} was in the spool without a row; it is {} now", escaped(accepted->file_name),
      to_string(accepted->state));
  return {};
}

// A retry is finished when its original has come in; otherwise that is still where it was.
Result<void> Recovery::mend_retry(const SpoolEntry& entry) {
  const auto earlier = *entry.sidecar->submission.retry_of;
  const auto finished = finish_retry(parts_, *entry.sidecar);
  if (!finished) {
    recovered_.unfinished.insert(entry.id);
    say(entry.id, "it retries submission {} and could not be finished: {}. It stays in {}", earlier,
        finished.error().message, parts_.spool.entry_path(entry.id).string());
  } else if (*finished) {
    leave_where_it_failed(*entry.sidecar);
    say(entry.id, "{}, which retries submission {}, was in the spool without a row; it is {} now",
        escaped((*finished)->file_name), earlier, to_string((*finished)->state));
  } else {
    remove(entry.id, fmt::format("submission {} was to be retried, and its original had not come in; it is still {}",
                                 earlier, escaped(entry.sidecar->taken_from)));
  }
  return {};
}

void Recovery::leave_where_it_failed(const queue::Sidecar& sidecar) {
  const auto left = leave_failed_directory(parts_.spool, parts_.files, sidecar);
  if (!left)
    say(sidecar.submission.id, "what is left of it at {}: {}", escaped(sidecar.taken_from), left.error().message);
}

Result<void> Recovery::put_back_unfinished(const SpoolEntry& entry) {
  if (entry.sidecar->stays) {
    remove(entry.id, fmt::format("it was not copied whole; the file is still {}",
                                 escaped(queue::origin_path(*entry.sidecar).string())));
    return {};
  }
  const auto back = put_back(parts_.spool, parts_.files, *entry.sidecar);
  if (back) {
    remove(entry.id, *back ? fmt::format("it was not taken whole; the file is back as {}",
                                         escaped(queue::origin_path(*entry.sidecar).string()))
                           : "");
    return {};
  }
  const std::string name = escaped(entry.sidecar->submission.file_name);
  if (back.error().code == Errc::already_exists && entry.has_data) {
    const auto finished = finish_taking(parts_, *entry.sidecar);
    if (finished) {
      say(entry.id, "{} was whole in the spool, and a new file has its name; it is {} now", name,
          to_string(finished->state));
      return {};
    }
  }
  recovered_.unfinished.insert(entry.id);
  say(entry.id, "{} was not taken whole and could not be put back: {}. It stays in {}, and is tried again later", name,
      back.error().message, parts_.spool.entry_path(entry.id).string());
  return {};
}

// Of an accepted file the drop directory has nothing left: neither what a copying intake claimed, nor the old name when
// a move by link and unlink was cut in the middle.
void Recovery::leave_no_original(const queue::Sidecar& sidecar) {
  if (sidecar.submission.source != queue::Source::drop || !sidecar.submission.drop_directory) return;
  if (sidecar.left_in_place || sidecar.stays) return;
  const auto removed = remove_original(sidecar);
  if (!removed && removed.error().code != Errc::not_found) {
    say(sidecar.submission.id, "its original is still in the drop directory: {}", removed.error().message);
  }
}

Result<void> Recovery::remove_original(const queue::Sidecar& sidecar) {
  const auto root = HeldDirectory::open(*sidecar.submission.drop_directory);
  if (!root) return root.error();
  const auto place = root->enter(sidecar.subdirectory);
  if (!place) return place.error();
  const auto claimed = claimed_file(sidecar, *place);
  if (!claimed) return claimed.error();
  if (*claimed) {
    if (auto removed = parts_.files.remove(**claimed); !removed) return removed;
  }
  const auto origin = place->path(sidecar.submission.file_name);
  const auto is_old_name = one_file(origin, parts_.spool.data_path(sidecar.submission.id));
  if (!is_old_name) return is_old_name.error();
  return *is_old_name ? parts_.files.remove(origin) : Result<void>();
}

void Recovery::remove(SubmissionId id, const std::string& why) {
  const auto removed = parts_.spool.remove_entry(id);
  if (!removed) say(id, "what is left of it in the spool cannot be removed: {}", removed.error().message);
  if (!why.empty()) say(id, "{}", why);
}

// Only a queued one can be held here; one that is being imported finds out when its bytes are needed, and one that has
// ended needs them no more.
Result<void> Recovery::hold(SubmissionId id) {
  const std::string reason =
      fmt::format("Its bytes are not in the spool any more: somebody removed {}.", parts_.spool.data_path(id).string());
  const auto held = parts_.store.run_blocking([id, reason, now = parts_.clock.now()](Store& store) {
    return store.hold(id, reason, "Discard this submission, then drop or submit the file again.", now);
  });
  if (held) say(id, "held. {}", reason);
  if (!held && held.error().code != Errc::stale) return held;
  return {};
}

}  // namespace

Result<Recovered> recover_spool(const TakingParts& parts) {
  return Recovery(parts).run();
}

Result<Recovered> recover_entry(const TakingParts& parts, SubmissionId id) {
  return Recovery(parts).run_for(id);
}

}  // namespace dropload::intake
