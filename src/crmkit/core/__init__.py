"""The core: records, hooks, strategy and store. Plugins reach it through `crmkit` and `crmkit.plugin`
only.
"""
