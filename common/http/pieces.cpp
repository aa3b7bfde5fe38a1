#include "common/http/pieces.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "common/base/buffer.h"

namespace dropload::http {
namespace {

struct BodyPiece {
  explicit BodyPiece(std::size_t size) : bytes(size) {}

  Buffer bytes;
  std::size_t filled = 0;
  bool is_last = false;          // nothing comes behind these bytes
  std::optional<Error> failure;  // behind these bytes

  [[nodiscard]] std::string_view text() { return {bytes.data(), filled}; }
};

Awaitable<void> read_into(BodyReader& body, BodyPiece& piece) {
  const auto rest = piece.bytes.from(piece.filled);
  const auto count = co_await body.read(asio::buffer(rest.data(), rest.size()));
  if (!count) piece.failure = count.error();
  piece.is_last = !count || *count == 0;
  if (count) piece.filled += *count;
}

Awaitable<void> fill_piece(BodyReader& body, BodyPiece& piece) {
  piece.filled = 0;
  while (!piece.is_last && piece.filled < piece.bytes.size()) co_await read_into(body, piece);
}

// Ends the reading beside it by an exception, since the client may not send anything more for long.
Awaitable<void> use_or_throw(Awaitable<Result<void>> use, std::optional<Error>& failure) {
  const auto used = co_await std::move(use);
  if (used) co_return;
  failure = used.error();
  throw std::runtime_error(used.error().message);
}

// Fills `next` while the use is under way.
Awaitable<Result<void>> use_and_fill(Awaitable<Result<void>> use, BodyReader& body, BodyPiece& next) {
  using namespace asio::experimental::awaitable_operators;
  std::optional<Error> failure;
  auto using_it = use_or_throw(std::move(use), failure);
  auto filling = fill_piece(body, next);
  try {
    co_await (std::move(using_it) && std::move(filling));
  } catch (...) {
    if (!failure) throw;
  }
  if (failure) co_return *failure;
  co_return Result<void>{};
}

}  // namespace

Awaitable<Result<void>> use_in_pieces(BodyReader& body, std::size_t piece_bytes, UsePiece use) {
  BodyPiece one(piece_bytes);
  BodyPiece other(piece_bytes);
  BodyPiece* full = &one;
  BodyPiece* next = &other;
  // What is wrong from its beginning is said to a client that waits before it sends more.
  co_await read_into(body, *full);
  while (full->filled > 0) {
    auto use_of_piece = use(full->text());
    if (full->is_last) {
      const auto used = co_await std::move(use_of_piece);
      if (!used) co_return used.error();
      break;
    }
    const auto used = co_await use_and_fill(std::move(use_of_piece), body, *next);
    if (!used) co_return used.error();
    std::swap(full, next);
  }
  if (full->failure) co_return *full->failure;
  co_return Result<void>{};
}

}  // namespace dropload::http
