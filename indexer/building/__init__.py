"""The steps of a build: vectors, kinds of index, neighbourhoods."""
