// Loads one CSV file (or one whose name ends in .json) into a warehouse, as the import service does once the bytes are
// on its disk, and prints one line of JSON: {"seconds": 0.8, "rows": 800000, "peak_mib": 40}. For load_bench.py, which
// runs it beside its peers, and json_bench.py.
//
//   load_once FILE DIRECTORY new              a table that is made by the import
//   load_once FILE DIRECTORY append           the same columns, into a table that is there
//   load_once FILE DIRECTORY updateadd KEY    the same, matching by that column
//
// The directory keeps its warehouse.db between calls; the table is called t.

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "daemon/service/loader.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {
namespace {

constexpr const char* workspace = "1";

LoadRequest request_of(const std::string& file, const std::string& mode, const std::string& key, Warehouse& warehouse) {
  LoadRequest request;
  request.job_id = SystemRandom().hex(8);
  request.file = file;
  request.workspace_id = workspace;
  request.workspace_name = "Main";
  request.config.options.auto_identify = true;
  if (file.ends_with(".json")) request.config.options.file_type = zoho::FileType::json;
  if (mode == "new") {
    request.config.table_name = "t";
    return request;
  }
  request.view_id = warehouse.find_view_by_name(workspace, "t").value().value().id;
  if (mode == "updateadd") {
    request.config.options.import_type = zoho::ImportType::updateadd;
    request.config.options.matching_columns = {key};
  }
  return request;
}

int run(const std::string& file, const std::string& directory, const std::string& mode, const std::string& key) {
  const SystemClock clock;
  const auto warehouse = Warehouse::open(directory + "/warehouse.db", clock).value();
  const LoadRequest request = request_of(file, mode, key, *warehouse);
  const auto began = std::chrono::steady_clock::now();
  const auto details = load(*warehouse, request, {}).value();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!details.summary) {
    std::fprintf(stderr, "load_once: failed with %d: %s\n", details.error_code.value_or(0),
                 details.error_message.c_str());
    return 1;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf(R"({"seconds": %.4f, "rows": %lld, "peak_mib": %ld})"
              "\n",
              took.count(), static_cast<long long>(details.summary->success_rows), usage.ru_maxrss / 1024);
  return 0;
}

}  // namespace
}  // namespace dropload::service

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::fprintf(stderr, "usage: load_once FILE DIRECTORY new|append|updateadd [KEY]\n");
    return 2;
  }
  return dropload::service::run(argv[1], argv[2], argv[3], argc == 5 ? argv[4] : "");
}
