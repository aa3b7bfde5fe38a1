#include "common/db/query.h"
#include "daemon/queue/packages.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

using db::Query;

bool insert_package(db::Database& database, const Package& p) {
  return Query(database,
               "INSERT INTO package (id, route, source, file_name, drop_directory, size, sha256, accepted_at, members, "
               "left_out_count, left_out, retry_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO "
               "NOTHING",
               p.id, p.route, to_string(p.source), p.file_name, p.drop_directory, p.size, p.sha256, p.accepted_at,
               p.members, p.left_out_count, p.left_out, p.retry_of)
             .run() == 1;
}

Package read_package(const Query& query) {
  int column = 0;
  Package p;
  p.id = query.get<PackageId>(column++);
  p.route = query.get<std::string>(column++);
  p.source = parse_source(query.get<std::string>(column++)).value();
  p.file_name = query.get<std::string>(column++);
  p.drop_directory = query.get<std::optional<std::string>>(column++);
  p.size = query.get<std::uint64_t>(column++);
  p.sha256 = query.get<std::string>(column++);
  p.accepted_at = query.get<Time>(column++);
  p.members = query.get<std::uint64_t>(column++);
  p.left_out_count = query.get<std::uint64_t>(column++);
  p.left_out = query.get<std::string>(column++);
  p.retry_of = query.get<std::optional<SubmissionId>>(column++);
  p.retired_to = query.get<std::optional<std::string>>(column);
  return p;
}

}  // namespace

Result<void> check_not_last_member(db::Database& database, SubmissionId id) {
  Query query(
      database,
      "SELECT k.id FROM submission s JOIN package k ON k.id = s.package WHERE s.id = ? AND k.retired_to IS NULL "
      "AND NOT EXISTS (SELECT 1 FROM submission o WHERE o.package = k.id AND o.id <> s.id AND o.retired_to IS "
      "NULL)",
      id);
  if (!query.step()) return {};
  return error(Errc::stale, "submission {} is the last of package {}, which is to be put away first", id,
               query.get<PackageId>(0));
}

std::optional<std::string> place_in_package(db::Database& database, SubmissionId id) {
  Query query(database,
              "SELECT k.retired_to FROM submission s JOIN package k ON k.id = s.package WHERE s.id = ? AND s.state = "
              "'done'",
              id);
  if (!query.step()) return std::nullopt;
  return query.get<std::optional<std::string>>(0);
}

Result<void> Store::add_package(const Package& package, SubmissionId first) {
  reserve_up_to(package.id);
  return change(database(), "cannot put the package into the queue", [&](db::Database& d) -> Result<void> {
    if (!insert_package(d, package)) {
      return error(Errc::already_exists, "package {} is in the queue already", package.id);
    }
    return package.retry_of ? take_over(d, *package.retry_of, first, package.accepted_at) : Result<void>();
  });
}

Result<Package> Store::find_package(PackageId id) {
  return read(database(), "cannot read the package", [&](db::Database& d) -> Result<Package> {
    Query query(d,
                "SELECT id, route, source, file_name, drop_directory, size, sha256, accepted_at, members, "
                "left_out_count, left_out, retry_of, retired_to FROM package WHERE id = ?",
                id);
    if (!query.step()) return error(Errc::not_found, "there is no package {}", id);
    return read_package(query);
  });
}

Result<std::vector<Submission>> Store::members_of(PackageId id) {
  return read(database(), "cannot read the package's members", [&](db::Database& d) -> Result<std::vector<Submission>> {
    static const std::string sql = select_submission + "WHERE s.package = ? ORDER BY s.id";
    Query query(d, sql, id);
    std::vector<Submission> members;
    while (query.step()) members.push_back(read_submission(query));
    return members;
  });
}

Result<std::optional<Package>> Store::package_before(SubmissionId id) {
  return read(database(), "cannot read the package", [&](db::Database& d) -> Result<std::optional<Package>> {
    if (check_not_last_member(d, id)) return std::optional<Package>();
    const auto submission = find(id);
    if (!submission) return submission.error();
    auto package = find_package(submission->package.value().id);
    if (!package) return package.error();
    return std::optional(std::move(*package));
  });
}

Result<void> Store::mark_package_retired(PackageId id, const std::string& retired_to) {
  return change(database(), "cannot note where the package lies", [&](db::Database& d) -> Result<void> {
    Query(d, "UPDATE package SET retired_to = ? WHERE id = ? AND retired_to IS NULL", retired_to, id).run();
    Query(d, "UPDATE submission SET retired_to = ? WHERE package = ? AND state = 'done' AND retired_to IS NOT NULL",
          retired_to, id)
        .run();
    return {};
  });
}

}  // namespace dropload::queue
