#include "daemon/service/reading_rows.h"

namespace dropload::service {
namespace {

std::optional<LoadFailure> read_all(CheckedRows& rows, RowPipe& pipe) {
  try {
    for (;;) {
      const auto values = rows.next();
      if (!values) return values.error();
      if (!*values || !pipe.put(**values)) return std::nullopt;
    }
  } catch (const std::exception& exception) {
    return LoadFailure(error(Errc::internal, "unforeseen: {}", exception.what()));
  }
}

}  // namespace

ReadingRows::ReadingRows(CheckedRows& rows, RowPipe& pipe)
    : pipe_(pipe), thread_([&rows, &pipe] { pipe.end(read_all(rows, pipe)); }) {}

void ReadingRows::join() {
  pipe_.leave();
  if (thread_.joinable()) thread_.join();
}

}  // namespace dropload::service
