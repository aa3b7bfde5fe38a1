// Loads one CSV file (or one whose name ends in .json) into a warehouse, as the import service does once the bytes are
// on its disk, and prints one line of JSON: {"seconds": 0.8, "closed_seconds": 0.9, "cpu_seconds": 1.1, "rows": 800000,
// "peak_mib": 40}. With a file that cannot be imported it ends with 1, and the line has "failed", the code, and
// "message" in the place of the rows. The load has ended, and is durable, after "seconds"; then its bytes are copied
// out of the write-ahead log, behind the back of the next load, and with that done and the file closed it is
// "closed_seconds". For load_bench.py, which runs it beside its peers, json_bench.py and memory_bench.py.
//
//   load_once FILE DIRECTORY new              a table that is made by the import
//   load_once FILE DIRECTORY append           the same columns, into a table that is there
//   load_once FILE DIRECTORY updateadd KEY    the same, matching by that column
//
// The directory keeps its warehouse.db between calls; the table is called t.

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "common/base/memory.h"
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

// Not getrusage's: that of a process begins with what the one had that started it.
long peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6)) / 1024;
  }
  return 0;
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

int run(const std::string& file, const std::string& directory, const std::string& mode, const std::string& key) {
  const SystemClock clock;
  auto warehouse = Warehouse::open(directory + "/warehouse.db", clock).value();
  const LoadRequest request = request_of(file, mode, key, *warehouse);
  const auto began = std::chrono::steady_clock::now();
  const auto since = [began] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  const double cpu_before = cpu_seconds();
  const auto details = load(*warehouse, request, {}).value();
  nlohmann::json figures = {{"seconds", since()}};
  figures["peak_mib"] = peak_mib();
  warehouse.reset();
  figures["closed_seconds"] = since();
  figures["cpu_seconds"] = cpu_seconds() - cpu_before;
  if (details.summary) {
    figures["rows"] = details.summary->success_rows;
  } else {
    figures["failed"] = details.error_code.value_or(0);
    figures["message"] = details.error_message;
  }
  std::printf("%s\n", figures.dump().c_str());
  return details.summary ? 0 : 1;
}

}  // namespace
}  // namespace dropload::service

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::fprintf(stderr, "usage: load_once FILE DIRECTORY new|append|updateadd [KEY]\n");
    return 2;
  }
  dropload::give_back_large_blocks();  // as the daemon does
  return dropload::service::run(argv[1], argv[2], argv[3], argc == 5 ? argv[4] : "");
}
