"""Forms: they render and parse what people type, and decide nothing. Each field prints itself whole."""
