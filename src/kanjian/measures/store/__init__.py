"""Values in bulk between the database and frames 批量读写: what the ORM would do row by row."""
