#include "daemon/service/endpoints.h"

namespace dropload::service {
namespace {

using Json = nlohmann::ordered_json;

// Who made everything here: the service has no users.
constexpr std::string_view creator = "dropload@localhost";
constexpr std::string_view creator_id = "1";

Json to_json(const Workspace& workspace) {
  return {{"workspaceId", workspace.id},
          {"workspaceName", workspace.name},
          {"workspaceDesc", ""},
          {"orgId", workspace.organization_id},
          {"createdTime", std::to_string(workspace.created.ms)},
          {"createdBy", creator}};
}

// Of all organizations within the caller's reach.
Json owned_workspaces(const Accounts& accounts, const Caller& caller) {
  Json list = Json::array();
  for (const Workspace& workspace : accounts.workspaces()) {
    if (!caller.may_use(workspace.organization_id)) continue;
    list.push_back(to_json(workspace));
    list.back()["isDefault"] = false;  // in lists only
  }
  return list;
}

Json to_json(const Organization& organization, const Accounts& accounts, bool is_first) {
  const auto workspaces = std::ranges::count(accounts.workspaces(), organization.id, &Workspace::organization_id);
  return {{"orgId", organization.id}, {"orgName", organization.name},     {"orgDesc", ""},
          {"createdBy", creator},     {"createdByZuId", creator_id},      {"planName", "Embedded"},
          {"isDefault", is_first},    {"numberOfworkspaces", workspaces}, {"role", "Account Admin"}};
}

Json to_json(const View& view) {
  return {{"viewId", view.id},    {"viewName", view.name},
          {"viewDesc", ""},       {"viewType", "TABLE"},
          {"folderId", ""},       {"folderName", "Default"},
          {"createdBy", creator}, {"createdTime", std::to_string(view.created.ms)}};
}

}  // namespace

Answering answer_organizations(Context& context, Call call) {
  Json list = Json::array();
  for (const Organization& organization : context.accounts.organizations()) {
    if (!call.caller.may_use(organization.id)) continue;
    list.push_back(to_json(organization, context.accounts, list.empty()));
  }
  const Json data{{"orgs", std::move(list)}};
  co_return success("Get organizations", data.dump());
}

Answering answer_workspaces(Context& context, Call call) {
  const Json data{{"ownedWorkspaces", owned_workspaces(context.accounts, call.caller)},
                  {"sharedWorkspaces", Json::array()}};
  co_return success("Get all workspaces", data.dump());
}

Answering answer_owned_workspaces(Context& context, Call call) {
  const Json data{{"workspaces", owned_workspaces(context.accounts, call.caller)}};
  co_return success("Get owned workspaces", data.dump());
}

Answering answer_shared_workspaces(Context&, Call) {
  const Json data{{"workspaces", Json::array()}};
  co_return success("Get shared workspaces", data.dump());
}

Answering answer_workspace(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  const Json data{{"workspaces", to_json(**workspace)}};
  co_return success("Get workspace details", data.dump());
}

Answering answer_views(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  const auto views = context.warehouse.views((*workspace)->id);
  if (!views) co_return failed(views.error());
  Json list = Json::array();
  for (const View& view : *views) list.push_back(to_json(view));
  co_return success("Get views", Json{{"views", std::move(list)}}.dump());
}

}  // namespace dropload::service
