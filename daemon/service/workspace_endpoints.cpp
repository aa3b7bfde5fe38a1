#include "daemon/service/endpoints.h"

namespace dropload::service {
namespace {

using Json = nlohmann::ordered_json;

// Who made everything here: the service has no users.
constexpr std::string_view creator = "dropload@localhost";

Json to_json(const Workspace& workspace, const Organization& organization) {
  return {{"workspaceId", workspace.id},
          {"workspaceName", workspace.name},
          {"workspaceDesc", ""},
          {"orgId", organization.id},
          {"createdTime", std::to_string(workspace.created.ms)},
          {"createdBy", creator},
          {"isDefault", false}};
}

Json owned_workspaces(const Accounts& accounts) {
  Json list = Json::array();
  for (const Workspace& workspace : accounts.workspaces()) list.push_back(to_json(workspace, accounts.organization()));
  return list;
}

Json to_json(const View& view) {
  return {{"viewId", view.id},    {"viewName", view.name},
          {"viewDesc", ""},       {"viewType", "TABLE"},
          {"folderId", ""},       {"folderName", "Default"},
          {"createdBy", creator}, {"createdTime", std::to_string(view.created.ms)}};
}

}  // namespace

Answering answer_organizations(Context& context, Call) {
  const Organization& organization = context.accounts.organization();
  const Json data{{"orgs", Json::array({{{"orgId", organization.id},
                                         {"orgName", organization.name},
                                         {"orgDesc", ""},
                                         {"createdBy", creator},
                                         {"planName", "Embedded"},
                                         {"isDefault", true},
                                         {"numberOfworkspaces", context.accounts.workspaces().size()},
                                         {"role", "Account Admin"}}})}};
  co_return success("Get organizations", data.dump());
}

Answering answer_workspaces(Context& context, Call) {
  const Json data{{"ownedWorkspaces", owned_workspaces(context.accounts)}, {"sharedWorkspaces", Json::array()}};
  co_return success("Get all workspaces", data.dump());
}

Answering answer_owned_workspaces(Context& context, Call) {
  const Json data{{"workspaces", owned_workspaces(context.accounts)}};
  co_return success("Get owned workspaces", data.dump());
}

Answering answer_shared_workspaces(Context&, Call) {
  const Json data{{"workspaces", Json::array()}};
  co_return success("Get shared workspaces", data.dump());
}

Answering answer_workspace(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  const Json data{{"workspaces", to_json(**workspace, context.accounts.organization())}};
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
