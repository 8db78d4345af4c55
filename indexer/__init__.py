"""Encoders, vectors, indices and the scores made from them."""
