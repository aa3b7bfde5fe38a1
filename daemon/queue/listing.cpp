#include "daemon/queue/listing.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "common/db/query.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/text_match.h"

namespace dropload::queue {
namespace {

using db::Query;

constexpr Time first_time{INT64_MIN};
constexpr Time last_time{INT64_MAX};
constexpr std::int64_t hour_ms = 3'600'000;
// Fewer than so many are looked at one by one rather than picked out of all that the text index finds.
constexpr std::int64_t few = 2'000;

// Submissions of one table and route in one state.
struct ListGroup {
  LaneId lane = 0;
  std::string route;
  std::string state;
};

// Numbers from `first` to before `end`.
struct IdRange {
  SubmissionId first = 1;
  SubmissionId end = INT64_MAX;
};

class Lister {
 public:
  Lister(db::Database& database, const ListFilter& filter);
  ListPage page();

 private:
  void read_groups();
  void narrow_to_time();
  void take_newest_of_groups();
  void take_newest_of_all();
  void take_fitting_of_groups();
  void take_fitting_of_index(const std::string& trigrams);
  void take_fitting_of_all();
  void take_named();
  bool look_at(SubmissionId id);
  [[nodiscard]] bool fits(SubmissionId id, bool with_text);
  [[nodiscard]] bool narrows() const {
    return !filter_.states.empty() || filter_.route || filter_.organization || filter_.table;
  }
  [[nodiscard]] bool is_full() const { return ids_.size() >= wanted_; }
  void keep_newest();

