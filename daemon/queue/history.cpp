#include "daemon/queue/history.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "common/zoho/answers.h"

namespace dropload::queue {
namespace {

using db::Query;

// More than a table can have several times over: names of columns that are gone stay.
constexpr std::size_t most_known_columns = 1'000;

std::optional<std::int64_t> header_id(db::Database& database, const std::string& columns) {
  Query query(database, "SELECT id FROM header WHERE columns = ?", columns);
  if (!query.step()) return std::nullopt;
  return query.get<std::int64_t>(0);
}

std::optional<std::int64_t> header_for(db::Database& database, const std::vector<std::string>& columns) {
  if (columns.empty()) return std::nullopt;
  const auto text = encode_columns(columns);
  if (const auto known = header_id(database, text)) return known;
  Query(database, "INSERT INTO header (columns) VALUES (?)", text).run();
  return header_id(database, text);
}

std::vector<std::int64_t> decode_counts(const std::string& text) {
  const auto array = nlohmann::json::parse(text, nullptr, false);
  std::vector<std::int64_t> counts;
  if (!array.is_array()) return counts;
  for (const auto& count : array) {
    if (count.is_number_integer()) counts.push_back(count.get<std::int64_t>());
  }
  return counts;
}

struct TableColumns {
  std::vector<std::string> names;
  std::vector<std::int64_t> unseen;  // by how many imports in a row, up to imports_looked_back; as many as names

  bool operator==(const TableColumns&) const = default;
};

TableColumns columns_of_table(db::Database& database, LaneId lane) {
  Query query(database, "SELECT columns, unseen FROM table_columns WHERE lane = ?", lane);
  if (!query.step()) return {};
  TableColumns columns{decode_columns(query.get<std::string>(0)), decode_counts(query.get<std::string>(1))};
  columns.unseen.resize(columns.names.size());
  return columns;
}

std::vector<std::string> not_seen_lately(const TableColumns& columns) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.names.size(); ++i) {
    if (columns.unseen[i] >= imports_looked_back) names.push_back(columns.names[i]);
  }
  return names;
}

std::optional<LastFile> last_file(db::Database& database, const std::string& route, LaneId lane) {
  Query query(database,
              "SELECT r.submission, h.columns, r.records FROM route_history r LEFT JOIN header h ON h.id = r.header "
              "WHERE r.route = ? AND r.lane = ?",
              route, lane);
  if (!query.step()) return std::nullopt;
  LastFile last;
  last.submission = query.get<SubmissionId>(0);
  if (const auto columns = query.get<std::optional<std::string>>(1)) last.columns = decode_columns(*columns);
  last.records = decode_counts(query.get<std::string>(2));
  return last;
}

std::vector<std::string> columns_sent(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT h.columns FROM preflight p JOIN header h ON h.id = p.header WHERE p.submission = ?",
              id);
  return query.step() ? decode_columns(query.get<std::string>(0)) : std::vector<std::string>();
}

// The service names the columns that it filled. Where it does not, the file's are the table's when it left out none.
std::vector<std::string> columns_told(db::Database& database, SubmissionId carried, const std::string& text) {
  const auto details = zoho::decode_job_details(text);
  if (!details) return {};
  std::vector<std::string> told;
  for (const auto& [name, type] : details->columns) told.push_back(name);
  const auto& summary = details->summary;
  if (told.empty() && summary && summary->total_columns > 0 && summary->total_columns == summary->selected_columns) {
    return columns_sent(database, carried);
  }
  return told;
}

}  // namespace

History history_of(db::Database& database, const std::string& route, const TableKey& table) {
  Query query(database, "SELECT id FROM lane WHERE organization = ? AND workspace = ? AND tbl = ?", table.organization,
              table.workspace, table.table);
  if (!query.step()) return {};
  const auto lane = query.get<LaneId>(0);
  auto columns = columns_of_table(database, lane);
  auto not_lately = not_seen_lately(columns);
  return {std::move(columns.names), last_file(database, route, lane), std::move(not_lately)};
}

void write_findings(db::Database& database, const NewSubmission& submission) {
  if (submission.findings.empty() && submission.columns.empty()) return;
  Query(database, "INSERT INTO preflight (submission, findings, header) VALUES (?, ?, ?)", submission.id,
        encode(submission.findings), header_for(database, submission.columns))
      .run();
}

Findings read_findings(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT findings FROM preflight WHERE submission = ?", id);
  if (!query.step()) return {};
  auto findings = decode_findings(query.get<std::string>(0));
  return findings ? std::move(*findings) : Findings();
}

void remember_file(db::Database& database, SubmissionId id) {
  std::string route;
  LaneId lane = 0;
  std::optional<std::int64_t> counted;
  std::optional<std::int64_t> header;
  {
    Query query(database,
                "SELECT s.route, s.lane, s.records, p.header FROM submission s LEFT JOIN preflight p ON p.submission = "
                "s.id WHERE s.id = ?",
                id);
    if (!query.step()) return;
    route = query.get<std::string>(0);
    lane = query.get<LaneId>(1);
    counted = query.get<std::optional<std::int64_t>>(2);
    header = query.get<std::optional<std::int64_t>>(3);
  }
  if (!counted && !header) return;
  const auto last = last_file(database, route, lane);
  auto records = last ? last->records : std::vector<std::int64_t>();
  if (counted) records.insert(records.begin(), *counted);
  records.resize(std::min(records.size(), most_remembered_counts));
  Query(database,
        "INSERT INTO route_history (route, lane, submission, header, records) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
        "(route, lane) DO UPDATE SET submission = excluded.submission, header = excluded.header, records = "
        "excluded.records",
        route, lane, id, header, nlohmann::json(records).dump())
      .run();
}

void learn_columns(db::Database& database, LaneId lane, SubmissionId carried, const std::string& details) {
  const auto told = columns_told(database, carried, details);
  if (told.empty()) return;
  const auto before = columns_of_table(database, lane);
  auto known = before;
  for (auto& imports : known.unseen) imports = std::min<std::int64_t>(imports + 1, imports_looked_back);
  for (const auto& name : told) {
    const auto is_it = [&name](const std::string& other) { return equal_in_any_case(name, other); };
    const auto place = std::ranges::find_if(known.names, is_it);
    if (place != known.names.end()) {
      known.unseen[static_cast<std::size_t>(place - known.names.begin())] = 0;
    } else if (known.names.size() < most_known_columns) {
      known.names.push_back(name);
      known.unseen.push_back(0);
    }
  }
  if (known == before) return;
  Query(database,
        "INSERT INTO table_columns (lane, columns, unseen) VALUES (?, ?, ?) ON CONFLICT (lane) DO UPDATE SET columns = "
        "excluded.columns, unseen = excluded.unseen",
        lane, encode_columns(known.names), nlohmann::json(known.unseen).dump())
      .run();
}

}  // namespace dropload::queue
