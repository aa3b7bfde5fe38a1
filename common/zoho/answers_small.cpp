#include <algorithm>
#include <cctype>

#include "common/zoho/answers.h"
#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

// The word of an error answer goes into sentences and logs: only what such words are made of, and not much of it.
std::string error_word(const Json& error) {
  constexpr std::size_t longest = 60;
  std::string word = error.is_string() ? error.get<std::string>() : to_text(error);
  word.resize(std::min(word.size(), longest));
  for (char& c : word) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == ' ';
    if (!is_plain) c = '?';
  }
  return word;
}

// Seen with HTTP 400 when more tokens are asked for than section 7 allows:
// {"error":"Access Denied","error_description":"You have made too many requests continuously. …","status":"failure"}.
bool says_too_many(const Json& answer) {
  const auto* description = member(answer, "error_description");
  return description != nullptr && description->is_string() &&
         description->get_ref<const std::string&>().find("too many requests") != std::string::npos;
}

Error token_error(int http_status, const Json& answer, const Json& word) {
  if (http_status == 429 || says_too_many(answer)) {
    return error(Errc::busy, "the token endpoint says that too many tokens were asked for");
  }
  return error(Errc::permission_denied, "the token endpoint refused: {}", error_word(word));
}

}  // namespace

std::string encode_meta_details(const MetaDetails& details) {
  Json data{{"workspaces",
             {{"workspaceId", details.workspace_id},
              {"workspaceName", details.workspace_name},
              {"workspaceDesc", ""},
              {"orgId", details.organization_id}}}};
  if (details.view_id) {
    data["views"] = {{"viewId", *details.view_id},
                     {"viewName", details.view_name.value_or("")},
                     {"viewDesc", ""},
                     {"viewType", "Table"}};
  }
  return to_text(data);
}

Result<MetaDetails> decode_meta_details(std::string_view data_json) {
  const auto data = parse_json(data_json);
  const auto* workspace = data ? member(*data, "workspaces") : nullptr;
  if (workspace == nullptr) return error(Errc::protocol, "the answer of metadetails has no \"workspaces\"");
  MetaDetails details;
  auto id = text_member(*workspace, "workspaceId", "workspaces");
  if (!id) return id.error();
  details.workspace_id = std::move(*id);
  auto name = text_member_or_empty(*workspace, "workspaceName", "workspaces");
  if (!name) return name.error();
  details.workspace_name = std::move(*name);
  auto organization = text_member_or_empty(*workspace, "orgId", "workspaces");
  if (!organization) return organization.error();
  details.organization_id = std::move(*organization);
  const auto* view = member(*data, "views");
  if (view == nullptr) return details;
  auto view_id = text_member(*view, "viewId", "views");
  if (!view_id) return view_id.error();
  details.view_id = std::move(*view_id);
  auto view_name = text_member_or_empty(*view, "viewName", "views");
  if (!view_name) return view_name.error();
  details.view_name = std::move(*view_name);
  return details;
}

Result<std::vector<View>> decode_views(std::string_view data_json) {
  const auto data = parse_json(data_json);
  const auto* list = data ? member(*data, "views") : nullptr;
  if (list == nullptr || !list->is_array()) return error(Errc::protocol, "the list of views has no \"views\"");
  std::vector<View> views;
  for (const auto& entry : *list) {
    auto id = text_member(entry, "viewId", "views");
    if (!id) return id.error();
    auto name = text_member(entry, "viewName", "views");
    if (!name) return name.error();
    views.push_back({std::move(*id), std::move(*name)});
  }
  return views;
}

std::string encode_token(const Token& token, std::string_view api_domain) {
  Json answer{{"access_token", token.access_token},
              {"expires_in", token.expires_in_seconds},
              {"api_domain", api_domain},
              {"token_type", "Bearer"}};
  if (token.refresh_token) answer["refresh_token"] = *token.refresh_token;
  return to_text(answer);
}

std::string encode_too_many_tokens() {
  return to_text(
      Json{{"error", "Access Denied"},
           {"error_description", "You have made too many requests continuously. Please try again after some time."},
           {"status", "failure"}});
}

Result<Token> decode_token(int http_status, std::string_view body) {
  constexpr std::string_view where = "the answer of the token endpoint";
  const auto answer = parse_json(body);
  if (answer) {
    if (const auto* word = member(*answer, "error")) return token_error(http_status, *answer, *word);
  }
  if (http_status == 429) return token_error(http_status, Json::object(), Json());
  if (!answer || http_status >= 400) {
    return error(Errc::protocol, "{} has HTTP status {} and {}", where, http_status,
                 answer ? "names no error" : "is not JSON");
  }
  auto access_token = text_member(*answer, "access_token", where);
  if (!access_token) return access_token.error();
  if (access_token->empty()) return error(Errc::protocol, "{}: \"access_token\" is empty", where);
  Token token{std::move(*access_token), 3600, std::nullopt};
  if (member(*answer, "expires_in") != nullptr) {
    const auto seconds = number_member(*answer, "expires_in", where);
    if (!seconds) return seconds.error();
    token.expires_in_seconds = *seconds;
  }
  return token;
}

}  // namespace dropload::zoho
