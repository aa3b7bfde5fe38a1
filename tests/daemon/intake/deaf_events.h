#pragma once

#include "daemon/intake/inotify.h"

namespace dropload::intake {

// Real inotify on a system that has only so many watches left.
class FewWatches final : public Events {
 public:
  FewWatches(std::unique_ptr<Events> real, std::size_t most) : real_(std::move(real)), left_(most) {}
  Result<void> watch(const std::filesystem::path& path, const std::string& name) override {
    if (watched_.contains(name)) return real_->watch(path, name);
    if (left_ == 0) return error(Errc::unavailable, "no watch is left");
    --left_;
    watched_.insert(name);
    return real_->watch(path, name);
  }
  http::Awaitable<void> readable() override { return real_->readable(); }
  Changes read() override { return real_->read(); }

 private:
  std::unique_ptr<Events> real_;
  std::size_t left_;
  std::set<std::string> watched_;
};

inline OpenEvents few_watches(std::size_t most) {
  return [most](http::asio::any_io_executor executor) -> Result<std::unique_ptr<Events>> {
    return std::make_unique<FewWatches>(Inotify::open(std::move(executor)).value(), most);
  };
}

// Of a file system that takes watches and never tells of anything.
class DeafEvents final : public Events {
 public:
  explicit DeafEvents(std::unique_ptr<Events> real) : real_(std::move(real)) {}
  Result<void> watch(const std::filesystem::path& /*path*/, const std::string& /*name*/) override { return {}; }
  http::Awaitable<void> readable() override { return real_->readable(); }
  Changes read() override { return {}; }

 private:
  std::unique_ptr<Events> real_;
};

inline OpenEvents deaf() {
  return [](http::asio::any_io_executor executor) -> Result<std::unique_ptr<Events>> {
    return std::make_unique<DeafEvents>(Inotify::open(std::move(executor)).value());
  };
}

// As when every instance is in use.
inline OpenEvents no_instance() {
  return [](const http::asio::any_io_executor&) -> Result<std::unique_ptr<Events>> {
    return error(Errc::unavailable, "no inotify instance is left");
  };
}

}  // namespace dropload::intake
