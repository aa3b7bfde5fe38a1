#include "common/base/random.h"

#include <random>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <sys/random.h>

namespace dropload {

double SystemRandom::fraction() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

std::string SystemRandom::hex(std::size_t bytes) {
  std::vector<unsigned char> buffer(bytes);
  if (::getrandom(buffer.data(), buffer.size(), 0) != static_cast<ssize_t>(bytes)) {
    throw std::runtime_error("the operating system gave no random bytes (getrandom)");
  }
  std::string text;
  for (const unsigned char byte : buffer) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace dropload
