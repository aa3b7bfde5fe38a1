#pragma once

// Runs one coroutine to its end on an io_context that nobody else runs, and gives its result or throws what it threw.

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace dropload::test {

template <typename T>
T complete(boost::asio::io_context& context, boost::asio::awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr thrown;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr e, T value) {
    thrown = e;
    if (!e) result.emplace(std::move(value));
  });
  context.restart();
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  if (!result) throw std::logic_error("the coroutine never ended");
  return std::move(*result);
}

}  // namespace dropload::test
