#include "daemon/service/json_outline.h"

#include <optional>
#include <utility>

#include "common/base/json_depth.h"
#include "common/zoho/answers.h"
#include "daemon/service/loader_plan.h"

namespace dropload::service {
namespace {

// Values beside the records are kept in memory.
constexpr std::size_t max_outer_bytes = 1024 * 1024;

// Looks for the records of a file that is one object: they are the elements of the only array in it that is not inside
// another one. With a second array, rows are made of both, and the object is one record.
class RecordArray {
 public:
  void open(JsonPaths::Path path, std::uint64_t offset, std::int64_t line) {
    is_given_up_ = is_given_up_ || is_found_;
    is_found_ = true;
    is_open_ = true;
    path_ = path;
    offset_ = offset;
    line_ = line;
  }
  void note_value() { has_elements_ = has_elements_ || is_open_; }
  void close() { is_open_ = false; }
  void note_outer(JsonOutline::Outer value) {
    outer_bytes_ += value.text.size() + sizeof value;
    is_given_up_ = is_given_up_ || outer_bytes_ > max_outer_bytes;
    if (!is_given_up_) outer_.push_back(std::move(value));
  }
  void put_into(JsonOutline& outline) {
    if (is_given_up_ || !has_elements_) return;
    outline.in_array = true;
    outline.offset = offset_;
    outline.line = line_;
    outline.array = path_;
    outline.outer = std::move(outer_);
  }

 private:
  bool is_given_up_ = false;
  bool is_found_ = false;
  bool is_open_ = false;
  bool has_elements_ = false;
  JsonPaths::Path path_ = JsonPaths::root;
  std::uint64_t offset_ = 0;
  std::int64_t line_ = 0;
  std::vector<JsonOutline::Outer> outer_;
  std::size_t outer_bytes_ = 0;
};

class OutlineReader : public JsonEvents<OutlineReader> {
 public:
  OutlineReader(JsonText& text, JsonOutline& outline) : text_(text), outline_(outline) {}

  [[nodiscard]] const std::optional<LoadFailure>& failure() const { return failure_; }
  void begin_value() { ++values_; }
  // After the last value.
  void finish() {
    if (values_ == 1 && !outline_.in_array) records_.put_into(outline_);
  }

  bool value(std::string_view text, JsonKind kind) {
    text_.note_place();
    records_.note_value();
    const auto path = here();
    if (path == JsonPaths::root) {
      return fail(fmt::format("line {} holds a value without a name; a record is an object", text_.line()));
    }
    if (kind == JsonKind::null) {
      outline_.paths.note_nothing(path);
    } else {
      outline_.paths.note_value(path);
    }
    if (values_ == 1 && arrays_ == 0) records_.note_outer({path, std::string(text), kind});
    return true;
  }

  bool member(std::string_view key) {
    text_.note_place();
    Container& object = open_.back();
    object.is_empty = false;
    const auto path = outline_.paths.member(object.path, key);
    if (path && outline_.paths.name_bytes(*path) > max_column_name_bytes) {
      return fail(
          fmt::format("the keys that lead to a value in line {} are longer than {} bytes together, the most that "
                      "the name of a column may have",
                      text_.line(), max_column_name_bytes));
    }
    if (path) {
      object.member = *path;
      return true;
    }
    failure_ = LoadFailure(7478, fmt::format("Up to line {} the file has more different keys than a table could ever "
                                             "have columns.",
                                             text_.line()));
    return false;
  }

  bool open(bool is_array) {
    records_.note_value();
    if (open_.size() == max_json_depth) {
      return fail(fmt::format("line {} is nested deeper than {} levels", text_.line(), max_json_depth));
    }
    const auto path = here();
    open_.push_back({path, path, is_array, true});
    const std::uint64_t place = text_.note_place();
    if (!is_array) return true;
    if (arrays_++ == 0 && values_ == 1) note_array(path, place);
    return true;
  }

  bool close(bool is_array) {
    text_.note_place();
    const Container closed = open_.back();
    open_.pop_back();
    if (is_array && --arrays_ == 0) records_.close();
    if (closed.is_empty && closed.path != JsonPaths::root) outline_.paths.note_nothing(closed.path);
    return true;
  }

 private:
  struct Container {
    JsonPaths::Path path;
    JsonPaths::Path member;  // of an object: where its next value belongs; of an array its own path
    bool is_array;
    bool is_empty;
  };

  // Where the next value belongs. An element belongs where its array does.
  JsonPaths::Path here() {
    if (open_.empty()) return JsonPaths::root;
    open_.back().is_empty = false;
    return open_.back().member;
  }

  void note_array(JsonPaths::Path path, std::uint64_t place) {
    if (open_.size() > 1) return records_.open(path, place, text_.line());
    outline_.in_array = true;
    outline_.offset = place;
    outline_.line = text_.line();
  }

  bool fail(const std::string& why) {
    failure_ = no_json(why);
    return false;
  }

  JsonText& text_;
  JsonOutline& outline_;
  RecordArray records_;
  std::vector<Container> open_;
  int arrays_ = 0;  // open ones
  int values_ = 0;  // of the whole file
  std::optional<LoadFailure> failure_;
};

LoadFailure failure_of(const Error& failure) {
  if (failure.code == Errc::too_large) return no_json(failure.message);
  return failure;
}

LoadFailure failure_of(const OutlineReader& reader, const JsonText& text) {
  if (reader.failure()) return *reader.failure();
  return no_json(fmt::format("line {}: {}", text.line(), reader.complaint()));
}

LoadStep<JsonOutline> read_values(JsonText& text) {
  JsonOutline outline;
  OutlineReader reader(text, outline);
  bool is_empty = true;
  for (text.skip_blanks(); !text.at_end(); text.skip_blanks()) {
    const char first = text.front();
    if (outline.in_array) {
      return no_json(fmt::format("something follows the end of the array, in line {}", text.next_line()));
    }
    if (first != '{' && (first != '[' || !is_empty)) {
      return no_json(
          fmt::format("line {} begins with something that is no record; a record is an object", text.next_line()));
    }
    is_empty = false;
    reader.begin_value();
    const bool parsed = nlohmann::json::sax_parse(JsonIterator(text), JsonIterator(), &reader,
                                                  nlohmann::json::input_format_t::json, false);
    if (!parsed) return failure_of(reader, text);
  }
  if (is_empty) return LoadFailure(7203, "The file is empty.");
  reader.finish();
  return outline;
}

}  // namespace

LoadFailure no_json(const std::string& why) {
  return {7248, "The file cannot be read as JSON: " + zoho::escape_html(why) + "."};
}

LoadStep<JsonOutline> read_json_outline(JsonText& text) {
  try {
    return read_values(text);
  } catch (const JsonText::Broken&) {
    return failure_of(*text.failure());
  }
}

}  // namespace dropload::service
