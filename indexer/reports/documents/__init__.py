"""What is written of a result, whatever the format: tables, charts, records and words."""
