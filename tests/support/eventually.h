#pragma once

// Waiting for what has no signal to wait for: asks again and again until it is so or a generous deadline has passed.

#include <chrono>
#include <thread>

namespace dropload::test {

// True as soon as `condition()` is; false after `at_most`. A test asserts on the answer, never on how long it took.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds at_most = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace dropload::test
