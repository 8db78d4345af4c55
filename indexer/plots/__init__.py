"""Pictures for papers (PNG, SVG) and for reading (HTML): words, encoders, layers, lexicons."""
