#pragma once

// The thread that reads and checks a file's rows while another one writes them.

#include <thread>

#include "daemon/service/loader_rows.h"
#include "daemon/service/row_pipe.h"

namespace dropload::service {

// Begins at once. Ends with the rows, with the first failure, which goes into the pipe, or when the consumer has left.
class ReadingRows {
 public:
  // Both outlive it.
  ReadingRows(CheckedRows& rows, RowPipe& pipe);
  ~ReadingRows() { join(); }
  ReadingRows(const ReadingRows&) = delete;
  ReadingRows& operator=(const ReadingRows&) = delete;

  // Takes no more from the pipe and waits for the end; from then on `rows` is the caller's again.
  void join();

 private:
  RowPipe& pipe_;
  std::thread thread_;
};

}  // namespace dropload::service
