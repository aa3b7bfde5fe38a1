#include "daemon/api/events.h"

#include <spdlog/spdlog.h>
#include <boost/asio/post.hpp>

#include "common/base/text.h"
#include "daemon/api/event_stream.h"

namespace dropload::api {
namespace {

constexpr int read_at_once = 1'000;
constexpr Milliseconds wait_after_failed_read{1'000};

struct NewEvents {
  std::vector<queue::Happened> happened;
  queue::AllPauses pauses;
};

Result<NewEvents> read_new(queue::Store& store, queue::EventId after) {
  auto happened = queue::happened_after(store, after, read_at_once);
  if (!happened) return happened.error();
  auto pauses = queue::all_pauses(store);
  if (!pauses) return pauses.error();
  return NewEvents{std::move(*happened), std::move(*pauses)};
}

struct Beginning {
  queue::EventId newest = 0;
  queue::AllPauses pauses;
  // What happened behind the one that was asked for; nothing when that is too much, or not known.
  std::optional<std::vector<queue::Happened>> missed;
};

Result<Beginning> read_beginning(queue::Store& store, std::optional<queue::EventId> after) {
  const auto newest = queue::newest_event(store);
  if (!newest) return newest.error();
  auto pauses = queue::all_pauses(store);
  if (!pauses) return pauses.error();
  Beginning beginning{*newest, std::move(*pauses), {}};
  if (!after || *after > *newest) return beginning;
  auto missed = queue::happened_after(store, *after, static_cast<int>(Events::most_kept) + 1);
  if (!missed) return missed.error();
  if (missed->size() <= Events::most_kept) beginning.missed = std::move(*missed);
  return beginning;
}

// The names of which the reason is another one now, or there is none any more.
std::set<std::string> changed_names(const std::map<std::string, std::string>& before,
                                    const std::map<std::string, std::string>& now) {
  std::set<std::string> names;
  for (const auto& [name, reason] : before) {
    const auto found = now.find(name);
    if (found == now.end() || found->second != reason) names.insert(name);
  }
  for (const auto& [name, reason] : now) {
    if (!before.contains(name)) names.insert(name);
  }
  return names;
}

}  // namespace

std::string event_text(const queue::Happened& happened) {
  Json json;
  json["id"] = happened.submission;
  json["state"] = to_string(happened.state);
  json["what"] = readable(happened.what);
  json["route"] = readable(happened.route);
  json["organization"] = readable(happened.organization);
  json["table"] = readable(happened.table);
  json["file_name"] = escaped(happened.file_name);
  json["at"] = to_rfc3339(happened.at);
  return fmt::format("event: submission\nid: {}\ndata: {}\n\n", happened.id, json.dump());
}

std::string event_text(std::string_view kind, const std::string& name) {
  Json json;
  json["name"] = readable(name);
  return fmt::format("event: {}\ndata: {}\n\n", kind, json.dump());
}

Events::Events(queue::StoreThread& store, http::asio::any_io_executor executor, Settings settings)
    : store_(store), settings_(settings), executor_(executor), changed_(std::make_shared<http::Wakeup>(executor)) {
  store_.on_change([weak = std::weak_ptr(changed_), executor] {
    http::asio::post(executor, [weak] {
      if (const auto changed = weak.lock()) changed->notify();
    });
  });
}

Events::~Events() {
  store_.on_change({});
}

http::Awaitable<void> Events::run() {
  for (;;) {
    co_await changed_->wait(std::nullopt);
    if (streams_.empty()) continue;
    const auto more = co_await read_more();
    if (!more) {
      spdlog::warn("what happened cannot be told to those who follow it, and is read again: {}", more.error().message);
      co_await http::sleep_for(wait_after_failed_read);
    }
    if (!more || *more) changed_->notify();
    co_await http::sleep_for(settings_.read_every);
  }
}

// True: there is more than was read at once.
http::Awaitable<Result<bool>> Events::read_more() {
  auto work = [after = last_id_](queue::Store& store) { return read_new(store, after); };
  auto read = co_await store_.run(std::move(work));
  if (!read) co_return read.error();
  std::set<std::string> organizations;
  for (const auto& happened : read->happened) {
    if (happened.id <= last_id_) continue;
    last_id_ = happened.id;
    organizations.insert(happened.organization);
    keep(happened.id, happened.route, happened.organization, event_text(happened));
  }
  for (const auto& name : changed_names(pauses_.organizations, read->pauses.organizations)) organizations.insert(name);
  for (const auto& name : organizations) keep(0, "", name, event_text("organization", name));
  for (const auto& name : changed_names(pauses_.routes, read->pauses.routes))
    keep(0, name, "", event_text("route", name));
  pauses_ = std::move(read->pauses);
  for (auto* stream : streams_) stream->wakeup.notify();
  co_return read->happened.size() == static_cast<std::size_t>(read_at_once);
}

void Events::keep(queue::EventId id, std::string route, std::string organization, std::string text) {
  kept_.push_back({++last_number_, id, std::move(route), std::move(organization), std::move(text)});
  if (kept_.size() > most_kept) kept_.pop_front();
}

http::Awaitable<Result<std::shared_ptr<http::BodySource>>> Events::listen(Filter filter,
                                                                          std::optional<queue::EventId> after) {
  const auto refuse = [] {
    return error(Errc::unavailable, "{} follow the events already, and no more can; close one of them", most_listeners);
  };
  if (closed_ || streams_.size() >= most_listeners) co_return refuse();
  auto work = [after](queue::Store& store) { return read_beginning(store, after); };
  auto beginning = co_await store_.run(std::move(work));
  if (!beginning) co_return beginning.error();
  if (closed_ || streams_.size() >= most_listeners) co_return refuse();
  if (streams_.empty()) {
    kept_.clear();
    last_id_ = beginning->newest;
    pauses_ = std::move(beginning->pauses);
  }
  auto stream = std::make_shared<Stream>(*this, executor_, std::move(filter));
  stream->begin(beginning->newest, beginning->missed);
  // What was committed since the store was read.
  changed_->notify();
  co_return std::shared_ptr<http::BodySource>(std::move(stream));
}

void Events::close() {
  closed_ = true;
  for (auto* stream : streams_) stream->wakeup.notify();
}

}  // namespace dropload::api
