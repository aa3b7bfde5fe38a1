#include "daemon/target/names.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "common/zoho/paths.h"

namespace dropload::target {
namespace {

constexpr int view_not_present = 7104;

// Ids have up to 19 digits and no fewer than 15 have been seen; a table may well be called 2026.
bool is_id(const std::string& text) {
  return text.size() >= 15 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

NeverSent not_understood(const Error& error) {
  return {error.while_doing("the answer to a look-up of names")};
}

std::string meta_details_target(const std::string& workspace, const std::string* view) {
  nlohmann::json config{{"workspaceName", workspace}};
  if (view != nullptr) config["viewName"] = *view;
  // A table's name may come from a file's, which is bytes: they go as they do in the CONFIG of the import.
  const auto text = config.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return std::string(zoho::path::meta_details) + "?CONFIG=" + http::percent_encode(text);
}

std::string views_target(const std::string& workspace_id) {
  return zoho::fill(zoho::path::views, {workspace_id});
}

// The view's id, "" when there is none.
Result<std::string> view_in_details(const std::string& data) {
  const auto details = zoho::decode_meta_details(data);
  if (!details) return details.error();
  return details->view_id.value_or("");
}

Result<std::string> view_in_list(const std::string& data, const std::string& name) {
  const auto views = zoho::decode_views(data);
  if (!views) return views.error();
  for (const auto& view : *views) {
    if (view.view_name == name) return view.view_id;
  }
  return std::string();
}

}  // namespace

int Names::calls_needed(const queue::TableKey& table) const {
  const int workspace = is_id(table.workspace) || workspaces_.contains(table.workspace) ? 0 : 1;
  const int view = is_id(table.table) || views_.contains({table.workspace, table.table}) ? 0 : 1;
  return workspace + view;
}

Awaitable<Names::Found> Names::find(queue::TableKey table) {
  auto workspace = co_await workspace_id(table.workspace);
  if (auto* refusal = std::get_if<Refused>(&workspace)) co_return std::move(*refusal);
  if (auto* never = std::get_if<NeverSent>(&workspace)) co_return std::move(*never);
  const auto id = std::get<std::string>(workspace);
  auto view = co_await view_id(id, std::move(table));
  if (auto* refusal = std::get_if<Refused>(&view)) {
    if (refusal->refusal.code == view_not_present) co_return Ids{id, std::nullopt};
    co_return std::move(*refusal);
  }
  if (auto* never = std::get_if<NeverSent>(&view)) co_return std::move(*never);
  co_return Ids{id, std::get<std::string>(view)};
}

Awaitable<Names::Text> Names::workspace_id(std::string name) {
  if (is_id(name)) co_return name;
  if (const auto known = workspaces_.find(name); known != workspaces_.end()) co_return known->second;
  auto data = co_await ask_(meta_details_target(name, nullptr));
  if (!std::holds_alternative<std::string>(data)) co_return data;
  const auto details = zoho::decode_meta_details(std::get<std::string>(data));
  if (!details) co_return not_understood(details.error());
  workspaces_[name] = details->workspace_id;
  co_return details->workspace_id;
}

// metadetails knows workspaces by their names only: below one that is given as an id the list of its views is asked.
Awaitable<Names::Text> Names::view_id(std::string workspace_id, queue::TableKey table) {
  if (is_id(table.table)) co_return table.table;
  const std::pair key(table.workspace, table.table);
  if (const auto known = views_.find(key); known != views_.end()) co_return known->second;
  const bool by_id = is_id(table.workspace);
  std::string target = by_id ? views_target(workspace_id) : meta_details_target(table.workspace, &table.table);
  auto data = co_await ask_(std::move(target));
  if (!std::holds_alternative<std::string>(data)) co_return data;
  const auto& text = std::get<std::string>(data);
  const auto id = by_id ? view_in_list(text, table.table) : view_in_details(text);
  if (!id) co_return not_understood(id.error());
  if (id->empty()) co_return Refused{zoho::refuse(view_not_present, "there is no such table"), {}};
  views_[key] = *id;
  co_return *id;
}

void Names::forget(const queue::TableKey& table) {
  workspaces_.erase(table.workspace);
  views_.erase({table.workspace, table.table});
}

}  // namespace dropload::target
