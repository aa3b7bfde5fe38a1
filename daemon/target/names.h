#pragma once

// Names of workspaces and tables to ids, remembered. Private to the room. On the io thread.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "daemon/target/reading.h"

namespace dropload::target {

struct Ids {
  std::string workspace;
  std::optional<std::string> view;  // nothing: there is no such table
};

class Names {
 public:
  // GETs this target (path and query) of the API.
  using Ask = std::function<Awaitable<ReadResult>(std::string target)>;
  explicit Names(Ask ask) : ask_(std::move(ask)) {}

  // How many calls `find` may make now: at most 2.
  [[nodiscard]] int calls_needed(const queue::TableKey& table) const;

  using Found = std::variant<Ids, Refused, NeverSent>;
  Awaitable<Found> find(queue::TableKey table);

  void forget(const queue::TableKey& table);

 private:
  using Text = std::variant<std::string, Refused, NeverSent>;
  Awaitable<Text> workspace_id(std::string name);
  Awaitable<Text> view_id(std::string workspace_id, queue::TableKey table);

  Ask ask_;
  std::map<std::string, std::string> workspaces_;  // name -> id
  std::map<std::pair<std::string, std::string>, std::string>
      views_;  // workspace and table as the route names them -> id
};

}  // namespace dropload::target
