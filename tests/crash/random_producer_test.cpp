// A random producer against the daemon, which is killed now and then, and the import service. In the end every byte
// string that was completely dropped is in exactly once or visibly held, and no other is.

#include <csignal>

#include <gtest/gtest.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "daemon/intake/sha256.h"
#include "tests/support/eventually.h"
#include "tests/support/producer.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

namespace fs = std::filesystem;

using test::Producer;
using test::World;

struct Run {
  unsigned seed;
  bool on_another_file_system;
};

class RandomProducer : public testing::TestWithParam<Run> {
 protected:
  static constexpr int steps = 160;
  static constexpr int steps_between_kills = 45;

  static std::string sha256_of(const std::string& text) {
    intake::Sha256 hash;
    hash.update(std::as_bytes(std::span(text)));
    return hash.finish();
  }
  // How many rows of each content are in its table.
  static std::map<int, int> rows_in_tables(const World& world) {
    std::map<int, int> rows;
    SQLite::Database database(world.path() / "service" / "warehouse.db", SQLite::OPEN_READONLY, 5000);
    for (const std::string table : {"t0", "t1", "t2", "t3"}) {
      if (!database.tableExists(table)) continue;
      SQLite::Statement count(database, "SELECT id, count(*), count(DISTINCT name) FROM \"" + table + "\" GROUP BY id");
      while (count.executeStep()) {
        rows[count.getColumn(0).getInt()] = count.getColumn(1).getInt();
        EXPECT_EQ(count.getColumn(1).getInt(), count.getColumn(2).getInt()) << "a row is in twice in " << table;
      }
    }
    return rows;
  }
  static std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (!entry.is_directory()) names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
  // Until nothing lies in the drop directory but what is left alone, nothing is on its way in, and all else has ended
  // or is held.
  static nlohmann::json wait_until_all_is_taken(World& world, const std::vector<std::string>& left) {
    nlohmann::json all;
    const bool is_over = test::eventually([&] {
      if (names_in(world.drop_directory("append")) != left) return false;
      all = world.wait_until_settled(1);
      const auto held = std::ranges::count_if(all, [](const auto& s) { return s.at("state") == "held"; });
      const fs::directory_iterator entries(world.path() / "state" / "spool");
      return std::distance(begin(entries), end(entries)) == held;
    });
    return is_over ? all : nlohmann::json::array();
  }
};

TEST_P(RandomProducer, EveryContentThatWasDroppedIsInOnceOrHeldAndNoOther) {
  World world(
      {.lost_job_wait = Milliseconds{9'000}, .drops_on_another_file_system = GetParam().on_another_file_system});
  world.start();
  const fs::path drop = world.drop_directory("append");
  const fs::path outside = drop.parent_path() / "outside";
  fs::create_directory(outside);
  Producer producer(drop, outside, GetParam().seed);
  for (int step = 1; step <= steps; ++step) {
    producer.step();
    if (step % 4 == 0) (void)world.submissions();  // the daemon has its turn
    if (step % steps_between_kills != 0) continue;
    world.daemon().send_signal(SIGKILL);
    ASSERT_TRUE(world.daemon().wait_end());
    for (int i = 0; i < 5; ++i) producer.step();
    world.start();
  }
  producer.finish();

  auto left = producer.left_alone();
  std::ranges::sort(left);
  const auto all = wait_until_all_is_taken(world, left);
  ASSERT_FALSE(all.empty()) << testing::PrintToString(names_in(drop)) << "\n" << world.daemon().log();

  std::map<std::string, std::multiset<std::string>> states;  // by hash
  for (const auto& one : all) states[one.at("sha256")].insert(one.at("state").get<std::string>());
  auto rows = rows_in_tables(world);
  std::size_t submissions = 0;
  for (const auto& content : producer.contents_made()) {
    const auto found = states.find(sha256_of(content.text));
    const int in = rows[content.number];
    if (!content.dropped) {
      EXPECT_EQ(in, 0) << "content " << content.number << " was taken back";
      EXPECT_TRUE(found == states.end()) << content.number;
      continue;
    }
    ASSERT_TRUE(found != states.end()) << "content " << content.number << " of table " << content.table
                                       << " is lost: " << in << " of its " << content.rows << " rows are in, "
                                       << content.text.size() << " bytes, they lie in "
                                       << testing::PrintToString(world.places_of(content.text)) << "\n"
                                       << world.daemon().log();
    submissions += found->second.size();
    EXPECT_LE(found->second.count("done"), 1U) << content.number;
    EXPECT_EQ(found->second.count("done") + found->second.count("held"), found->second.size()) << content.number;
    EXPECT_TRUE(in == content.rows || (in == 0 && found->second.count("done") == 0))
        << "content " << content.number << " has " << in << " of " << content.rows << " rows in the table";
  }
  EXPECT_EQ(submissions, all.size()) << "a byte string was taken that nobody dropped";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProducer,
                         testing::Values(Run{1, false}, Run{2, false}, Run{3, true}, Run{4, true}),
                         [](const auto& one) { return "Seed" + std::to_string(one.param.seed); });

}  // namespace
}  // namespace dropload
