"""Index generations in a PostgreSQL database, searched by pgvector."""
