#include "daemon/cli/cli.h"

int main(int argc, char** argv) {
  return dropload::cli::run(argc, argv);
}
