#include "tests/support/openapi_check.h"

#include <algorithm>
#include <fstream>
#include <regex>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

namespace dropload::test {
namespace {

using Json = OpenapiCheck::Json;

bool is_of_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  return type == "integer" && value.is_number_integer();
}

bool is_of_one_type(const Json& value, const Json& types) {
  if (types.is_string()) return is_of_type(value, types);
  return std::ranges::any_of(types, [&](const Json& type) { return is_of_type(value, type); });
}

// "/v1/routes/{name}" fits "/v1/routes/orders".
bool is_path_of(const std::string& pattern, const std::string& path) {
  const auto escaped = std::regex_replace(pattern, std::regex(R"(\.)"), R"(\.)");
  return std::regex_match(path, std::regex(std::regex_replace(escaped, std::regex(R"(\{[^}]+\})"), "[^/]+")));
}

const Json* schema_of_type(const Json& response, const std::string& type) {
  const auto content = response.find("content");
  if (content == response.end()) return nullptr;
  for (const auto& name : {type, std::string("*/*")}) {
    const auto found = content->find(name);
    if (found != content->end()) return &found->at("schema");
  }
  return nullptr;
}

}  // namespace

OpenapiCheck::OpenapiCheck() {
  std::ifstream file(DROPLOAD_SOURCE_DIR "/daemon/api/openapi.json");
  file >> document_;
}

const Json* OpenapiCheck::operation_of(const std::string& verb, const std::string& path) const {
  const auto method = boost::algorithm::to_lower_copy(verb == "HEAD" ? "GET" : verb);
  for (const auto& [pattern, methods] : document_.at("paths").items()) {
    if (is_path_of(pattern, path) && methods.contains(method)) return &methods.at(method);
  }
  return nullptr;
}

std::vector<std::string> OpenapiCheck::offences(const std::string& verb, const std::string& path,
                                                const http::Response& response) const {
  const int status = static_cast<int>(response.status);
  const Json* operation = operation_of(verb, path);
  const Json refusals = {
      {"default",
       {{"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}}}};
  if (operation == nullptr && status < 400) return {"is the answer of a path and method that is not in the document"};
  const Json& responses = operation == nullptr ? refusals : operation->at("responses");
  const auto number = std::to_string(status);
  if (!responses.contains(number) && status < 400) return {"has a status that is not in the document: " + number};
  const Json& described = responses.at(responses.contains(number) ? number : "default");
  if (response.status == http::Status::no_content || response.status == http::Status::not_modified) return {};
  const Json* schema = schema_of_type(described, response.content_type);
  if (schema == nullptr) return {"has a type that is not in the document: " + response.content_type};
  std::vector<std::string> said;
  if (response.stream || response.content_type.find("json") == std::string::npos) return said;
  const Json body = Json::parse(response.body, nullptr, false);
  if (body.is_discarded()) return {"is no JSON: " + response.body};
  check(body, *schema, "", said);
  return said;
}

void OpenapiCheck::check(const Json& value, const Json& schema, const std::string& where,
                         std::vector<std::string>& said) const {
  for (const auto& [word, rule] : schema.items()) check_word(value, word, schema, where, said);
}

void OpenapiCheck::check_word(const Json& value, const std::string& word, const Json& schema, const std::string& where,
                              std::vector<std::string>& said) const {
  const auto offend = [&](const std::string& what) {
    said.push_back((where.empty() ? "the answer" : where) + " " + what);
  };
  const Json& rule = schema.at(word);
  if (word == "$ref") {
    check(value, document_.at(Json::json_pointer(rule.get<std::string>().substr(1))), where, said);
  } else if (word == "type") {
    if (!is_of_one_type(value, rule)) offend("should be of type " + rule.dump() + " and is " + value.dump());
  } else if (word == "enum") {
    if (std::ranges::find(rule, value) == rule.end()) offend("is none of " + rule.dump() + " but " + value.dump());
  } else if (word == "required") {
    for (const auto& key : rule) {
      if (!value.contains(key.get<std::string>())) offend("has no " + key.dump());
    }
  } else if (word == "anyOf") {
    std::vector<std::string> fewest;
    for (std::size_t i = 0; i < rule.size(); ++i) {
      std::vector<std::string> of_choice;
      check(value, rule[i], where, of_choice);
      if (i == 0 || of_choice.size() < fewest.size()) fewest = std::move(of_choice);
    }
    said.insert(said.end(), fewest.begin(), fewest.end());
  } else if (word == "items") {
    if (!value.is_array()) return;
    for (const auto& item : value) check(item, rule, where + "[]", said);
  } else if (word == "properties") {
    if (!value.is_object()) return;
    for (const auto& [key, member] : value.items()) {
      if (rule.contains(key)) {
        check(member, rule.at(key), where + "." + key, said);
      } else if (!schema.value("additionalProperties", true)) {
        offend("has a member that is not in the document: " + key);
      }
    }
  } else if (word == "format" && rule == "date-time") {
    static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
    if (value.is_string() && !std::regex_match(value.get<std::string>(), time)) offend("is no time: " + value.dump());
  } else if (word != "description" && word != "additionalProperties" && word != "format") {
    offend("has a schema that uses " + word);
  }
}

}  // namespace dropload::test
