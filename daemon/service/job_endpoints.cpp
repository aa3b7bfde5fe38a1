#include "daemon/service/endpoints.h"

namespace dropload::service {

// A job that never was and one whose summary is forgotten answer alike, 1005 (import-api.md, section 3).
Answering answer_job_details(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  const std::string& job_id = call.captures.at("job");
  const auto found = context.jobs.details((*workspace)->id, job_id, context.clock.now());
  if (!found) co_return failed(found.error());

  zoho::JobDetails details;
  details.job_id = job_id;
  details.code = zoho::JobCode::not_found;
  if (*found) details = **found;
  co_return success("Fetch import job info", zoho::encode_job_details(details));
}

}  // namespace dropload::service
