"""The store: engine, tables, ownership contracts, units of work, migrations. Nothing else opens
connections.
"""
