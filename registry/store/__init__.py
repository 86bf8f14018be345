"""The store: engine, unit of work, statements, fold and migrations. Knows no other room."""
