"""The files `journeys/*.toml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from crmkit import CrmError, Invalid
from crmkit.plugin import N_, DeclaredFile, Finding, declared_files, phrase
from crmkit.plugins.campaign.files import JOURNEYS, findings_in, one_of
from crmkit.plugins.campaign.journeys.checking import faults_of
from crmkit.plugins.campaign.journeys.graph import Graph, graph_of
from crmkit.plugins.campaign.journeys.model import JourneyDeclaration

if TYPE_CHECKING:
    from crmkit import Crm

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
File = DeclaredFile[JourneyDeclaration]


def journey_files(crm: Crm) -> Mapping[str, File]:
    """The files, by the journeys' names."""
    return declared_files(crm.config, JOURNEYS, JourneyDeclaration)


def journey_file(crm: Crm, name: str) -> File:
    """One file. Raises `NotFound` with the nearest name."""
    return one_of(journey_files(crm), name, N_('There is no journey "{name}"'), "crm journeys")


def named_well(name: str) -> str:
    """The name, if a journey can have it. Raises `Invalid`."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            phrase('"{name}" cannot be the name of a journey', name=name), hint="Write it like win-back."
        )
    return name


def findings_of(crm: Crm, file: File) -> Iterator[Finding]:
    """What is wrong with a file, each with its line."""
    return findings_in(file, lambda declared: faults_of(crm, file.name, declared), crm)


def drafts(crm: Crm, started: Collection[str]) -> Mapping[str, Graph]:
    """The journeys of the files that can be read and were never `started`, as graphs."""
    there = {each.stem for each in (crm.config.directory / JOURNEYS).glob("*.toml")}
    if there <= set(started):  # they are read again and again, and most of the time for nothing
        return {}
    found = {}
    for name, file in journey_files(crm).items():
        try:
            if name not in started and file.value is not None and file.value.steps:
                found[name] = graph_of(file.value)
        except CrmError:
            continue  # `crm check` says what is wrong
    return found
