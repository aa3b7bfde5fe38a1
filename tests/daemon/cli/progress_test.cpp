#include "daemon/cli/progress.h"

#include <sstream>

#include <gtest/gtest.h>

namespace dropload::cli {
namespace {

TEST(Progress, OnATerminalOneLineIsWrittenOver) {
  std::ostringstream out;
  {
    Progress progress(out, Progress::To::terminal);
    progress.now("10 %");
    progress.now("10 %");
    progress.now("20 %");
  }
  EXPECT_EQ(out.str(), "\r\x1b[K10 %\r\x1b[K20 %\r\x1b[K");
}

TEST(Progress, WhatIsSaidStaysAndTakesThePlaceOfTheLine) {
  std::ostringstream out;
  {
    Progress progress(out, Progress::To::terminal);
    progress.now("20 %");
    progress.say("accepted");
  }
  EXPECT_EQ(out.str(), "\r\x1b[K20 %\r\x1b[Kaccepted\n");
}

TEST(Progress, ElsewhereOnlyWhatHasHappenedIsWritten) {
  std::ostringstream out;
  Progress progress(out, Progress::To::stream);
  progress.now("20 %");
  progress.say("accepted");
  EXPECT_EQ(out.str(), "accepted\n");
}

TEST(Progress, ToNobodyNothingIsWritten) {
  std::ostringstream out;
  Progress progress(out, Progress::To::nobody);
  progress.now("20 %");
  progress.say("accepted");
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace dropload::cli
