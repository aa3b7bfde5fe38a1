// [daemon], [schedule] and [service].

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

using namespace std::chrono_literals;

class DaemonTable : public test::ConfigTest {};
class ScheduleTable : public test::ConfigTest {};
class ServiceTable : public test::ConfigTest {};

TEST_F(DaemonTable, EveryKeyIsRead) {
  const Config c = config_below(R"([daemon]
state_directory = "state"
listen = "[::1]:9000"
allowed_hosts = ["imports.example.com"]
max_body = "10MB"
max_waiting = 7
max_spool = "1GB"
log_level = "debug"
stop_grace = "5s"
)");
  EXPECT_EQ(c.state_directory, directory.path() / "state");
  EXPECT_EQ(c.listen_address, "::1");
  EXPECT_EQ(c.listen_port, 9000);
  EXPECT_EQ(c.allowed_hosts, std::vector<std::string>{"imports.example.com"});
  EXPECT_EQ(c.max_body_bytes, 10u * 1024 * 1024);
  EXPECT_EQ(c.max_waiting, 7U);
  EXPECT_EQ(c.max_spool_bytes, 1024u * 1024 * 1024);
  EXPECT_EQ(c.log_level, "debug");
  EXPECT_EQ(c.stop_grace, 5s);
  EXPECT_EQ(c.service.data_directory, directory.path() / "state/service");
}

TEST_F(DaemonTable, AStateDirectoryWithoutAParentIsReported) {
  EXPECT_EQ(
      problems_below("[daemon]\nstate_directory = \"no/where\"\n"),
      "9:19: state_directory: the directory DIR/no does not exist; make it, or write the path of one that does\n");
}

TEST_F(DaemonTable, AStateDirectoryThatIsAFileIsReported) {
  directory.write("state", "");
  EXPECT_EQ(problems_below("[daemon]\nstate_directory = \"state\"\n"),
            "9:19: state_directory: DIR/state is no directory; write the path of one\n");
}

TEST_F(DaemonTable, AHostWithAPortIsReported) {
  EXPECT_EQ(
      problems_below("[daemon]\nallowed_hosts = [\"a.example.com:80\"]\n"),
      "9:17: allowed_hosts: \"a.example.com:80\" is no host; write the name alone, without http:// and port, such as "
      "\"imports.example.com\"\n");
}

TEST_F(DaemonTable, ThereIsAlwaysALimitForWhatWaits) {
  EXPECT_EQ(problems_below("[daemon]\nmax_waiting = 0\nmax_spool = \"99MB\"\n"),
            "9:15: max_waiting: 0 is out of range; write a number from 1 to 10000000\n"
            "10:13: max_spool: 99MB is out of range; write 100MB to 1048576GB\n");
}

TEST_F(DaemonTable, LimitsOutOfRangeAreReportedWithTheRange) {
  EXPECT_EQ(problems_below("[daemon]\nmax_body = \"10GB\"\nstop_grace = \"1h\"\nlisten = \"127.0.0.1:99999\"\n"),
            "9:12: max_body: 10GB is out of range; write 1B to 10000MB\n"
            "10:14: stop_grace: 1h is out of range; write 0ms to 10m\n"
            "11:10: listen: \"127.0.0.1:99999\" has no port between 0 and 65535; write address and port, such as "
            "\"127.0.0.1:8787\" or "
            "\"[::1]:8787\"\n");
}

TEST_F(ScheduleTable, EveryKeyIsRead) {
  const auto config = config_below(R"([schedule]
first_poll = "100ms"
poll_every = "1s"
retry_first = "2s"
retry_most = "3s"
lost_job_wait = "4s"
pause_probe = "5s"
merge_files = 20
)");
  const auto& outcome = config.outcome;
  EXPECT_EQ(config.merge_files, 20);
  EXPECT_EQ(outcome.first_poll, 100ms);
  EXPECT_EQ(outcome.poll_every, 1s);
  EXPECT_EQ(outcome.backoff.first, 2s);
  EXPECT_EQ(outcome.backoff.most, 3s);
  EXPECT_EQ(outcome.lost_job_wait, 4s);
  EXPECT_EQ(outcome.pause_probe, 5s);
}

TEST_F(ScheduleTable, ARetryThatShrinksIsReported) {
  EXPECT_EQ(problems_below("[schedule]\nretry_first = \"10m\"\n"),
            "9:15: retry_first: retry_most (5m) is below retry_first (10m); raise the one or lower the other\n");
  EXPECT_EQ(problems_below("[schedule]\nretry_first = \"2m\"\nretry_most = \"1m\"\n"),
            "10:14: retry_most: retry_most (1m) is below retry_first (2m); raise the one or lower the other\n");
}

TEST_F(ScheduleTable, PollingTooSeldomForAnHoursMemoryIsReported) {
  EXPECT_EQ(problems_below("[schedule]\npoll_every = \"31m\"\n"),
            "9:14: poll_every: 31m is out of range; write 10ms to 30m\n");
}

TEST_F(ServiceTable, EveryKeyIsRead) {
  const auto service = config_below(R"([service]
listen = "127.0.0.1:0"
data_directory = "tables"
summary_kept = "10m"
loader_threads = 4
slow_jobs = "3s"
batch_wait = "5m"
private_callbacks = true
)")
                           .service;
  EXPECT_EQ(service.address, "127.0.0.1");
  EXPECT_EQ(service.port, 0);
  EXPECT_EQ(service.data_directory, directory.path() / "tables");
  EXPECT_EQ(service.summary_kept, 10min);
  EXPECT_EQ(service.loader_threads, 4);
  EXPECT_EQ(service.slow_jobs, 3s);
  EXPECT_EQ(service.batch_wait, 5min);
  EXPECT_TRUE(service.private_callbacks);
}

TEST_F(ServiceTable, CannotListenWhereTheDaemonDoes) {
  EXPECT_EQ(problems_below("[service]\nlisten = \"127.0.0.1:8787\"\nloader_threads = 0\n"),
            "9:10: listen: is the daemon's own address and port; write another port, such as \"127.0.0.1:8788\"\n"
            "10:18: loader_threads: 0 is out of range; write a number from 1 to 32\n");
}

TEST_F(ServiceTable, TheServicesDefaultAddressClashesToo) {
  EXPECT_EQ(problems_below("[daemon]\nlisten = \"127.0.0.1:8788\"\n"),
            "9:10: listen: is the import service's address and port; write another port, such as "
            "\"127.0.0.1:8787\"\n");
  EXPECT_EQ(problems_below("[service]\nloader_threads = 1\n[daemon]\nlisten = \"127.0.0.1:8788\"\n"),
            "11:10: listen: is the import service's address and port; write another port, such as "
            "\"127.0.0.1:8787\"\n");
}

TEST_F(ServiceTable, AnAddressThatStandsForAllClashesWithEach) {
  const std::string clash =
      ": listen: is the daemon's own address and port; write another port, such as "
      "\"127.0.0.1:8788\"\n";
  const auto with = [](std::string_view daemon, std::string_view service) {
    return fmt::format("[daemon]\nlisten = \"{}\"\n[service]\nlisten = \"{}\"\n", daemon, service);
  };
  EXPECT_EQ(problems_below(with("0.0.0.0:9000", "127.0.0.1:9000")), "11:10" + clash);
  EXPECT_EQ(problems_below(with("192.0.2.1:9000", "0.0.0.0:9000")), "11:10" + clash);
  EXPECT_EQ(problems_below(with("[::]:9000", "127.0.0.1:9000")), "11:10" + clash);
  EXPECT_EQ(problems_below(with("[::]:9000", "0.0.0.0:9000")), "11:10" + clash);
  EXPECT_EQ(problems_below(with("[::1]:9000", "0.0.0.0:9000")), "");
  EXPECT_EQ(problems_below(with("127.0.0.1:9000", "127.0.0.2:9000")), "");
  EXPECT_EQ(problems_below(with("0.0.0.0:0", "127.0.0.1:0")), "");
  EXPECT_EQ(problems_below("[daemon]\nlisten = \"0.0.0.0:8788\"\n"),
            "9:10: listen: is the import service's address and port; write another port, such as "
            "\"127.0.0.1:8787\"\n");
}

}  // namespace
}  // namespace dropload
