#include "common/zoho/codes.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace dropload::zoho {
namespace {

using enum FailureClass;

constexpr std::array table{
    Code{6001, 400, "ROW_LIMIT_EXCEEDED", organization_exhausted,
         "The account holds as many rows as its plan allows. Delete rows or enlarge the plan; imports go on by "
         "themselves afterwards."},
    Code{6043, 400, "API_UNITS_LIMIT_EXCEEDED", organization_exhausted,
         "The API units of the day are used up. Imports go on when the service counts anew, or at once with a larger "
         "plan."},
    Code{6044, 400, "API_UNITS_LIMIT_EXCEEDED_FOR_ORG", organization_exhausted,
         "The organization's API units of the day are used up. Imports go on when the service counts anew, or at once "
         "with a larger plan."},
    Code{6045, 400, "API_FREQUENCY_LIMIT_EXCEEDED", too_fast,
         "More calls in a minute than the account may make. Other programs that use the same account count too."},
    Code{7005, 500, "COMMON_INTERNAL_SERVER_ERROR", server,
         "The service failed on its own side. It is tried again; if it stays, ask the service's support."},
    Code{7092, 400, "DDL_LOCK_SINCE_IMPORT_IN_PROGRESS", table_busy,
         "Another import holds a lock in this workspace. It goes on when that one has ended."},
    Code{7103, 404, "META_OBJECT_NOT_PRESENT", request_wrong,
         "There is no such workspace or organization. Look at the route's workspace (capital letters count) and at the "
         "organization's id."},
    Code{7104, 404, "META_OBJECT_NOT_PRESENT", request_wrong,
         "There is no such table. Look at the route's table and workspace (capital letters count), or let the route "
         "create it with `create = true`."},
    Code{7107, 400, "META_OBJECT_NOT_PRESENT", request_wrong,
         "The table has no column of that name. Was a column renamed? Compare the file's header and the route's "
         "columns with the table."},
    Code{7111, 400, "META_DBOBJECT_NAME_DUPLICATED", request_wrong,
         "Something else in the workspace has that name already: a table, a report or a dashboard. Choose another "
         "table name."},
    Code{7138, 404, "META_OBJECT_NOT_PRESENT", request_wrong,
         "There is no view with that id, or it is no table. Look at the route's table."},
    Code{7198, 400, "TABLE_LOCKED", table_busy,
         "The table is locked by another change. It goes on when that one has ended."},
    Code{7203, 400, "IMPORT_FILE_EMPTY", request_wrong, "The file is empty, or no file came with the request."},
    Code{7208, 400, "IMPORT_FILE_NUMBER_OF_FIELDS_EXCEEDS_SIZE", request_wrong,
         "A row has more fields than the header. Look for an unquoted delimiter or a missing quote in the file."},
    Code{7232, 400, "IMPORT_ABORTED", data_wrong,
         "A value does not fit its column, so nothing was imported. Correct the lines shown, or let the route skip bad "
         "rows with `on_error = \"skiprow\"`."},
    Code{
        7235, 400, "NO_COLUMN_MATCHES", request_wrong,
        "Not one column name of the file is a column of the table. Look whether the file has a header line and whether "
        "the delimiter fits."},
    Code{7248, 400, "INVALID_FILE_CONTENT", request_wrong,
         "The file could not be read as what the route says it is. Look at its file type, delimiter and quote."},
    Code{7301, 403, "SECURITY_NOT_PERMITTED", request_wrong,
         "The account may not do this here. Give it the right to import into the table, or to create tables in the "
         "workspace."},
    Code{7319, 400, "OBJID_NOT_BELONGS_TO_DB", request_wrong,
         "The table is not in that workspace. Look at the route's workspace and table."},
    Code{7336, 400, "BATCH_IMPORT_LIMIT_EXCEEDED", request_wrong,
         "A job may have 100 batches at most. Cut the file into fewer and larger ones."},
    Code{7337, 400, "BATCH_IMPORT_LAST_BATCH_ALREADY_RECEIVED", request_wrong,
         "The job was closed by its last batch; it takes no more."},
    Code{7338, 400, "BATCH_IMPORT_INVALID_KEY", request_wrong, "The service does not know the batch job."},
    Code{7340, 400, "BATCH_IMPORT_VIEWID_MISMATCH", request_wrong, "The batch job belongs to another table."},
    Code{7478, 400, "MORE_THAN_MAX_COLUMN", request_wrong,
         "The file has more columns than a table can hold. Leave some off with selected columns."},
    Code{7512, 400, "INVALID_DATE_FORMAT", request_wrong,
         "A date pattern of the route is none. Write it as Java does, for example dd-MMM-yyyy."},
    Code{8046, 400, "INVALID_COLUMNS_SELECTED", request_wrong,
         "A selected column is not in the file. Compare the route's selected columns with the file's header."},
    Code{8078, 400, "EMPTY_JSON_ATTRIBUTE_FOUND", request_wrong, "A setting that is needed was sent empty."},
    Code{8079, 400, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION", request_wrong,
         "A setting is missing: updateadd needs matching columns, and without auto_identify the delimiter and the "
         "quote must be given."},
    Code{8080, 400, "INVALID_JSON_CONFIGURATION", request_wrong, "The settings sent were not understood."},
    Code{8083, 400, "ORGID_NOT_PRESENT_IN_THE_HEADER", request_wrong,
         "The organization's id is missing. Set organization_id."},
    Code{8119, 400, "INVALID_VALUE_FOR_ATTRIBUTE", request_wrong,
         "A setting has a value that the service does not know. Look at the route's import type, on_error, delimiter, "
         "quote and separators."},
    Code{8125, 400, "CALLBACKURL_NOT_VALID", request_wrong, "The callback URL is none."},
    Code{8126, 400, "CALLBACKURL_CONNECTION_ERROR", request_wrong, "The service cannot reach the callback URL."},
    Code{8127, 400, "CALLBACKURL_RESTRICTED", request_wrong, "The callback URL is a private address."},
    Code{8134, 400, "ASYNC_IMPORT_LIMIT_EXCEEDED", no_slot,
         "All import jobs that the organization may have at once are taken, some perhaps by other programs. It goes on "
         "when one ends."},
    Code{8137, 400, "IMPORT_JOB_NOT_FOUND", request_wrong,
         "The service does not know the job: its id is wrong, or it ended more than an hour ago."},
    Code{8138, 403, "IMPORT_JOB_ACCESS_DENIED", request_wrong,
         "Only the user who made an import job may read it. Use that user's refresh token again."},
    Code{8148, 400, "DECIMAL_AND_THOUSAND_SEPARATOR_SAME", request_wrong,
         "The decimal and the thousand separator are the same. Change one of them in the route."},
    Code{8149, 400, "DECIMAL_AND_THOUSAND_COLUMN_SEPARATOR_LEGNTH_VALIDATION", request_wrong,
         "Separators of a column must be two: thousand and decimal."},
    Code{8504, 400, "LESS_THAN_MIN_OCCURANCE", request_wrong, "The request came without its settings (CONFIG)."},
    Code{8506, 400, "MORE_THAN_MAX_OCCURANCE", request_wrong,
         "The request came with two files, or with its settings (CONFIG) twice."},
    Code{8516, 400, "UNABLE_TO_PARSE_DATA_TYPE", request_wrong,
         "A setting is of the wrong kind, such as text in the place of a number."},
    Code{8535, 401, "INVALID_OAUTHTOKEN", token,
         "The service refuses the token. If it stays so, make a new refresh token for the organization with the scopes "
         "ZohoAnalytics.data.create and ZohoAnalytics.metadata.read."},
    Code{8540, 400, "INVALID_OAUTHSCOPE", request_wrong,
         "The token lacks a scope. Make a refresh token with ZohoAnalytics.data.create and "
         "ZohoAnalytics.metadata.read."},
    Code{8547, 400, "ARRAY_SIZE_OUT_OF_RANGE", request_wrong,
         "A list is too short or too long: 1 to 100 matching columns, 1 to 300 selected columns."},
    Code{10001, 400, "IMPORT_IN_PROGRESS", table_busy,
         "Another import into this table is running. It goes on when that one has ended."},
};

static_assert(std::is_sorted(table.begin(), table.end(), [](const Code& a, const Code& b) { return a.code < b.code; }));

}  // namespace

