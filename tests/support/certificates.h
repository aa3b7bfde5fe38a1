#pragma once

// Certificates made on the spot, for tests of TLS.

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace dropload::test {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

// An authority that nobody knows but who is given its certificate. Valid for an hour.
class Authority {
 public:
  Authority();
  // For that DNS name, signed by this authority.
  [[nodiscard]] Certificate issue(const std::string& host) const;
  [[nodiscard]] std::string certificate_pem() const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
  using Cert = std::unique_ptr<X509, decltype(&::X509_free)>;
  static Key make_key();
  Cert sign(const std::string& name, EVP_PKEY* key, int extension, const std::string& value) const;

  Key key_;
  Cert certificate_;
};

}  // namespace dropload::test
