#pragma once

// Is an answer of the REST API what daemon/api/openapi.json says of its path and method: the status, the type, and for
// JSON the shape, with no member that is not named there?
//
// The checker knows the part of JSON Schema that the document uses, and says so when it meets another.

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/http/server.h"

namespace dropload::test {

class OpenapiCheck {
 public:
  using Json = nlohmann::json;

  OpenapiCheck();

  // What is wrong with the answer, one sentence each. Paths and methods that are none of the document must be refused.
  [[nodiscard]] std::vector<std::string> offences(const std::string& verb, const std::string& path,
                                                  const http::Response& response) const;
  [[nodiscard]] const Json& document() const { return document_; }

 private:
  const Json* operation_of(const std::string& verb, const std::string& path) const;
  void check(const Json& value, const Json& schema, const std::string& where, std::vector<std::string>& said) const;
  void check_word(const Json& value, const std::string& word, const Json& schema, const std::string& where,
                  std::vector<std::string>& said) const;

  Json document_;
};

}  // namespace dropload::test
