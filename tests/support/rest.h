#pragma once

// A blocking HTTP client for tests: one request, one connection.

#include <map>
#include <string>

namespace dropload::test {

struct RestAnswer {
  unsigned status = 0;
  std::string body;
};

// `address` is "127.0.0.1:8787". Throws when nobody answers.
RestAnswer rest(const std::string& verb, const std::string& address, const std::string& target,
                const std::string& body = {}, const std::map<std::string, std::string>& headers = {});

}  // namespace dropload::test
