// callback_url of an organization.

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

class CallbackUrls : public test::ConfigTest {
 protected:
  static std::string embedded(const std::string& url, const std::string& service = "") {
    return "[[organization]]\nname = \"local\"\nembedded = true\ncallback_url = \"" + url +
           "\"\n[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n" + service;
  }
};

TEST_F(CallbackUrls, WithoutOneNoneIsAskedFor) {
  EXPECT_EQ(config_below("").organizations[0].callback_url, "");
}

TEST_F(CallbackUrls, OneIsReadWithoutItsLastSlash) {
  EXPECT_EQ(config(embedded("https://drop.example.com/")).organizations[0].callback_url, "https://drop.example.com");
}

TEST_F(CallbackUrls, OneThatIsNoneIsReportedWithWhatToWrite) {
  EXPECT_EQ(problems(embedded("drop.example.com")),
            "4:16: callback_url: \"drop.example.com\" is no URL; write something like "
            "\"https://drop.example.com\"\n");
}

TEST_F(CallbackUrls, ThisMachineIsCalledBackByTheImportServiceOnlyWhenThatMay) {
  EXPECT_EQ(problems(embedded("http://localhost:8787")),
            "4:16: callback_url: leads to this machine, which the import service does not call back; write "
            "private_callbacks = true in [service] too\n");
  EXPECT_EQ(
      config(embedded("http://localhost:8787", "[service]\nprivate_callbacks = true\n")).organizations[0].callback_url,
      "http://localhost:8787");
}

TEST_F(CallbackUrls, ADataCenterCannotReachThisMachine) {
  directory.write("secret", "x");
  EXPECT_EQ(problems("[[organization]]\nname = \"main\"\ndata_center = \"eu\"\norg_id = \"1\"\nclient_id = \"x\"\n"
                     "client_secret = { file = \"secret\" }\nrefresh_token = { file = \"secret\" }\n"
                     "callback_url = \"http://127.0.0.1:8787\"\n"
                     "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n"),
            "8:16: callback_url: leads to this machine, which a data center cannot reach; write the public address of "
            "a reverse proxy, or take the line out\n");
}

}  // namespace
}  // namespace dropload
