"""The whole of a store in one file, and back."""
