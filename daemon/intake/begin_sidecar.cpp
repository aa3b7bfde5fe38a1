#include "daemon/intake/names.h"
#include "daemon/intake/packages.h"
#include "daemon/intake/routing.h"
#include "daemon/intake/taking.h"

namespace dropload::intake {

Result<queue::Sidecar> begin_sidecar(const queue::Route& route, queue::Source source, const std::string& subdirectory,
                                     const std::string& file_name) {
  if (auto checked = check_file_name(file_name); !checked) return checked.error();
  const bool unpacked = is_package(route, file_name);
  auto table = unpacked ? table_of_package(route, file_name, subdirectory) : table_of(route, file_name, subdirectory);
  if (!table) return table.error();
  queue::Sidecar sidecar;
  sidecar.submission.is_package = unpacked;
  sidecar.submission.route = route.name;
  sidecar.submission.table = std::move(*table);
  sidecar.submission.parallel = route.parallel;
  sidecar.submission.priority = route.priority;
  sidecar.submission.supersede = route.supersede;
  sidecar.submission.on_duplicate = route.on_duplicate;
  sidecar.submission.duplicate_days = route.duplicate_days;
  sidecar.on_finding = route.on_finding;
  sidecar.may_clear_table = route.may_clear_table;
  sidecar.is_partial =
      route.options.import_type == zoho::ImportType::updateadd || !route.options.selected_columns.empty();
  sidecar.submission.source = source;
  sidecar.submission.file_name = file_name;
  if (route.drop) sidecar.submission.drop_directory = route.drop->directory;
  sidecar.subdirectory = subdirectory;
  const auto limit = queue::size_limit_of(route);
  sidecar.max_bytes = limit.bytes;
  sidecar.bound = limit.bound;
  return sidecar;
}

}  // namespace dropload::intake
