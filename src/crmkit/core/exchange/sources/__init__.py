"""Sources: files of any kind as tables of rows."""

from crmkit.core.exchange.sources.opening import FORMATS, open_source
from crmkit.core.exchange.sources.table import MOST_COLUMNS, Format, Row, Survey, Table, Wanted

__all__ = ["FORMATS", "MOST_COLUMNS", "Format", "Row", "Survey", "Table", "Wanted", "open_source"]
