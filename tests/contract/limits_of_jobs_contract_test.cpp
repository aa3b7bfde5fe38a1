// Too large a file, too many jobs, and names that open jobs have taken.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

service::Settings with_small_files() {
  service::Settings settings;
  settings.max_file_bytes = 1000;
  return settings;
}

class FileSizeContract : public WireTest {
 protected:
  FileSizeContract() : WireTest(with_small_files()) {}
};

TEST_F(FileSizeContract, AFileThatIsTooLargeIsAnsweredEarlyAndTheConnectionClosed) {
  const std::string target = service_.create_target(new_table("t"));
  const auto answer = service_.create(target, {{"FILE", std::string(5'000'000, 'x'), "a.csv", ""}});
  expect_refusal(answer, 413, 413, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE");
  EXPECT_EQ(answer.headers["Connection"], "close");
  // Of a chunked body nobody knows the size before: the answer comes while the client still sends.
  auto socket = RawSocket::connect_to(service_.service().port());
  socket.send(head("POST", target, "Transfer-Encoding: chunked\r\nContent-Type: " + form_type() + "\r\n"));
  const std::string form = form_of({{"FILE", std::string(5000, 'x'), "a.csv", ""}});
  socket.send(fmt::format("{:x}\r\n{}\r\n", form.size(), form));
  EXPECT_THAT(socket.read_until("\r\n\r\n"), HasSubstr(" 413 "));
}

TEST_F(FileSizeContract, AFileOfExactlyTheLimitIsTaken) {
  EXPECT_EQ(create("", new_table("t"), "a\n" + std::string(997, 'x') + "\n").status, 200);
}

service::Settings with_jobs_that_do_not_end() {
  service::Settings settings;
  settings.slow_jobs = Milliseconds{3'600'000};
  return settings;
}

class SlotsContract : public WireTest {
 protected:
  SlotsContract() : WireTest(with_jobs_that_do_not_end()) {}

  HttpAnswer create_batch(const std::string& name) {
    const Json config{{"tableName", name}, {"autoIdentify", true}, {"batchKey", "start"}, {"isLastBatch", false}};
    const std::string path = "/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/data/batch";
    return service_.create(path + "?CONFIG=" + http::percent_encode(config.dump()), {file_});
  }

  const Part file_{"FILE", "a\n1\n", "a.csv", "text/csv"};
};

TEST_F(SlotsContract, TheSixthJobIs8134) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(create("", new_table("t" + std::to_string(i)), "a\n1\n").status, 200);
  expect_refusal(create("", new_table("t5"), "a\n1\n"), 400, 8134, "ASYNC_IMPORT_LIMIT_EXCEEDED");
}

TEST_F(SlotsContract, ANameThatAnOpenJobIsToMakeIs7111) {
  EXPECT_EQ(create("", new_table("one"), "a\n1\n").status, 200);
  EXPECT_EQ(create_batch("two").status, 200);
  for (const char* taken : {"one", "ONE", "two", "Two"}) {
    expect_refusal(create("", new_table(taken), "a\n1\n"), 400, 7111, "META_DBOBJECT_NAME_DUPLICATED");
    expect_refusal(create_batch(taken), 400, 7111, "META_DBOBJECT_NAME_DUPLICATED");
  }
  EXPECT_EQ(create("", new_table("one two"), "a\n1\n").status, 200);
}

TEST_F(SlotsContract, OfTwoUploadsForOneNameTheSecondToArriveIs7111) {
  auto slow = RawSocket::connect_to(service_.service().port());
  const std::string form = form_of({file_});
  slow.send(head("POST", service_.create_target(new_table("t")),
                 fmt::format("Content-Length: {}\r\nContent-Type: {}\r\n", form.size(), form_type())));
  slow.send(form.substr(0, 20));
  EXPECT_EQ(create("", new_table("t"), "a\n1\n").status, 200);
  slow.send(form.substr(20));
  EXPECT_THAT(slow.read_until("}}"), AllOf(HasSubstr(" 400 "), HasSubstr("7111")));
}

}  // namespace
}  // namespace dropload::test
