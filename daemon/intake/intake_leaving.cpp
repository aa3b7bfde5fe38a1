#include "common/http/on_pool.h"
#include "daemon/intake/intake.h"

// What an intake knows of files that stay where they were dropped.

namespace dropload::intake {

http::Awaitable<void> Intake::remember_left(const queue::Route& route, std::uint64_t inode) {
  auto find = [directory = route.drop.value().directory, inode](queue::Store& store) {
    return queue::left_file(store, directory, inode);
  };
  const auto found = co_await parts_.store.run(std::move(find));
  if (found && *found) left_.add(**found);
}

http::Awaitable<std::vector<std::string>> Intake::without_left(const queue::Route& route,
                                                               std::vector<std::string> names) {
  const auto& directory = route.drop.value().directory;
  auto files = co_await on_pool(parts_.pool, [&directory, &names] { return stamps_of(directory, std::move(names)); });
  co_return left_.without_left(directory, std::move(files));
}

http::Awaitable<std::vector<std::string>> Intake::without_left_of_all(const queue::Route& route,
                                                                      queue::FileIdentity root,
                                                                      std::vector<std::string> names) {
  const auto& directory = route.drop.value().directory;
  auto files = co_await on_pool(parts_.pool, [&directory, &names] { return stamps_of(directory, std::move(names)); });
  auto gone = left_.gone(directory, root.inode, files);
  if (!gone.empty()) {
    auto forget = [directory, gone](queue::Store& store) { return queue::forget_left(store, directory, gone); };
    const auto forgotten = co_await parts_.store.run(std::move(forget));
    if (forgotten) left_.forget(directory, gone);
  }
  co_return left_.without_left(directory, std::move(files));
}

}  // namespace dropload::intake
