#include "daemon/service/endpoints.h"
#include "daemon/service/table_export.h"

namespace dropload::service {

// The bare data, with no envelope.
Answering answer_export(Context& context, Call call) {
  const auto view = view_of(context, call);
  if (!view) co_return refused(view.error());
  // The API's OpenAPI file leaves CONFIG optional, and does not say what comes without it.
  auto decoded = zoho::decode_export_config(call.query.find("CONFIG").value_or(R"({"responseFormat":"csv"})"));
  if (decoded.refusal) co_return refused(*decoded.refusal);
  zoho::ExportConfig& config = *decoded.config;
  const bool is_json = config.is_json;
  auto opened = co_await context.pool.run(
      [&] { return TableExport::open(context.warehouse, *view, std::move(config), context.pool, context.clock); });
  if (!opened) co_return refused(opened.error());
  http::Response response;
  response.content_type = is_json ? "application/json;charset=UTF-8" : "text/csv;charset=UTF-8";
  response.stream = std::move(*opened);
  co_return response;
}

}  // namespace dropload::service
