"""Networks and other models, one family a file; each factory returns a `Landscape`."""
