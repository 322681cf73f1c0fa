"""SQL without processes: statements of MySQL and PostgreSQL, played on the standard library's sqlite3."""
