"""The report: sections from every plugin as one file that anybody can open."""