std::string_view to_string(FailureClass failure_class) {
  switch (failure_class) {
    case token:
      return "token";
    case no_slot:
      return "no_slot";
    case too_fast:
      return "too_fast";
    case table_busy:
      return "table_busy";
    case organization_exhausted:
      return "organization_exhausted";
    case request_wrong:
      return "request_wrong";
    case data_wrong:
      return "data_wrong";
    case server:
      return "server";
  }
  return "unknown";
}

std::span<const Code> codes() {
  return table;
}

const Code* find_code(int code) {
  const auto found = std::lower_bound(table.begin(), table.end(), code,
                                      [](const Code& entry, int wanted) { return entry.code < wanted; });
  return found != table.end() && found->code == code ? &*found : nullptr;
}

FailureClass classify(int http_status, int code) {
  if (const auto* known = find_code(code)) return known->failure_class;
  if (http_status == 401) return token;
  if (http_status == 429) return too_fast;
  if (http_status >= 500 && http_status <= 599) return server;
  return request_wrong;
}

std::string_view hint_for(int http_status, int code) {
  if (const auto* known = find_code(code)) return known->hint;
  if (http_status == 413) {
    return "Something between here and the service (a proxy) refuses files of this size. Have its limit raised to 100 "
           "MB, "
           "or cut the file.";
  }
  switch (classify(http_status, code)) {
    case token:
      return find_code(8535)->hint;
    case too_fast:
      return find_code(6045)->hint;
    case server:
      return find_code(7005)->hint;
    default:
      return "The service does not accept the request. What it says is all that is known; a repeat is useless until "
             "something changes.";
  }
}

Refusal refuse(int code, std::string message) {
  const auto* known = find_code(code);
  if (known == nullptr) throw std::logic_error(fmt::format("no API code {}", code));
  return {known->http_status, code, std::string(known->symbol), std::move(message)};
}

}  // namespace dropload::zoho
