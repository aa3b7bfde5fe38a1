#include "daemon/service/endpoints.h"

namespace dropload::service {
namespace {

// 8138: the job is another user's.
std::optional<zoho::Refusal> objection_to_reader(const Context& context, const Caller& caller,
                                                 const std::string& job_id) {
  if (caller.account->is_everybody) return std::nullopt;
  const auto creator = context.jobs.creator(job_id);
  if (!creator) return internal_error(creator.error());
  if (!*creator || **creator == caller.account->key) return std::nullopt;
  return zoho::refuse(8138, "The details of an import job are given only to the user who has created it.");
}

}  // namespace

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
  if (*found) {
    if (const auto objection = objection_to_reader(context, call.caller, job_id)) co_return refused(*objection);
    details = **found;
  }
  co_return success("Fetch import job info", zoho::encode_job_details(details));
}

}  // namespace dropload::service
