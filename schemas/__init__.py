"""Ready-made schemas, one a file: read them, correct them, copy them."""
