#pragma once

// Progress on a stream: on a terminal one line that is written over, elsewhere a line whenever something has changed.

#include <ostream>
#include <string>

namespace dropload::cli {

class Progress {
 public:
  enum class To { terminal = 1, stream, nobody };
  Progress(std::ostream& out, To to) : out_(out), to_(to) {}
  // Leaves no half line behind.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // What is going on now, in one line. Shown on a terminal only.
  void now(const std::string& text);
  // Something that has happened: stays. To nobody: not shown.
  void say(const std::string& text);
  [[nodiscard]] bool on_terminal() const { return to_ == To::terminal; }

 private:
  std::ostream& out_;
  To to_;
  std::string shown_;  // the line that the cursor stands behind
};

}  // namespace dropload::cli