  db::Database& d_;
  const ListFilter& filter_;
  std::string part_;  // of the text, folded
  std::size_t wanted_;
  IdRange range_;
  std::map<LaneId, std::string> tables_;  // that fit, folded
  std::vector<ListGroup> groups_;
  std::int64_t in_groups_ = 0;
  std::vector<SubmissionId> ids_;
  int looked_at_ = 0;
  std::optional<SubmissionId> stopped_at_;  // the last that was looked at, when that was all that may be
};

Lister::Lister(db::Database& database, const ListFilter& filter)
    : d_(database), filter_(filter), part_(folded(filter.text)), wanted_(static_cast<std::size_t>(filter.limit) + 1) {
  range_.end = filter.before.value_or(INT64_MAX);
  narrow_to_time();
  if (!narrows() && filter.text.empty()) return;
  Query lanes(d_, "SELECT id, tbl FROM lane WHERE organization = coalesce(?, organization) AND tbl = coalesce(?, tbl)",
              filter.organization, filter.table);
  while (lanes.step()) tables_.emplace(lanes.get<LaneId>(0), folded(lanes.get<std::string>(1)));
}

void Lister::narrow_to_time() {
  if (!filter_.since && !filter_.until) return;
  const std::int64_t since = filter_.since ? filter_.since->ms / hour_ms : INT64_MIN;
  const std::int64_t until = filter_.until ? filter_.until->ms / hour_ms : INT64_MAX;
  Query query(d_, "SELECT min(first_id), max(last_id) FROM accepted_hour WHERE hour BETWEEN ? AND ?", since, until);
  query.step();
  range_.first = query.get<SubmissionId>(0);
  range_.end = std::min(range_.end, query.get<SubmissionId>(1) + 1);
}

void Lister::read_groups() {
  Query query(d_, "SELECT lane, route, state, count FROM tally WHERE count > 0 AND route = coalesce(?, route)",
              filter_.route);
  while (query.step()) {
    const auto state = parse_submission_state(query.get<std::string>(2));
    if (!filter_.states.empty() && (!state || std::ranges::find(filter_.states, *state) == filter_.states.end()))
      continue;
    if (!tables_.contains(query.get<LaneId>(0))) continue;
    groups_.push_back({query.get<LaneId>(0), query.get<std::string>(1), query.get<std::string>(2)});
    in_groups_ += query.get<std::int64_t>(3);
  }
}

void Lister::keep_newest() {
  std::ranges::sort(ids_, std::greater<>());
  if (ids_.size() > wanted_) ids_.resize(wanted_);
}

// What is older than those that are kept already need not be read.
void Lister::take_newest_of_groups() {
  for (const auto& group : groups_) {
    Query query(d_,
                "SELECT id FROM submission WHERE lane = ? AND route = ? AND state = ? AND id >= ? AND id < ? AND "
                "accepted_at >= ? AND accepted_at < ? ORDER BY id DESC LIMIT ?",
                group.lane, group.route, group.state, is_full() ? ids_.back() : range_.first, range_.end,
                filter_.since.value_or(first_time), filter_.until.value_or(last_time), wanted_);
    while (query.step()) ids_.push_back(query.get<SubmissionId>(0));
    keep_newest();
  }
}

void Lister::take_newest_of_all() {
  Query query(d_,
              "SELECT id FROM submission WHERE id >= ? AND id < ? AND accepted_at >= ? AND accepted_at < ? ORDER BY id "
              "DESC LIMIT ?",
              range_.first, range_.end, filter_.since.value_or(first_time), filter_.until.value_or(last_time), wanted_);
  while (query.step()) ids_.push_back(query.get<SubmissionId>(0));
}

bool Lister::fits(SubmissionId id, bool with_text) {
  Query query(d_, "SELECT lane, route, state, accepted_at, file_name, reason FROM submission WHERE id = ?", id);
  if (!query.step()) return false;
  const auto table = tables_.find(query.get<LaneId>(0));
  if (table == tables_.end()) return false;
  if (filter_.route && query.get<std::string>(1) != *filter_.route) return false;
  const auto state = parse_submission_state(query.get<std::string>(2));
  if (!filter_.states.empty() && (!state || std::ranges::find(filter_.states, *state) == filter_.states.end()))
    return false;
  const auto accepted_at = query.get<Time>(3);
  if (accepted_at < filter_.since.value_or(first_time) || accepted_at >= filter_.until.value_or(last_time))
    return false;
  return !with_text || table->second.find(part_) != std::string::npos || has_part(query.get<std::string>(4), part_) ||
         has_part(query.get<std::string>(5), part_);
}

// False when the page is complete.
bool Lister::look_at(SubmissionId id) {
  if (fits(id, true)) ids_.push_back(id);
  if (is_full()) return false;
  if (++looked_at_ < most_looked_at) return true;
  stopped_at_ = id;
  return false;
}

void Lister::take_fitting_of_groups() {
  std::vector<SubmissionId> all;
  for (const auto& group : groups_) {
    Query query(d_, "SELECT id FROM submission WHERE lane = ? AND route = ? AND state = ? AND id >= ? AND id < ?",
                group.lane, group.route, group.state, range_.first, range_.end);
    while (query.step()) all.push_back(query.get<SubmissionId>(0));
  }
  std::ranges::sort(all, std::greater<>());
  for (const auto id : all) {
    if (!look_at(id)) return;
  }
}

void Lister::take_fitting_of_index(const std::string& trigrams) {
  Query query(d_,
              "SELECT rowid FROM submission_text WHERE submission_text MATCH ? AND rowid >= ? AND rowid < ? ORDER BY "
              "rowid DESC",
              trigrams, range_.first, range_.end);
  while (query.step() && look_at(query.get<SubmissionId>(0))) {
  }
}

void Lister::take_fitting_of_all() {
  Query query(d_, "SELECT id FROM submission WHERE id >= ? AND id < ? ORDER BY id DESC", range_.first, range_.end);
  while (query.step() && look_at(query.get<SubmissionId>(0))) {
  }
}

// The one whose number the text is, which the page would leave out otherwise.
void Lister::take_named() {
  const std::string_view digits = filter_.text.starts_with('#') ? std::string_view(filter_.text).substr(1) : part_;
  SubmissionId id = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (failure != std::errc() || end != digits.data() + digits.size()) return;
  if (id >= range_.end || std::ranges::find(ids_, id) != ids_.end() || !fits(id, false)) return;
  // Behind where the search has stopped it is for a later page.
  if (!stopped_at_ || id >= *stopped_at_) ids_.push_back(id);
  keep_newest();
}

ListPage Lister::page() {
  if (narrows()) read_groups();
  if (filter_.text.empty()) {
    narrows() ? take_newest_of_groups() : take_newest_of_all();
  } else {
    const auto trigrams = trigram_query(filter_.text);
    if (narrows() && in_groups_ <= few) {
      take_fitting_of_groups();
    } else if (!trigrams.empty()) {
      take_fitting_of_index(trigrams);
    } else {
      take_fitting_of_all();
    }
    take_named();
  }
  ListPage page;
  if (is_full()) {
    ids_.pop_back();
    page.next = ids_.back();
  } else {
    page.next = stopped_at_;
  }
  for (const auto id : ids_) {
    if (auto submission = submission_with(d_, id)) page.submissions.push_back(std::move(*submission));
  }
  return page;
}

}  // namespace

Result<ListPage> list_page(Store& store, const ListFilter& filter) {
  if (filter.limit < 1 || filter.limit > 1000) {
    return error(Errc::invalid_argument, "a list has 1 to 1000 submissions, not {}", filter.limit);
  }
  return read(store.database(), "cannot list submissions",
              [&](db::Database& d) -> Result<ListPage> { return Lister(d, filter).page(); });
}

}  // namespace dropload::queue
