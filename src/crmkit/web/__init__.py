"""The public server: what strangers reach by links, forms and signed requests. `crm serve` runs it."""
