#include "common/base/json_depth.h"
#include "daemon/service/endpoints.h"
#include "daemon/service/import_time.h"

namespace dropload::service {
namespace {

using Json = nlohmann::ordered_json;

struct NamedView {
  std::string workspace;
  std::optional<std::string> view;
};

// The text under a key of CONFIG; nothing when it is not there.
Checked<std::optional<std::string>> text_of(const Json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end()) return std::optional<std::string>();
  if (!found->is_string()) return zoho::refuse(8516, fmt::format("{} of CONFIG is not a text.", key));
  return std::optional(found->get<std::string>());
}

Checked<NamedView> names_of(const http::Query& query) {
  const auto text = query.find("CONFIG");
  if (!text) return missing("CONFIG");
  const Json config = nests_deeper_than(*text) ? Json() : Json::parse(*text, nullptr, false);
  if (!config.is_object()) return zoho::refuse(8080, "CONFIG is not a JSON object.");
  auto workspace = text_of(config, "workspaceName");
  if (!workspace) return workspace.error();
  auto view = text_of(config, "viewName");
  if (!view) return view.error();
  if (!*workspace) {
    return zoho::refuse(8079, "The attribute workspaceName is not present in the JSON configuration.");
  }
  return NamedView{std::move(**workspace), std::move(*view)};
}

// In the organization of the call, or in the first of the caller's that has it.
const Workspace* find_named(const Context& context, const Caller& caller, const std::string& name) {
  for (const Organization& organization : context.accounts.organizations()) {
    if (!caller.may_use(organization.id)) continue;
    if (const auto* workspace = context.accounts.find_workspace_by_name(organization.id, name)) return workspace;
  }
  return nullptr;
}

Checked<zoho::MetaDetails> look_up(Context& context, const Caller& caller, const NamedView& names) {
  const Workspace* workspace = find_named(context, caller, names.workspace);
  if (workspace == nullptr) {
    return zoho::refuse(7103, "Workspace not found! Please check whether the workspace exists.");
  }
  zoho::MetaDetails details;
  details.workspace_id = workspace->id;
  details.workspace_name = workspace->name;
  details.organization_id = workspace->organization_id;
  if (!names.view) return details;

  const auto view = context.warehouse.find_view_by_name(workspace->id, *names.view);
  if (!view) return internal_error(view.error());
  if (!*view) return zoho::refuse(7104, "View not found! Please check whether the view exists in the workspace.");
  details.view_id = (*view)->id;
  details.view_name = (*view)->name;
  return details;
}

Json to_json(const Column& column) {
  return {{"columnId", column.id},
          {"columnName", column.name},
          {"dataType", metadata_name(column.type)},
          {"dataTypeId", metadata_id(column.type)},
          {"dataTypeName", display_name(column.type)},
          {"columnIndex", column.index + 1},
          {"columnDesc", ""},
          {"isNullable", true},
          {"defaultValue", ""},
          {"pkTableName", ""},
          {"pkColumnName", ""},
          {"formulaDisplayName", ""},
          {"isHidden", false},
          {"sortedOrder", 0},
          {"sortedIndex", -1}};
}

std::string_view import_status(const LastImport& last) {
  if (last.committed) return "Partial Success";
  const auto& summary = last.details.summary;
  if (!summary) return "Failed";
  return summary->success_rows == summary->total_rows && summary->warnings == 0 ? "Success" : "Partial Success";
}

// What the rows that are in were told of, then what ended the import.
std::string import_errors(const LastImport& last) {
  if (last.details.summary) return last.details.import_errors;
  return last.committed ? last.committed->import_errors + last.details.error_message : last.details.error_message;
}

// Counts are text here (import-api.md, section 1). A failed import counts nothing but the batches that it committed.
Json to_json(const View& view, const LastImport& last) {
  const auto& counted = last.committed ? *last.committed : last.details;
  const zoho::ImportSummary counts = counted.summary.value_or(zoho::ImportSummary{});
  const auto text = [](std::int64_t count) { return std::to_string(count); };
  return {{"viewName", view.name},
          {"lastImportTime", to_import_time(last.ended)},
          {"lastImportStatus", import_status(last)},
          {"columns", {{"total", text(counts.total_columns)}, {"success", text(counts.selected_columns)}}},
          {"rows",
           {{"total", text(counts.total_rows)},
            {"success", text(counts.success_rows)},
            {"warning", text(counts.warnings)},
            {"failed", text(counts.total_rows - counts.success_rows)}}},
          {"importErrors", import_errors(last)}};
}

}  // namespace

Answering answer_meta_details(Context& context, Call call) {
  const auto names = names_of(call.query);
  if (!names) co_return refused(names.error());
  const auto details = look_up(context, call.caller, *names);
  if (!details) co_return refused(details.error());
  co_return success("Get meta details", zoho::encode_meta_details(*details));
}

Answering answer_metadata(Context& context, Call call) {
  const auto view = view_of(context, call);
  if (!view) co_return refused(view.error());
  Json columns = Json::array();
  for (const Column& column : view->columns) columns.push_back(to_json(column));
  co_return success("Get table metadata", Json{{"columns", std::move(columns)}}.dump());
}

Answering answer_import_details(Context& context, Call call) {
  const auto view = view_of(context, call);
  if (!view) co_return refused(view.error());
  const auto last = context.jobs.last_import(view->id);
  if (!last) co_return failed(last.error());
  const Json data = *last ? to_json(*view, **last) : Json::object();
  co_return success("Fetch last import details", data.dump());
}

}  // namespace dropload::service
