#include <sqlite3.h>

/// The value that makes SQLite copy what is bound; a macro that Swift does not see.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }
