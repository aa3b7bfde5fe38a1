#include "daemon/intake/unpacking.h"

#include <memory>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "daemon/intake/package_reader.h"
#include "daemon/intake/receiving.h"

namespace dropload::intake {
namespace {

constexpr std::size_t unpack_piece_bytes = 256 * 1024;
constexpr std::uint64_t most_named_left_out = 100;

constexpr std::string_view send_it_again = "Look whether its transfer was cut short, and hand it in once more.";
constexpr std::string_view ask_its_maker =
    "If files were to be in it, look at what made it; it has come whole. If not, there is nothing to be done.";
constexpr std::string_view unpack_it = "If it is what it should be, unpack it, and hand in the files that are in it.";

class Unpacking {
 public:
  Unpacking(const TakingParts& parts, const queue::Route& route, const queue::Sidecar& sidecar)
      : parts_(parts), route_(route), sidecar_(sidecar), package_(sidecar.submission), buffer_(unpack_piece_bytes) {}
  ~Unpacking() {
    if (parts_.unpack_room == nullptr) return;
    parts_.unpack_room->give_back(taken_);
    parts_.unpack_room->give_back_submissions(taken_submissions_);
  }
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;

  // Errors of the surroundings, and invalid_argument when refusal() says why.
  Result<void> run();
  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
  // What is to be accepted. Only after run() was fine.
  [[nodiscard]] AcceptPackage accept() const;
  // All of it has rows.
  void keep();

 private:
  Result<void> read_members(PackageReader& reader);
  Result<void> consider(PackageReader& reader, const PackageReader::Member& member);
  void leave_out(const std::string& path, std::string_view why);
  Result<queue::Sidecar> begin_member(const std::string& path);
  Result<void> unpack(PackageReader& reader, const std::string& path);
  Result<void> unpack_into(Receiving& member, PackageReader& reader, const std::string& path);
  Result<void> check_size(const Receiving& member, std::uint64_t more, const std::string& path);
  Result<void> take_room(std::uint64_t bytes);
  Result<void> take_place();
  Error refuse(std::string reason, std::string_view advice);
  Error broken(const Error& why, const std::string& path);

