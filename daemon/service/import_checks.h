#pragma once

// What the calls that make a job, or add to one, have in common.

#include "daemon/service/callback.h"
#include "daemon/service/endpoints.h"

namespace dropload::service {

// Where a job's rows are to go, as the path says.
struct Destination {
  const Workspace* workspace = nullptr;
  std::optional<View> view;  // nothing: a table that is to be made
};

// 8134
zoho::Refusal no_slot();

// CONFIG by itself and against the tables that there are, or that open jobs are to make.
Checked<zoho::ImportConfig> check_config(Context& context, const Destination& destination, zoho::ImportCall call,
                                         const std::string& text);

// What a new job can be refused for before its body is read: no slot, CONFIG where it is known already, its callback.
http::Awaitable<std::optional<zoho::Refusal>> objection_before_body(Context& context, Destination destination,
                                                                    zoho::ImportCall call,
                                                                    std::optional<std::string> config);

NewJob new_job(const Caller& caller, const Destination& destination, std::string job_id,
               const zoho::ImportConfig& config, std::string config_text);

// Receives FILE, durably, and gives CONFIG: the query's, else the part's.
http::Awaitable<Checked<std::string>> receive_upload(Context& context, Call& call, UploadFile& file);

}  // namespace dropload::service
