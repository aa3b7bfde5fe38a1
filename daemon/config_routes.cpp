#include "daemon/config_routes.h"

#include <algorithm>
#include <array>
#include <map>

#include "common/base/nearest.h"
#include "daemon/config_csv.h"
#include "daemon/config_drop.h"
#include "daemon/config_expect.h"
#include "daemon/config_organizations.h"
#include "daemon/config_values.h"
#include "daemon/queue/table_pattern.h"

namespace dropload::config {
namespace {

using namespace std::chrono_literals;

constexpr std::array<Word<zoho::ImportType>, 3> import_types{{{"append", zoho::ImportType::append},
                                                              {"truncateadd", zoho::ImportType::truncateadd},
                                                              {"updateadd", zoho::ImportType::updateadd}}};
constexpr std::array<Word<zoho::FileType>, 2> file_types{
    {{"csv", zoho::FileType::csv}, {"json", zoho::FileType::json}}};
constexpr std::array<Word<zoho::OnError>, 3> on_errors{{{"abort", zoho::OnError::abort},
                                                        {"skiprow", zoho::OnError::skiprow},
                                                        {"setcolumnempty", zoho::OnError::setcolumnempty}}};
constexpr std::array<Word<queue::OnUnknown>, 2> on_unknowns{
    {{"hold", queue::OnUnknown::hold}, {"resend", queue::OnUnknown::resend}}};
constexpr std::array<Word<queue::OnRowDifference>, 2> on_row_differences{
    {{"warn", queue::OnRowDifference::warn}, {"fail", queue::OnRowDifference::fail}}};
constexpr std::array<Word<queue::OnDuplicate>, 3> on_duplicates{
    {{"hold", queue::OnDuplicate::hold}, {"import", queue::OnDuplicate::take}, {"skip", queue::OnDuplicate::skip}}};
constexpr std::array<Word<queue::OnFinding>, 3> on_findings{
    {{"warn", queue::OnFinding::warn}, {"hold", queue::OnFinding::hold}, {"off", queue::OnFinding::off}}};
constexpr std::array<Word<bool>, 2> header_onlys{{{"hold", false}, {"import", true}}};  // may_clear_table
enum class WhenDone { archive = 1, remove, leave };
constexpr std::array<Word<WhenDone>, 3> when_dones{
    {{"archive", WhenDone::archive}, {"delete", WhenDone::remove}, {"leave", WhenDone::leave}}};
constexpr int most_days_kept = 3650;
constexpr std::size_t most_matching_columns = 100;  // import-api.md, section 2
constexpr std::size_t most_selected_columns = 300;

void read_organization(TableReader& table, const std::vector<OrganizationConfig>& organizations, std::string& into) {
  if (organizations.empty()) {  // what is wrong with them is reported already
    table.read("organization", into);
    return;
  }
  if (!table.has("organization")) {
    if (organizations.size() == 1) {
      into = organizations.front().name;
    } else {
      table.require("organization",
                    fmt::format("organization = \"{}\" (or another one's name)", organizations.front().name));
    }
    return;
  }
  if (!table.read("organization", into)) return;
  std::vector<std::string> names;
  for (const auto& organization : organizations) names.push_back(organization.name);
  const bool incomplete = std::ranges::find(names, "") != names.end();  // it may be the one whose name is wrong
  if (incomplete || std::ranges::find(names, into) != names.end()) return;
  const std::string meant = nearest(into, names);
  table.problem("organization", fmt::format("there is no organization \"{}\"; {}", into,
                                            meant.empty() ? fmt::format("the names are {}", list_of(names))
                                                          : fmt::format("did you mean \"{}\"?", meant)));
}

// Exactly one way to know the table.
void read_table(TableReader& table, queue::Route& route) {
  table.read("table", route.table);
  table.read("table_from_directory", route.table_from_directory);
  table.read_parsed("table_pattern", route.table_pattern, [](const std::string& text) -> Result<std::string> {
    if (const auto compiled = queue::TablePattern::compile(text); !compiled) return compiled.error();
    return text;
  });
  const int given =
      (table.has("table") ? 1 : 0) + (table.has("table_pattern") ? 1 : 0) + (route.table_from_directory ? 1 : 0);
  if (given == 1) return;
  table.source().problem(
      table.place(),
      fmt::format("[[route]] says in {} ways which table; write exactly one of table = \"sales\", table_pattern = "
                  "'(?<table>[a-z]+)_.*' and table_from_directory = true",
                  given == 0 ? "no" : std::to_string(given)));
}

void read_import(TableReader& table, zoho::ImportOptions& options) {
  table.read_word<zoho::ImportType>("import_type", options.import_type, import_types);
  table.read_word<zoho::FileType>("file_type", options.file_type, file_types);
  table.read_word<zoho::OnError>("on_error", options.on_error, on_errors);
  table.read("matching_columns", options.matching_columns, most_matching_columns);
  table.read("selected_columns", options.selected_columns, most_selected_columns);
  const bool updates = options.import_type == zoho::ImportType::updateadd;
  if (updates && !table.has("matching_columns")) {
    table.problem(
        "import_type",
        "updateadd needs matching_columns: write those that tell rows apart, such as matching_columns = [\"id\"]");
  }
  if (!updates && table.has("matching_columns")) {
    table.problem("matching_columns",
                  "only updateadd matches rows; write import_type = \"updateadd\" or take the line out");
  }
}

void read_merge(TableReader& table, queue::Route& route) {
  table.read("merge", route.merge);
  const bool can_be =
      route.options.import_type == zoho::ImportType::append && route.options.file_type == zoho::FileType::csv;
  if (route.merge && !can_be) {
    table.problem("merge", "only CSV files that are appended can be put together; take the line out");
  }
}

// Only a file that replaces the whole table makes those before it needless.
void read_supersede(TableReader& table, queue::Route& route) {
  table.read("supersede", route.supersede);
  if (!route.supersede || route.options.import_type == zoho::ImportType::truncateadd) return;
  table.problem("supersede",
                "only a file that replaces the whole table can take the place of others; write import_type = "
                "\"truncateadd\" or take the line out");
}

// Appending is what doubles rows when the same bytes come twice. Replacing a table by them, or updating it, doubles
// none, and is how a person puts back what a later file has changed.
void read_duplicates(TableReader& table, queue::Route& route) {
  const auto type = route.options.import_type;
  if (type == zoho::ImportType::append) route.on_duplicate = queue::OnDuplicate::hold;
  table.read_word<queue::OnDuplicate>("duplicates", route.on_duplicate, on_duplicates);
  table.read_number("duplicates_days", route.duplicate_days, 1, queue::most_duplicate_days);
  if (type != zoho::ImportType::truncateadd || route.on_duplicate == queue::OnDuplicate::take) return;
  table.problem("duplicates",
                "a file that replaces the whole table doubles nothing, and may have to come again after another one; "
                "write duplicates = \"import\" or take the line out");
}

// A header alone is mostly an export that was cut short; where it replaces the table nothing is left of that.
void read_preflight(TableReader& table, queue::Route& route) {
  table.read_word<queue::OnFinding>("preflight", route.on_finding, on_findings);
  table.read_word<bool>("header_only", route.may_clear_table, header_onlys);
  const bool can_clear =
      route.options.import_type == zoho::ImportType::truncateadd && route.options.file_type == zoho::FileType::csv;
  if (!route.may_clear_table || can_clear) return;
  table.problem("header_only",
                "only a CSV file that replaces the whole table can clear it; write import_type = \"truncateadd\" or "
                "take the line out");
}

void read_when_done(TableReader& table, queue::Route& route) {
  auto choice = WhenDone::archive;
  table.read_word<WhenDone>("when_done", choice, when_dones);
  route.delete_when_done = choice == WhenDone::remove;
  route.leave_when_done = choice == WhenDone::leave;
  if (!route.leave_when_done) return;
  if (table.has("unpack") && route.unpack) {
    table.problem(
        "unpack",
        "what stays where it was dropped is not unpacked; write when_done = \"archive\" or take the line out");
  }
  route.unpack = false;
  if (table.has("drop")) return;
  table.problem("when_done",
                "only a dropped file can stay where it is; write [route.drop] with directory, or \"archive\"");
}

void read_keep(TableReader& table, std::string_view key, std::optional<Milliseconds>& into) {
  Milliseconds kept{0};
  if (table.has(key) && table.read_duration(key, kept, 24h, 24h * most_days_kept)) into = kept;
}

// Only what the daemon put away is ever removed.
void read_keeping(TableReader& table, queue::Route& route) {
  read_keep(table, "keep_done", route.keep_done);
  read_keep(table, "keep_failed", route.keep_failed);
  if (!route.keep_done || !route.delete_when_done) return;
  table.problem("keep_done", "with when_done = \"delete\" no original is kept; take one of the two lines out");
}

queue::Route read_route(TableReader& table, const std::vector<OrganizationConfig>& organizations, Routes& all) {
  queue::Route route;
  if (table.require("name", R"(name = "sales")")) table.read_parsed("name", route.name, parse_name);
  read_organization(table, organizations, route.organization);
  if (table.require("workspace", R"(workspace = "Main")")) table.read("workspace", route.workspace);
  read_table(table, route);
  table.read("create", route.create);
  read_import(table, route.options);
  table.read("parallel", route.parallel);
  table.read_word<queue::OnUnknown>("on_unknown", route.on_unknown_append, on_unknowns);
  table.read_word<queue::OnRowDifference>("on_row_difference", route.on_row_difference, on_row_differences);
  read_merge(table, route);
  table.read_number("priority", route.priority, queue::lowest_priority, queue::highest_priority);
  read_supersede(table, route);
  read_duplicates(table, route);
  read_expectations(table, route);
  read_preflight(table, route);
  table.read_number("max_attempts", route.max_attempts, 1, 100);
  table.read("unpack", route.unpack);
  read_when_done(table, route);
  read_keeping(table, route);
  table.read_size("max_size", route.max_bytes, zoho::max_bytes_in_batches);
  if (auto csv = table.subtable("csv")) {
    read_csv(*csv, route.options);
    csv->finish(&table);
  }
  if (auto drop = table.subtable("drop")) {
    read_drop(table, *drop, route, all.directories);
  } else if (route.table_from_directory && !table.has("drop")) {
    table.problem("table_from_directory",
                  "needs a drop directory; write [route.drop] with directory and recursive = true");
  }
  table.finish();
  return route;
}

}  // namespace

Routes read_routes(TableReader& root, const std::vector<OrganizationConfig>& organizations) {
  Routes all;
  std::map<std::string, int> lines;
  for (TableReader& table : root.tables("route")) {
    queue::Route route = read_route(table, organizations, all);
    const auto [first, is_new] = lines.emplace(route.name, table.place("name").line);
    if (!is_new && !route.name.empty()) {
      table.problem("name", fmt::format("\"{}\" is that of the route in line {} already; each must have its own",
                                        route.name, first->second));
    }
    all.routes.push_back(std::move(route));
  }
  if (!root.has("route")) {
    root.source().problem({},
                          "there is no [[route]], so nothing can be imported; add one (dropload.toml shows every key)");
  }
  return all;
}

}  // namespace dropload::config
