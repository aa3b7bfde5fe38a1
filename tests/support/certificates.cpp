#include "tests/support/certificates.h"

#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace dropload::test {

namespace {

void require_openssl(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("openssl: ") + what);
}

template <typename Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, decltype(&::BIO_free)> bio(::BIO_new(BIO_s_mem()), &::BIO_free);
  require_openssl(write(bio.get()) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  return pem([&](BIO* bio) { return ::PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

Authority::Key Authority::make_key() {
  Key key(EVP_EC_gen("P-256"), &::EVP_PKEY_free);
  require_openssl(key != nullptr, "no key");
  return key;
}

Authority::Authority() : key_(make_key()), certificate_(nullptr, &::X509_free) {
  certificate_ = sign("dropload test authority", key_.get(), NID_basic_constraints, "critical,CA:TRUE");
}

Certificate Authority::issue(const std::string& host) const {
  const Key key = make_key();
  const Cert certificate = sign(host, key.get(), NID_subject_alt_name, "DNS:" + host);
  return {pem_of(certificate.get()), pem([&](BIO* bio) {
            return ::PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

std::string Authority::certificate_pem() const {
  return pem_of(certificate_.get());
}

// The authority's own certificate is the one that is signed while there is none yet.
Authority::Cert Authority::sign(const std::string& name, EVP_PKEY* key, int extension, const std::string& value) const {
  Cert certificate(::X509_new(), &::X509_free);
  X509* made = certificate.get();
  X509* issuer = certificate_ ? certificate_.get() : made;
  ::X509_set_version(made, X509_VERSION_3);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(made), certificate_ ? 2 : 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(made), -60);
  ::X509_gmtime_adj(::X509_getm_notAfter(made), 3600);
  ::X509_set_pubkey(made, key);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(made, ::X509_get_subject_name(issuer));
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  ::X509V3_set_ctx(&context, issuer, made, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> extra(
      ::X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str()), &::X509_EXTENSION_free);
  require_openssl(extra && ::X509_add_ext(made, extra.get(), -1) == 1, "extension");
  require_openssl(::X509_sign(made, key_.get(), ::EVP_sha256()) > 0, "signature");
  return certificate;
}

}  // namespace dropload::test
