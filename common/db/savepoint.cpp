#include "common/db/savepoint.h"

namespace dropload::db {

Savepoint::Savepoint(Database& database) : database_(database) {
  database_.statement("SAVEPOINT part").exec();
}

Savepoint::~Savepoint() {
  if (released_) return;
  // On a full or failing disk SQLite may have rolled the whole transaction back already: then there is nothing to undo,
  // and this fails.
  database_.raw().tryExec("ROLLBACK TO part; RELEASE part");
}

void Savepoint::release() {
  database_.statement("RELEASE part").exec();
  released_ = true;
}

}  // namespace dropload::db