  const TakingParts& parts_;
  const queue::Route& route_;
  const queue::Sidecar& sidecar_;
  const queue::NewSubmission& package_;
  std::vector<std::byte> buffer_;
  std::vector<std::unique_ptr<Receiving>> members_;
  std::size_t entries_ = 0;
  std::uint64_t unpacked_ = 0;
  std::uint64_t taken_ = 0;  // of the room
  std::uint64_t taken_submissions_ = 0;
  std::uint64_t left_out_count_ = 0;
  std::string left_out_;
  std::optional<Refusal> refusal_;
};

Error Unpacking::refuse(std::string reason, std::string_view advice) {
  refusal_ = Refusal{fmt::format("Nothing of the package was imported: {}.", reason), std::string(advice)};
  return error(Errc::invalid_argument, "{} {}", refusal_->reason, refusal_->advice);
}

Error Unpacking::broken(const Error& why, const std::string& path) {
  if (why.code != Errc::invalid_argument) return why;
  return refuse(path.empty() ? why.message : fmt::format("{} in it: {}", escaped(path), why.message), send_it_again);
}

Result<void> Unpacking::run() {
  const auto data = parts_.spool.data_path(package_.id);
  const auto file = parts_.files.open_for_reading(data);
  if (!file) return file.error();
  const auto reader = open_package(*package_kind_of(package_.file_name), file->get(), package_.size);
  if (!reader) return broken(reader.error(), "");
  if (auto read = read_members(**reader); !read) return read;
  if (!members_.empty()) return {};
  if (left_out_.empty()) return refuse("there is no file in it", ask_its_maker);
  return refuse(fmt::format("none of what is in it is to be imported ({})", left_out_.substr(0, left_out_.find('\n'))),
                "See in the route's patterns and ignore which names are taken.");
}

Result<void> Unpacking::read_members(PackageReader& reader) {
  for (;;) {
    const auto member = reader.next();
    if (!member) return broken(member.error(), "");
    if (!*member) return {};
    if (++entries_ > most_package_entries)
      return refuse(fmt::format("it has more than {} entries", most_package_entries), unpack_it);
    if (auto considered = consider(reader, **member); !considered) return considered;
  }
}

Result<void> Unpacking::consider(PackageReader& reader, const PackageReader::Member& member) {
  if (member.is_directory) return {};
  const bool is_zip = package_kind_of(package_.file_name) == PackageKind::zip;
  const auto path = is_zip ? member.path : inner_name(package_.file_name);
  if (!member.is_file) {
    leave_out(path, fmt::format("it is {}", member.what));
    return {};
  }
  if (is_zip) {
    if (const auto rule = left_out_by(route_, path)) {
      leave_out(path, *rule);
      return {};
    }
  }
  if (is_archive_name(last_component(path)))
    return refuse(fmt::format("{} in it is an archive itself", escaped(path)), unpack_it);
  if (member.is_encrypted) {
    return refuse(fmt::format("{} in it is encrypted", escaped(path)),
                  "Unpack it with its password, and hand in the files that are in it, or make it without one.");
  }
  if (members_.size() == most_package_members)
    return refuse(fmt::format("it has more than {} files", most_package_members), "Make several packages of it.");
  return unpack(reader, path);
}

void Unpacking::leave_out(const std::string& path, std::string_view why) {
  if (++left_out_count_ <= most_named_left_out) left_out_ += fmt::format("{}: {}\n", escaped(path), why);
}

Result<queue::Sidecar> Unpacking::begin_member(const std::string& path) {
  auto member = begin_sidecar(route_, package_.source, sidecar_.subdirectory, last_component(path));
  if (!member) return refuse(fmt::format("{} in it: {}", escaped(path), member.error().message), unpack_it);
  member->submission.package = package_.id;
  member->submission.member = path;
  member->submission.id = parts_.store.reserve_id();
  member->drop_root = sidecar_.drop_root;
  member->max_bytes = sidecar_.max_bytes;
  member->bound = sidecar_.bound;
  // Of a retry: it is older than what waits, and takes nobody's place.
  member->submission.supersede = package_.supersede;
  return std::move(*member);
}

Result<void> Unpacking::unpack(PackageReader& reader, const std::string& path) {
  if (auto placed = take_place(); !placed) return placed;
  auto sidecar = begin_member(path);
  if (!sidecar) return sidecar.error();
  members_.push_back(std::make_unique<Receiving>(parts_.spool, parts_.files, std::move(*sidecar)));
  auto& member = *members_.back();
  if (auto opened = member.open(); !opened) return opened;
  if (auto unpacked = unpack_into(member, reader, path); !unpacked) return unpacked;
  if (auto completed = member.complete(route_, parts_.clock.now()); !completed) return completed;
  crash_point("member-unpacked");
  return {};
}

Result<void> Unpacking::unpack_into(Receiving& member, PackageReader& reader, const std::string& path) {
  for (;;) {
    const auto count = reader.read(buffer_);
    if (!count) return broken(count.error(), path);
    if (*count == 0) return {};
    if (auto fits = check_size(member, *count, path); !fits) return fits;
    if (auto written = member.write(std::span(buffer_).first(*count)); !written) return written;
  }
}

Result<void> Unpacking::check_size(const Receiving& member, std::uint64_t more, const std::string& path) {
  if (member.size() + more > sidecar_.max_bytes) {
    const auto [reason, advice] = over({sidecar_.max_bytes, sidecar_.bound});
    return refuse(fmt::format("{} in it is too large: {}", escaped(path), reason), advice);
  }
  unpacked_ += more;
  if (unpacked_ > unpack_ratio_from_bytes && unpacked_ / most_unpack_ratio > package_.size) {
    return refuse(fmt::format("it unpacks to more than {} times its {} bytes, as only what is made to fill disks does",
                              most_unpack_ratio, package_.size),
                  unpack_it);
  }
  return take_room(more);
}

Result<void> Unpacking::take_room(std::uint64_t bytes) {
  if (parts_.unpack_room == nullptr) return {};
  if (unpacked_ + package_.size > parts_.unpack_room->most()) {
    return refuse(fmt::format("it unpacks to more than the {} bytes that the spool may hold (max_spool)",
                              parts_.unpack_room->most()),
                  "Raise max_spool, or make several packages of it.");
  }
  if (!parts_.unpack_room->take(bytes)) {
    return error(Errc::no_space,
                 "there is no room in the spool for what {} unpacks to beside what it holds of unfinished submissions "
                 "(max_spool)",
                 escaped(package_.file_name));
  }
  taken_ += bytes;
  return {};
}

// One member takes the place that the package was given.
Result<void> Unpacking::take_place() {
  if (parts_.unpack_room == nullptr || members_.empty()) return {};
  const auto most = parts_.unpack_room->most_submissions();
  if (members_.size() >= most) {
    return refuse(fmt::format("it has more than the {} submissions that may wait (max_waiting)", most),
                  "Raise max_waiting, or make several packages of it.");
  }
  if (!parts_.unpack_room->take_submission()) {
    return error(Errc::unavailable,
                 "{} has more files than may wait beside those that are not finished (max_waiting, {}); see with "
                 "'dropload list' what they wait for, or raise it",
                 escaped(package_.file_name), most);
  }
  ++taken_submissions_;
  return {};
}

AcceptPackage Unpacking::accept() const {
  AcceptPackage accept;
  accept.package = {.id = package_.id,
                    .route = package_.route,
                    .source = package_.source,
                    .file_name = package_.file_name,
                    .drop_directory = package_.drop_directory,
                    .size = package_.size,
                    .sha256 = package_.sha256,
                    .accepted_at = package_.accepted_at,
                    .members = members_.size(),
                    .left_out_count = left_out_count_,
                    .left_out = left_out_,
                    .retry_of = package_.retry_of};
  for (const auto& member : members_) accept.members.push_back(member->sidecar());
  return accept;
}

void Unpacking::keep() {
  for (const auto& member : members_) member->keep();
  if (parts_.unpack_room != nullptr) parts_.unpack_room->accepted({taken_submissions_, taken_});
  taken_ = 0;
  taken_submissions_ = 0;
  const auto first = members_.front()->sidecar().submission.id;
  const auto last = members_.back()->sidecar().submission.id;
  spdlog::info("package {}: {} of route {} is unpacked: {}{}", package_.id, escaped(package_.file_name), package_.route,
               first == last ? fmt::format("submission {}", first) : fmt::format("submissions {} to {}", first, last),
               left_out_count_ == 0 ? "" : fmt::format(", and {} left out", left_out_count_));
}

Result<queue::Submission> accept_package(const TakingParts& parts, const queue::Route& route,
                                         const queue::Sidecar& sidecar, OnRefusal on_refusal) {
  Unpacking unpacking(parts, route, sidecar);
  if (auto unpacked = unpacking.run(); !unpacked) {
    if (!unpacking.refusal() || on_refusal == OnRefusal::report) return unpacked.error();
    return parts.store.run_blocking(Accept{sidecar, unpacking.refusal()});
  }
  crash_point("package-unpacked");
  auto accepted = parts.store.run_blocking(unpacking.accept());
  if (!accepted) return accepted;
  unpacking.keep();
  crash_point("package-accepted");
  return accepted;
}

const queue::Route* find_route_of(const TakingParts& parts, const queue::Sidecar& sidecar) {
  if (parts.routes == nullptr) return nullptr;
  const auto found = parts.routes->find(sidecar.submission.route);
  return found == parts.routes->end() ? nullptr : &found->second;
}

}  // namespace

Result<queue::Submission> accept_whole(const TakingParts& parts, const queue::Route* route,
                                       const queue::Sidecar& sidecar, OnRefusal on_refusal) {
  const auto& submission = sidecar.submission;
  const bool fails_for_its_size = refusal_of(submission.size, {sidecar.max_bytes, sidecar.bound}).has_value();
  if (!submission.is_package || fails_for_its_size) return parts.store.run_blocking(Accept{sidecar});
  if (route == nullptr) route = find_route_of(parts, sidecar);
  if (route == nullptr) {
    return error(
        Errc::unavailable,
        "{} cannot be unpacked without its route '{}', which is not in the configuration any more; put it back",
        escaped(submission.file_name), escaped(submission.route));
  }
  return accept_package(parts, *route, sidecar, on_refusal);
}

}  // namespace dropload::intake
