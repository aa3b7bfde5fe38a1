#include "daemon/service/endpoints.h"

namespace dropload::service {

bool Caller::may_use(std::string_view organization_id) const {
  if (organization != nullptr) return organization->id == organization_id;
  return account != nullptr &&
         std::ranges::find(account->organizations, organization_id) != account->organizations.end();
}

http::Response success(std::string_view summary, std::string_view data_json) {
  http::Response response;
  response.content_type = "application/json;charset=UTF-8";
  response.body = zoho::encode_success(summary, data_json);
  return response;
}

http::Response refused(const zoho::Refusal& refusal) {
  http::Response response;
  response.status = http::Status(refusal.http_status);
  response.content_type = "application/json;charset=UTF-8";
  response.body = zoho::encode_failure(refusal);
  return response;
}

http::Response failed(const Error& failure) {
  return refused(internal_error(failure));
}

zoho::Refusal missing(std::string_view parameter) {
  return zoho::refuse(
      8504, fmt::format("The parameter {} is not proper(Has not been sent or is less than required count)", parameter));
}

Checked<const Workspace*> workspace_of(const Context& context, const Call& call) {
  const Workspace* workspace = context.accounts.find_workspace(call.captures.at("workspace"));
  if (workspace == nullptr || !call.caller.may_use(workspace->organization_id)) {
    return zoho::refuse(7103, "Workspace not found! Please check whether the workspace exists.");
  }
  return workspace;
}

Checked<View> view_of(const Context& context, const Call& call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) return workspace.error();
  auto view = context.warehouse.find_view((*workspace)->id, call.captures.at("view"));
  if (!view) return internal_error(view.error());
  if (!*view) return zoho::refuse(7104, "View not found! Please check whether the view exists in the workspace.");
  return std::move(**view);
}

}  // namespace dropload::service
