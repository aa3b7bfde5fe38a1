#pragma once

// Randomness comes in through Random, so tests own it.

#include <cstddef>
#include <string>

namespace dropload {

class Random {
 public:
  virtual ~Random() = default;
  // Uniform in [0, 1): jitter. Any thread.
  virtual double fraction() = 0;
  // `bytes` random bytes from the operating system's generator, in lower-case hex: names and secrets that nobody can
  // guess.
  virtual std::string hex(std::size_t bytes) = 0;
};

class SystemRandom final : public Random {
 public:
  double fraction() override;
  std::string hex(std::size_t bytes) override;
};

}  // namespace dropload
