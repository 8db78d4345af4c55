"""Documents as text, one module per format."""
