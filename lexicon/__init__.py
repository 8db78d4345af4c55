"""Words, concepts and sentence pairs: the SQL store that everything else is built from."""
