"""Files beside `crm.toml` that rules add to."""
