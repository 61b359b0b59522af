"""The specifications, as package data: `catalog.toml` lists every model. No code lives here."""
