#pragma once

// The calls of the API (import-api.md, section 1), one function each. They run on the io thread.

#include <filesystem>
#include <map>
#include <string>

#include "common/base/files.h"
#include "common/http/server.h"
#include "common/zoho/answers.h"
#include "daemon/service/accounts.h"
#include "daemon/service/call_budget.h"
#include "daemon/service/fault_board.h"
#include "daemon/service/ids.h"
#include "daemon/service/internal_error.h"
#include "daemon/service/job_runner.h"
#include "daemon/service/jobs.h"
#include "daemon/service/pool.h"
#include "daemon/service/tokens.h"
#include "daemon/service/upload.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// What the calls work with. Outlives them.
struct Context {
  Accounts& accounts;
  Ids& ids;
  Jobs& jobs;
  JobRunner& runner;
  Warehouse& warehouse;
  Files& files;
  Pool& pool;  // for what blocks on the disk
  const Clock& clock;
  std::filesystem::path uploads;
  std::uint64_t max_file_bytes = 0;
  bool private_callbacks = false;
  // What stands before every call (admission.h).
  db::Database& database;
  Tokens& tokens;
  CallBudget& budget;
  FaultBoard& faults;
  std::optional<std::int64_t> daily_units;  // of an organization; nothing: as many as it likes
};

// Who makes a call. Both outlive it.
struct Caller {
  const Account* account = nullptr;            // nullptr for the token endpoint
  const Organization* organization = nullptr;  // of ZANALYTICS-ORGID; nullptr for calls without it

  // The organization of the call, or one of the account's where the call names none.
  [[nodiscard]] bool may_use(std::string_view organization_id) const;
};

// One call. The request outlives it.
struct Call {
  http::Request& request;
  http::Query query;
  std::map<std::string, std::string> captures;  // of the path: "workspace", "view", "job"
  Caller caller{};
};

using Answering = http::Awaitable<http::Response>;

// GET, PUT, DELETE /admin/faults; GET /admin/usage (admin_endpoints.cpp). The path is one that `is_admin`.
Answering answer_admin(Context& context, http::Request& request);
bool is_admin(std::string_view path);
// POST /oauth/v2/token: parameters in the query or in a form body.
Answering answer_token(Context& context, Call call);
// GET /orgs, /workspaces, /workspaces/owned, /workspaces/shared, /workspaces/{workspace}
Answering answer_organizations(Context& context, Call call);
Answering answer_workspaces(Context& context, Call call);
Answering answer_owned_workspaces(Context& context, Call call);
Answering answer_shared_workspaces(Context& context, Call call);
Answering answer_workspace(Context& context, Call call);
// GET /workspaces/{workspace}/views, /metadetails, …/views/{view}/metadata, …/views/{view}/importdetails
Answering answer_views(Context& context, Call call);
Answering answer_meta_details(Context& context, Call call);
Answering answer_metadata(Context& context, Call call);
Answering answer_import_details(Context& context, Call call);
// POST /bulk/workspaces/{workspace}/data, /bulk/workspaces/{workspace}/views/{view}/data
Answering answer_create_new(Context& context, Call call);
Answering answer_create_existing(Context& context, Call call);
// POST /bulk/workspaces/{workspace}/data/batch, /bulk/workspaces/{workspace}/views/{view}/data/batch
Answering answer_batch_new(Context& context, Call call);
Answering answer_batch_existing(Context& context, Call call);
// GET /workspaces/{workspace}/views/{view}/data
Answering answer_export(Context& context, Call call);
// GET /bulk/workspaces/{workspace}/importjobs/{job}: by the user who has created the job (8138)
Answering answer_job_details(Context& context, Call call);

// The envelopes as responses.
http::Response success(std::string_view summary, std::string_view data_json);
http::Response refused(const zoho::Refusal& refusal);
// See internal_error.h.
http::Response failed(const Error& failure);
// 8504: a parameter (CONFIG) or part (FILE) that the call needs was not sent.
zoho::Refusal missing(std::string_view parameter);

// What a path names, or the refusal: 7103 no such workspace within the caller's reach; 7104 no such view in it.
Checked<const Workspace*> workspace_of(const Context& context, const Call& call);
Checked<View> view_of(const Context& context, const Call& call);

}  // namespace dropload::service
