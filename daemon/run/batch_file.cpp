#include "daemon/run/batch_file.h"

#include "common/http/on_pool.h"
#include "common/zoho/csv_dialect.h"

namespace dropload::run {
namespace {

// The service is to read each batch as the file was cut: what was found out here is said, but for the pipe, of which it
// is not sure that the service knows it. No batch has lines above its header.
zoho::ImportOptions options_for(zoho::ImportOptions options, const csv::Dialect& dialect) {
  constexpr int pipe = 4;
  constexpr int quotes = 3;
  zoho::ImportOptions tried;
  for (int number = 0; number < pipe && !options.delimiter; ++number) {
    tried.delimiter = number;
    if (zoho::known_dialect(tried).delimiter == dialect.delimiter) options.delimiter = number;
  }
  for (int number = 0; number < quotes && options.delimiter && !options.quoted; ++number) {
    tried.quoted = number;
    if (zoho::known_dialect(tried).quote.value() == dialect.quote) options.quoted = number;
  }
  options.skip_top.reset();
  return options;
}

http::Awaitable<Result<csv::CutSheet>> sheet_of(Context& context, queue::Route route, int fd, std::uint64_t size) {
  auto work = [known = zoho::known_dialect(route.options), fd, size] { return csv::read_cut_sheet(fd, size, known); };
  auto sheet = co_await on_pool(context.pool, std::move(work));
  co_return sheet;
}

http::Awaitable<Result<csv::Cut>> next_of(Context& context, csv::Cutter& cutter) {
  auto work = [&cutter] { return cutter.next(); };
  auto cut = co_await on_pool(context.pool, std::move(work));
  co_return cut;
}

// How the first of all batches is cut, when all of them can be.
http::Awaitable<Result<csv::Cut>> first_of_all(Context& context, csv::Cutter& cutter) {
  std::optional<csv::Cut> first;
  for (int batches = 1;; ++batches) {
    // A step for each batch: so that others get their turn in the pool, and a stop need not wait for more than one.
    const auto cut = co_await next_of(context, cutter);
    if (!cut) co_return cut.error();
    if (!first) first = *cut;
    if (cut->is_last) co_return *first;
    if (batches == zoho::max_batches_of_a_job)
      co_return error(Errc::too_large, "it is more than {} batches", zoho::max_batches_of_a_job);
  }
}

}  // namespace

http::Awaitable<Result<NextBatch>> next_batch(Context& context, queue::Route route, int fd, std::uint64_t size,
                                              std::uint64_t offset) {
  const auto sheet = co_await sheet_of(context, route, fd, size);
  if (!sheet) co_return sheet.error();
  csv::Cutter cutter(*sheet, offset, route.batch_bytes);
  Result<csv::Cut> cut = csv::Cut{};
  if (offset == 0) {
    cut = co_await first_of_all(context, cutter);
  } else {
    cut = co_await next_of(context, cutter);
  }
  if (!cut) co_return cut.error();
  NextBatch next;
  next.batch = {sheet->lead, cut->offset, cut->length, cut->is_last, std::nullopt};
  next.options = options_for(route.options, sheet->dialect);
  next.next_offset = cut->next;
  co_return next;
}

http::Awaitable<Result<NextBatch>> closing_batch(Context& context, queue::Route route, int fd, std::uint64_t size) {
  const auto sheet = co_await sheet_of(context, route, fd, size);
  if (!sheet) co_return sheet.error();
  NextBatch next;
  next.batch = {sheet->lead, 0, 0, true, std::nullopt};
  next.options = options_for(route.options, sheet->dialect);
  co_return next;
}

}  // namespace dropload::run
