"""Answers over many customers that are read elsewhere than in the database, as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.bulk.question import BulkQuestion
    from crmkit.core.crm import Crm

DATABASE: Final = "database"


@frozen
class CannotRead:
    """Why a reader leaves a question to the database: a short clause, such as "it is 12 entries behind"."""

    reason: str


@frozen(kw_only=True)
class BulkReader:
    """A copy from which answers over many customers can be read.

    `read(crm, question)` gives the rows as tuples, exactly those that the database would give on the state
    of the question, or `CannotRead`. It must be quick to say that it cannot.
    """

    name: str
    doc: str
    read: Callable[[Crm, BulkQuestion], Sequence[tuple[Any, ...]] | CannotRead]
    owner: str = ""


@frozen(kw_only=True)
class BulkRead:
    """Where an answer was read: a reader's name, or `database` and `why` no reader had it."""

    read_from: str = DATABASE
    why: str = ""


@frozen(kw_only=True)
class BulkAnswer:
    """The rows of a statement, and where they were read."""

    rows: Sequence[Any]
    read: BulkRead
