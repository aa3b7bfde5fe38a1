#include "tests/bench/simulator/workload.h"

#include <algorithm>
#include <cmath>

namespace dropload::sim {
namespace {

constexpr std::uint64_t kb = 1'000;
constexpr std::uint64_t mb = 1'000 * kb;

std::vector<File> small_files(int count, int tables, const std::string& organization = "acme") {
  std::vector<File> files;
  for (int i = 0; i < count; ++i) files.push_back({organization, "t" + std::to_string(i % tables), 20 * kb});
  return files;
}

Workload of(std::string name, std::vector<File> files) {
  return {std::move(name), std::move(files), {}, {}, true};
}

// What all jobs of a table need at least.
struct TableNeeds {
  double jobs = 0;
  double batches = 0;  // beyond the first of a job
  double ms = 0;
  double longest_load = 0;
};

TableNeeds needs_of(const Workload& workload, const std::vector<const File*>& files) {
  const auto& service = workload.service;
  TableNeeds needs;
  double bytes = 0;
  double full = 0;  // jobs that cannot be shared
  for (const auto* file : files) {
    bytes += static_cast<double>(file->bytes);
    const double pieces = std::ceil(static_cast<double>(file->bytes) / static_cast<double>(zoho::max_file_bytes));
    if (pieces > 1 || !workload.mergeable) full += 1;
    needs.batches += std::max(pieces - 1, 0.0);
  }
  const double by_bytes = std::ceil(bytes / static_cast<double>(zoho::max_file_bytes)) - needs.batches;
  needs.jobs = std::max({full, by_bytes, 1.0});
  const double load = bytes / service.load_bytes_per_ms;
  const double send = bytes / service.upload_bytes_per_ms;
  const double calls = 4 * static_cast<double>(service.latency.count() + service.jitter.count() / 2);
  // Batches are loaded while the next ones are sent: only the first one's sending is not.
  const double sent_alone = needs.batches > 0 ? send / (needs.batches + 1) : send;
  needs.ms = needs.jobs * (static_cast<double>(service.start_up.count()) + calls) + std::max(load, send) +
             std::min(sent_alone, send);
  if (load < send) needs.ms = needs.jobs * (static_cast<double>(service.start_up.count()) + calls) + send;
  needs.longest_load = load / needs.jobs + static_cast<double>(service.start_up.count());
  return needs;
}

// What is left for the last minute takes its time too: of the jobs that it ends, at most five were begun before.
double ms_for_free_calls(double calls, const ServiceSettings& service) {
  const double minutes = std::floor((calls - 1) / service.calls_a_minute);
  const double left = calls - minutes * service.calls_a_minute;
  const double to_begin = std::max(std::ceil((left - service.max_jobs) / 2), 0.0);
  const double rounds = std::ceil(to_begin / service.max_jobs);
  return minutes * 60'000 + rounds * static_cast<double>(service.start_up.count());
}

// The same where no call can be made from `from` on for a while.
double ms_for_calls(double calls, const Workload& workload) {
  const auto& outages = workload.faults.outages;
  if (outages.empty()) return ms_for_free_calls(calls, workload.service);
  const auto& outage = outages.front();
  const double before = workload.service.calls_a_minute * std::ceil(static_cast<double>(outage.from.ms) / 60'000);
  if (calls <= before) return ms_for_free_calls(calls, workload.service);
  return static_cast<double>(outage.until.ms) + ms_for_free_calls(calls - before, workload.service);
}

double bound_of(const Workload& workload, const std::map<std::string, std::vector<const File*>>& tables) {
  double all = 0;
  double longest = 0;
  double calls = 0;
  double longest_load = 0;
  for (const auto& [name, files] : tables) {
    const auto needs = needs_of(workload, files);
    all += needs.ms;
    longest = std::max(longest, needs.ms);
    longest_load = std::max(longest_load, needs.longest_load);
    calls += 2 * needs.jobs + needs.batches;
  }
  const auto& outages = workload.faults.outages;
  double busy = std::max(all / workload.service.max_jobs, longest);
  if (!outages.empty() && busy > static_cast<double>(outages.front().from.ms)) {
    const auto lasts = static_cast<double>((outages.front().until - outages.front().from).count());
    busy = std::max(busy + lasts - std::min(longest_load, lasts), static_cast<double>(outages.front().until.ms));
  }
  return std::max(busy, ms_for_calls(calls, workload));
}

}  // namespace

std::vector<Workload> workloads(double scale) {
  const auto scaled = [scale](int n) { return std::max(static_cast<int>(n * scale), 5); };
  std::vector<Workload> all;
  all.push_back(of("1,000 small files to one table", small_files(scaled(1'000), 1)));
  all.push_back(of("1,000 small files to 50 tables", small_files(scaled(1'000), scaled(50))));
  std::vector<File> large;
  for (int i = 0; i < 20; ++i) large.push_back({"acme", "large" + std::to_string(i), 90 * mb});
  all.push_back(of("20 x 90 MB to 20 tables", large));
  auto mixed = small_files(scaled(500), scaled(20));
  mixed.push_back({"acme", "huge", static_cast<std::uint64_t>(5'000 * scale) * mb});
  for (int i = 0; i < 5; ++i) mixed.push_back({"acme", "large" + std::to_string(i), 90 * mb});
  all.push_back(of("small and large ones with a 5 GB CSV", mixed));
  auto two = small_files(scaled(1'000), scaled(50));
  for (auto& file : small_files(scaled(1'000), scaled(50), "bolt")) two.push_back(file);
  all.push_back(of("two organizations, 1,000 small files to 50 tables each", two));
  auto outage = of("20 x 90 MB to 20 tables, an outage of 30 minutes", large);
  outage.faults.outages.push_back({Time{120'000}, Time{120'000 + 30 * 60'000}, 0});
  all.push_back(outage);
  auto alone = of("200 small files to 50 tables, not mergeable", small_files(scaled(200), scaled(50)));
  alone.mergeable = false;
  all.push_back(alone);
  return all;
}

Milliseconds lower_bound(const Workload& workload) {
  std::map<std::string, std::map<std::string, std::vector<const File*>>> organizations;
  for (const auto& file : workload.files) organizations[file.organization][file.table].push_back(&file);
  double bound = 0;
  for (const auto& [name, tables] : organizations) bound = std::max(bound, bound_of(workload, tables));
  return Milliseconds{std::llround(bound)};
}

}  // namespace dropload::sim
