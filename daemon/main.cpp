#include "common/base/memory.h"
#include "daemon/cli/cli.h"

int main(int argc, char** argv) {
  dropload::give_back_large_blocks();
  return dropload::cli::run(argc, argv);
}
