"""Encoders turn words into unit vectors; one family per file."""
