#pragma once

// Bodies that are small enough to live in the queue's file (queue/bodies.h): whether one is, and what is found out
// about it. Those whose length is not announced show it by ending soon.

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/http/server.h"
#include "daemon/queue/route.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {

struct BodyStart {
  std::string bytes;
  bool is_whole = false;  // nothing comes behind them
};

// Reads a body until it has ended or is no small one. One that is announced as larger is not read at all. Io thread.
// Errors: those of reading it.
http::Awaitable<Result<BodyStart>> read_start(http::BodyReader& body);

// A body of which the start has been read already, as if it had not.
class StartedBody final : public http::BodyReader {
 public:
  StartedBody(std::string start, http::BodyReader& rest) : start_(std::move(start)), rest_(rest) {}
  http::Awaitable<Result<std::size_t>> read(http::asio::mutable_buffer buffer) override;
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return rest_.size(); }
  void set_limit(std::uint64_t bytes) override { rest_.set_limit(bytes); }

 private:
  std::string start_;
  std::size_t given_ = 0;
  http::BodyReader& rest_;
};

// Hashes and surveys a whole small body. invalid_argument when it is empty. Any thread; some 25 microseconds for a
// kilobyte.
Result<void> complete_small(queue::Sidecar& sidecar, std::string_view bytes, const queue::Route& route, Time now);

}  // namespace dropload::intake
