#include "daemon/service/fault_json.h"

#include <nlohmann/json.hpp>

#include <fmt/ranges.h>

#include "common/base/json_depth.h"

namespace dropload::service {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::int64_t most_calls = 1'000'000'000;
constexpr std::int64_t longest_seconds = 24 * 3'600;

struct GroupWord {
  std::string_view word;
  CallGroup group;
};
constexpr std::array group_words{GroupWord{"metadata", CallGroup::metadata}, GroupWord{"create", CallGroup::create},
                                 GroupWord{"status", CallGroup::status}};

bool takes(const FaultRule& rule, FaultSetting setting) {
  return (rule.settings & static_cast<std::uint8_t>(setting)) != 0;
}

// Reads the members of one fault and notes the first that is wrong.
class FaultReader {
 public:
  FaultReader(const OrderedJson& object, std::size_t number) : object_(object), number_(number) {}

  Result<Fault> read() {
    if (!object_.is_object()) return wrong("is no object", R"({"fault": "lose_answer"})");
    Fault fault;
    if (auto kind = read_kind()) {
      fault.kind = *kind;
    } else {
      return wrong("needs a \"fault\"", "one of " + all_words());
    }
    read_common(fault);
    read_own(fault, rule_of(fault.kind));
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(known_, key) == known_.end())
        note(key, "is not known here", fmt::format("only {}", fmt::join(known_, ", ")));
    }
    if (problem_) return *problem_;
    return fault;
  }

 private:
  static std::string all_words() {
    std::vector<std::string_view> words;
    for (const FaultRule& rule : fault_rules()) words.push_back(rule.word);
    return fmt::format("{}", fmt::join(words, ", "));
  }

  std::optional<FaultKind> read_kind() {
    const OrderedJson* value = find("fault");
    if (value == nullptr || !value->is_string()) return std::nullopt;
    const auto found = std::ranges::find(fault_rules(), value->get<std::string>(), &FaultRule::word);
    return found == fault_rules().end() ? std::nullopt : std::optional(found->kind);
  }

  void read_common(Fault& fault) {
    read_number("skip", fault.skip, 0, most_calls);
    if (const OrderedJson* rate = find("rate")) {
      if (rate->is_number() && rate->get<double>() > 0 && rate->get<double>() <= 1) {
        fault.rate = rate->get<double>();
        fault.count.reset();
      } else {
        note("rate", "is no share of the calls", "a number over 0, up to 1");
      }
    }
    read_number("seed", fault.seed, 0, std::numeric_limits<std::int64_t>::max());
    if (const OrderedJson* count = find("count"); count != nullptr && *count == "all") {
      fault.count.reset();
    } else if (count != nullptr) {
      int calls = 1;
      read_number("count", calls, 1, most_calls);
      fault.count = calls;
    }
    std::int64_t seconds = 0;
    find("seen");  // what is shown can be sent back as it is
    find("struck");
    if (read_number("for_seconds", seconds, 1, longest_seconds)) fault.lasts = Milliseconds{seconds * 1'000};
  }

  void read_own(Fault& fault, const FaultRule& rule) {
    if (takes(rule, FaultSetting::on)) read_groups(fault);
    if (takes(rule, FaultSetting::after_bytes))
      read_number("after_bytes", fault.after_bytes, 1, std::int64_t{1} << 30U);
    if (takes(rule, FaultSetting::seconds)) read_number("seconds", fault.seconds, 0, longest_seconds);
    if (takes(rule, FaultSetting::status)) read_number("status", fault.status, 500, 599);
    if (takes(rule, FaultSetting::slots)) read_number("slots", fault.slots, 1, 100);
    if (takes(rule, FaultSetting::page)) {
      if (const OrderedJson* page = find("page")) {
        if (page->is_boolean()) fault.page = page->get<bool>();
        if (!page->is_boolean()) note("page", "is neither true nor false", "true for a gateway's HTML page");
      }
    }
    if (takes(rule, FaultSetting::job)) {
      if (const OrderedJson* job = find("job")) {
        if (job->is_string()) fault.job = job->get<std::string>();
        if (!job->is_string()) note("job", "is no text", "a job's id in quotes");
      }
    }
  }

  void read_groups(Fault& fault) {
    const OrderedJson* on = find("on");
    if (on == nullptr) return;
    std::uint8_t groups = 0;
    for (const OrderedJson& each : on->is_array() ? *on : OrderedJson::array()) {
      for (const GroupWord& known : group_words) {
        if (each == known.word) groups |= static_cast<std::uint8_t>(known.group);
      }
    }
    const auto named = static_cast<std::size_t>(std::popcount(groups));
    if (groups == 0 || named != on->size()) {
      note("on", "is no list of calls", R"(some of ["metadata", "create", "status"])");
      return;
    }
    fault.on = groups;
  }

  template <typename T>
  bool read_number(std::string_view key, T& into, std::int64_t least, std::int64_t most) {
    const OrderedJson* value = find(key);
    if (value == nullptr) return false;
    const bool fits = value->is_number_integer() && *value >= least && *value <= most;
    if (fits) into = static_cast<T>(value->get<std::int64_t>());
    if (!fits) note(key, "is out of range", fmt::format("a whole number from {} to {}", least, most));
    return fits;
  }

  const OrderedJson* find(std::string_view key) {
    known_.emplace_back(key);
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  Error wrong(std::string_view what, std::string_view instead) const {
    return error(Errc::invalid_argument, "fault {}: it {}; write {}", number_, what, instead);
  }

  void note(std::string_view key, std::string_view what, std::string_view instead) {
    if (!problem_)
      problem_ = error(Errc::invalid_argument, "fault {}: \"{}\" {}; write {}", number_, key, what, instead);
  }

  const OrderedJson& object_;
  std::size_t number_;
  std::vector<std::string> known_;
  std::optional<Error> problem_;
};

void show_own(OrderedJson& shown, const Fault& fault, const FaultRule& rule) {
  if (takes(rule, FaultSetting::on)) {
    shown["on"] = OrderedJson::array();
    for (const GroupWord& known : group_words) {
      if ((fault.on & static_cast<std::uint8_t>(known.group)) != 0) shown["on"].push_back(known.word);
    }
  }
  if (takes(rule, FaultSetting::after_bytes)) shown["after_bytes"] = fault.after_bytes;
  if (takes(rule, FaultSetting::seconds)) shown["seconds"] = fault.seconds;
  if (takes(rule, FaultSetting::status)) shown["status"] = fault.status;
  if (takes(rule, FaultSetting::page)) shown["page"] = fault.page;
  if (takes(rule, FaultSetting::job) && !fault.job.empty()) shown["job"] = fault.job;
  if (takes(rule, FaultSetting::slots)) shown["slots"] = fault.slots;
}

OrderedJson to_json(const FaultTable::Entry& entry) {
  const Fault& fault = entry.fault;
  const FaultRule& rule = rule_of(fault.kind);
  OrderedJson shown{{"fault", rule.word}, {"skip", fault.skip}, {"count", "all"}};
  if (fault.count) shown["count"] = *fault.count;
  if (fault.rate < 1) {
    shown["rate"] = fault.rate;
    shown["seed"] = fault.seed;
  }
  if (fault.lasts) shown["for_seconds"] = fault.lasts->count() / 1'000;
  show_own(shown, fault, rule);
  shown["seen"] = entry.seen;
  shown["struck"] = entry.struck;
  return shown;
}

}  // namespace

Result<std::vector<Fault>> decode_faults(std::string_view json) {
  const OrderedJson list = nests_deeper_than(json) ? OrderedJson() : OrderedJson::parse(json, nullptr, false);
  if (!list.is_array() || list.size() > max_faults) {
    return error(Errc::invalid_argument, R"(this is no list of at most {} faults; write [{{"fault": "lose_answer"}}])",
                 max_faults);
  }
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto fault = FaultReader(list[i], i + 1).read();
    if (!fault) return fault.error();
    faults.push_back(std::move(*fault));
  }
  return faults;
}

std::string encode_faults(std::span<const FaultTable::Entry> entries) {
  OrderedJson list = OrderedJson::array();
  for (const FaultTable::Entry& entry : entries) list.push_back(to_json(entry));
  return list.dump();
}

}  // namespace dropload::service
