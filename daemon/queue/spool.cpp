#include "daemon/queue/spool.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace dropload::queue {
namespace {

namespace fs = std::filesystem;

// Sidecars are written by us: names of at most 4 KiB and some numbers.
constexpr std::size_t max_sidecar_bytes = 1024 * 1024;

std::optional<SubmissionId> id_of(const std::string& name) {
  SubmissionId id = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (failure != std::errc{} || end != name.data() + name.size() || id <= 0) return std::nullopt;
  return id;
}

Result<std::vector<std::string>> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entry(directory, failure);
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    names.push_back(entry->path().filename().string());
  }
  if (failure) return error_from_errno(failure.value(), fmt::format("cannot list {}", directory.string()));
  return names;
}

Result<void> remove_if_there(Files& files, const fs::path& path) {
  auto removed = files.remove(path);
  if (!removed && removed.error().code == Errc::not_found) return {};
  return removed;
}

}  // namespace

Result<Spool> Spool::open(fs::path directory, Files& files) {
  if (auto made = files.make_directories(directory); !made) return made.error();
  return Spool(std::move(directory), files);
}

fs::path Spool::entry_path(SubmissionId id) const {
  return directory_ / std::to_string(id);
}
fs::path Spool::data_path(SubmissionId id) const {
  return entry_path(id) / "data";
}
fs::path Spool::partial_path(SubmissionId id) const {
  return entry_path(id) / "data.part";
}
fs::path Spool::sidecar_path(SubmissionId id) const {
  return entry_path(id) / "meta.json";
}

Result<void> Spool::make_entry(SubmissionId id) {
  const auto path = entry_path(id);
  std::error_code failure;
  if (fs::exists(path, failure)) return error(Errc::already_exists, "{} is there already", path.string());
  if (auto made = files_->make_directories(path); !made) return made;
  return files_->sync_directory(directory_);
}

Result<void> Spool::write_sidecar(const Sidecar& sidecar) {
  return write_file_durably(*files_, sidecar_path(sidecar.submission.id), encode(sidecar), 0600);
}

Result<Sidecar> Spool::read_sidecar(SubmissionId id) const {
  const auto text = read_file(sidecar_path(id), max_sidecar_bytes);
  if (!text) return text.error();
  auto sidecar = decode_sidecar(*text);
  if (!sidecar) return sidecar.error().while_doing(sidecar_path(id).string());
  if (sidecar->submission.id != id) {
    return error(Errc::corrupt, "{} says that it is of submission {}", sidecar_path(id).string(),
                 sidecar->submission.id);
  }
  return sidecar;
}

Result<void> Spool::sync_data(SubmissionId id) {
  auto data = files_->open_for_reading(data_path(id));
  if (!data) return data.error();
  if (auto synced = files_->sync(data->get()); !synced) return synced.error().while_doing(data_path(id).string());
  return {};
}

Result<void> Spool::sync_entry(SubmissionId id) {
  if (auto synced = sync_data(id); !synced) return synced;
  return files_->sync_directory(entry_path(id));
}

Result<void> Spool::remove_entry(SubmissionId id) {
  const auto path = entry_path(id);
  std::error_code failure;
  if (!fs::exists(path, failure)) return {};
  if (auto removed = remove_if_there(*files_, sidecar_path(id)); !removed) return removed;
  const auto names = names_in(path);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (auto removed = remove_if_there(*files_, path / name); !removed) return removed;
  }
  if (auto removed = remove_if_there(*files_, path); !removed) return removed;
  return files_->sync_directory(directory_);
}

SpoolEntry Spool::examine(SubmissionId id) const {
  SpoolEntry entry;
  entry.id = id;
  std::error_code failure;
  entry.has_data = fs::is_regular_file(fs::symlink_status(data_path(id), failure));
  auto sidecar = read_sidecar(id);
  if (sidecar) {
    entry.sidecar = std::move(*sidecar);
  } else if (sidecar.error().code != Errc::not_found) {
    entry.why_unreadable = sidecar.error().message;
  }
  return entry;
}

Result<std::vector<SpoolEntry>> Spool::scan() const {
  const auto names = names_in(directory_);
  if (!names) return names.error();
  std::vector<SpoolEntry> entries;
  for (const auto& name : *names) {
    if (const auto id = id_of(name)) entries.push_back(examine(*id));
  }
  std::ranges::sort(entries, {}, &SpoolEntry::id);
  return entries;
}

}  // namespace dropload::queue
