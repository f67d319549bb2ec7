"""The watch over a Harbor."""
