"""One reader per file format of premise/hypothesis pairs."""
