#include "daemon/intake/sha256.h"

#include <array>
#include <cerrno>
#include <stdexcept>

#include <unistd.h>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace dropload::intake {
namespace {

EVP_MD_CTX* context_in(void* context) {
  return static_cast<EVP_MD_CTX*>(context);
}

void must(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), [](void* context) { EVP_MD_CTX_free(context_in(context)); }) {
  must(EVP_DigestInit_ex(context_in(context_.get()), EVP_sha256(), nullptr));
}

void Sha256::update(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(context_in(context_.get()), bytes.data(), bytes.size()));
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  must(EVP_DigestFinal_ex(context_in(context_.get()), digest.data(), &length));
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

Result<Digest> digest_of(Files& files, const std::filesystem::path& path) {
  auto file = files.open_for_reading(path);
  if (!file) return file.error();
  Sha256 hash;
  Digest digest;
  std::vector<std::byte> buffer(256 * 1024);
  for (;;) {
    const auto n = ::read(file->get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_from_errno(errno, fmt::format("cannot read {}", path.string()));
    if (n == 0) break;
    hash.update(std::span(buffer).first(static_cast<std::size_t>(n)));
    digest.size += static_cast<std::uint64_t>(n);
  }
  digest.sha256 = hash.finish();
  return digest;
}

}  // namespace dropload::intake
