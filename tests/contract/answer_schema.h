#pragma once

// Is an answer of the import service what answers.schema.json says it must be?
//
// The checker knows the part of JSON Schema that the file uses, and says so when it meets another: type, enum, pattern,
// required, properties, additionalProperties, items, anyOf, and $ref to one of `definitions`. Debian's validator for
// this (libvalijson-dev) depends on Qt, POCO and five JSON libraries.

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/running_service.h"

namespace dropload::test {

class AnswerSchema {
 public:
  using Json = nlohmann::json;

  AnswerSchema() {
    std::ifstream file(DROPLOAD_SOURCE_DIR "/tests/contract/answers.schema.json");
    file >> all_;
  }

  // From now on each of the service's answers is checked, and an offence fails the test. Outlives the service.
  void watch(RunningService& service) {
    service.observe([this](const std::string& verb, const std::string& target, const HttpAnswer& answer) {
      for (const std::string& offence : offences(verb, target, answer)) {
        ADD_FAILURE() << verb << " " << target.substr(0, 120) << ": " << offence;
      }
    });
  }

  // What is wrong with the answer, one sentence each.
  std::vector<std::string> offences(const std::string& verb, const std::string& target, const HttpAnswer& answer) {
    offences_.clear();
    const std::string path = target.substr(0, target.find('?'));
    if (path.starts_with("/admin/")) return {};  // ours, not the API's
    const std::string type(answer.headers["Content-Type"]);
    const Json* bare = answer.status == 200 ? schema_of(all_.at("bare"), verb + " " + path) : nullptr;
    if (bare != nullptr && type.starts_with("text/csv")) return {};
    if (answer.status >= 500 && type.starts_with("text/html")) return {};  // the page that a fault gives
    if (!type.starts_with("application/json")) return {"should be JSON and is of type '" + type + "'"};
    const Json body = Json::parse(answer.body, nullptr, false);
    if (body.is_discarded()) return {"no JSON: " + answer.body};
    if (path.ends_with("/oauth/v2/token") && answer.status != 404 && answer.status != 405) {
      check(body, all_.at("token"), "");
    } else if (answer.status != 200 || (body.is_object() && body.value("status", Json()) == "failure")) {
      check_failure(body, answer.status);
    } else if (bare != nullptr) {
      check(body, *bare, "");
    } else {
      check_success(body, verb + " " + path);
    }
    return offences_;
  }

  // Of the job details' data, as callbacks have it with no envelope.
  std::vector<std::string> offences_of_job(const Json& data) {
    offences_.clear();
    check(data, all_.at("definitions").at("job"), "data");
    return offences_;
  }

 private:
  // The schema of a call such as "GET /restapi/v2/orgs"; nullptr when it has none.
  static const Json* schema_of(const Json& schemas, const std::string& call) {
    const Json* found = nullptr;
    for (const auto& [pattern, of_call] : schemas.items()) {
      std::string path = "/restapi/v2" + pattern.substr(pattern.find(' ') + 1);
      path = std::regex_replace(path, std::regex("\\*"), "[^/]+");
      const std::regex whole(pattern.substr(0, pattern.find(' ') + 1) + path);
      // /workspaces/owned is not the workspace of that name.
      const bool is_exact = found == nullptr || pattern.find('*') == std::string::npos;
      if (std::regex_match(call, whole) && is_exact) found = &of_call;
    }
    return found;
  }

  void check_failure(const Json& body, int status) {
    check(body, all_.at("failure"), "");
    // import-api.md, section 7: only this one has been seen with 200.
    constexpr int too_fast = 6045;
    if (status == 200 && offences_.empty() && body.at("data").at("errorCode") != too_fast) {
      offend("", "says failure with HTTP status 200");
    }
  }

  void check_success(const Json& body, const std::string& call) {
    if (!body.is_object() || body.value("status", Json()) != "success" || !body.value("summary", Json()).is_string()) {
      return offend("", "is no envelope of a success");
    }
    const Json* schema = schema_of(all_.at("data"), call);
    if (schema == nullptr) return offend("", "is the answer of a call without a schema: " + call);
    if (body.size() != 3 || !body.contains("data")) return offend("", "should have status, summary and data only");
    check(body.at("data"), *schema, "data");
  }

  void check(const Json& value, const Json& schema, const std::string& where) {
    for (const auto& [word, rule] : schema.items()) {
      if (word == "$ref") {
        check(value, all_.at("definitions").at(rule.get<std::string>()), where);
      } else if (word == "type") {
        if (!has_type(value, rule)) offend(where, "should be of type " + rule.get<std::string>());
      } else if (word == "enum") {
        if (std::find(rule.begin(), rule.end(), value) == rule.end()) offend(where, "is none of " + rule.dump());
      } else if (word == "pattern") {
        const bool fits = value.is_string() && std::regex_search(value.get<std::string>(), std::regex(rule));
        if (!fits) offend(where, "does not fit " + rule.dump() + ": " + value.dump());
      } else if (word == "required") {
        for (const auto& key : rule) {
          if (!value.contains(key.get<std::string>())) offend(where, "has no " + key.dump());
        }
      } else if (word == "anyOf") {
        check_any_of(value, rule, where);
      } else if (word == "items") {
        for (const auto& item : value) check(item, rule, where + "[]");
      } else if (word == "properties") {
        check_members(value, rule, schema, where);
      } else if (word == "additionalProperties") {
        for (const auto& [key, member] : value.items()) check(member, rule, where + "." + key);
      } else {
        offend(where, "has a schema that uses " + word);
      }
    }
  }

  // A member that no source knows is no offence of theirs, but of ours: nobody asked for it.
  void check_members(const Json& value, const Json& known, const Json& schema, const std::string& where) {
    for (const auto& [key, member] : value.items()) {
      if (known.contains(key)) {
        check(member, known.at(key), where + "." + key);
      } else if (!schema.contains("additionalProperties")) {
        offend(where, "has a member that is not in the API: " + key);
      }
    }
  }

  // When none fits, the offences are those of the choice that has the fewest.
  void check_any_of(const Json& value, const Json& choices, const std::string& where) {
    const std::vector<std::string> before = offences_;
    std::optional<std::vector<std::string>> fewest;
    for (const auto& choice : choices) {
      offences_ = before;
      check(value, choice, where);
      if (!fewest || offences_.size() < fewest->size()) fewest = offences_;
    }
    offences_ = fewest.value_or(before);
  }

  static bool has_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    return type == "integer" && value.is_number_integer();
  }

  void offend(const std::string& where, const std::string& what) {
    offences_.push_back((where.empty() ? "the answer" : where) + " " + what);
  }

  Json all_;
  std::vector<std::string> offences_;
};

}  // namespace dropload::test
