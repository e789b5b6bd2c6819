"""Classes by crmkit's `frozen` and `define` do what those by attrs' own do."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from attrs import field

from crmkit.core import values

_BUILDERS = {"ours": values, "attrs": attrs}


def _shapes(by: Any) -> SimpleNamespace:
    """One class of each sort that crmkit and its plugins have."""

    @by.frozen
    class Point:
        x: int
        y: int = 0

    @by.frozen(kw_only=True)
    class Place(Point):
        name: str = field(default="", eq=str.lower)
        secret: str = field(default="", repr=False)
        seen: int = field(default=0, eq=False)
        shown: str = field(default="", repr=str.upper)

    @by.define
    class Box:
        inside: Any = None
        later: int = field(init=False)

    @by.define
    class Inheriting(Point):
        z: int = 0

    @by.frozen
    class Empty:
        pass

    @by.frozen
    class Own:
        x: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self))

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return "mine"

    @by.frozen(eq=False)
    class Single:
        x: int

    @by.frozen(order=True)
    class Ordered:
        x: int

    @by.frozen
    class Wrong(Exception):
        reason: str

    return SimpleNamespace(**{name: each for name, each in locals().items() if isinstance(each, type)})


@pytest.fixture(scope="module")
def shapes() -> tuple[SimpleNamespace, SimpleNamespace]:
    """The classes by crmkit and those by attrs."""
    return _shapes(values), _shapes(attrs)


def _box(shapes: Any) -> Any:
    box = shapes.Box()
    box.inside = [box]
    return box


@pytest.mark.parametrize(
    "made",
    [
        lambda s: s.Point(1),
        lambda s: s.Place(x=1, name="Łódź", secret="x", shown="four"),
        lambda s: s.Box([s.Point(1, 2)]),
        _box,
        lambda s: s.Empty(),
        lambda s: s.Own(1),
        lambda s: s.Ordered(1),
        lambda s: s.Wrong("why"),
    ],
)
def test_they_are_shown_alike(
    shapes: tuple[SimpleNamespace, SimpleNamespace], made: Callable[[Any], object]
) -> None:
    """A value says its name and fields, without what is not to be shown, and ends within itself."""
    ours, theirs = shapes
    assert repr(made(ours)) == repr(made(theirs))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda s: s.Point(1), lambda s: s.Point(1)),
        (lambda s: s.Point(1), lambda s: s.Point(2)),
        (lambda s: s.Point(1), lambda s: s.Place(x=1)),
        (lambda s: s.Point(1), lambda _: 1),
        (lambda s: s.Place(x=1, name="a"), lambda s: s.Place(x=1, name="A", seen=4)),
        (lambda s: s.Place(x=1, secret="a"), lambda s: s.Place(x=1, secret="b")),
        (lambda s: s.Inheriting(1, 2, 3), lambda s: s.Inheriting(1, 2, 3)),
        (lambda s: s.Empty(), lambda s: s.Empty()),
        (lambda s: s.Own(1), lambda s: s.Own(2)),
        (lambda s: s.Single(1), lambda s: s.Single(1)),
        (lambda s: s.Ordered(1), lambda s: s.Ordered(1)),
        (lambda s: s.Wrong("a"), lambda s: s.Wrong("a")),
    ],
)
def test_they_are_equal_alike(
    shapes: tuple[SimpleNamespace, SimpleNamespace],
    one: Callable[[Any], object],
    other: Callable[[Any], object],
) -> None:
    """Values are equal by the fields that count, within one class."""
    ours, theirs = [(one(shape), other(shape)) for shape in shapes]
    assert (ours[0] == ours[1]) is (theirs[0] == theirs[1])
    assert (ours[0] != ours[1]) is (theirs[0] != theirs[1])


def test_what_never_changes_is_a_key(shapes: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    """Equal values are one key; fields that do not count do not keep them apart."""
    for each in shapes:
        places = {each.Place(x=1, name="a", seen=number) for number in range(3)}
        assert len(places) == 1
        assert len({each.Point(1), each.Point(1), each.Point(2), each.Empty(), each.Empty()}) == 3
        assert {each.Own(1), each.Own(2)} == {each.Own(3)}
        assert len({each.Inheriting(1, 2, 3), each.Inheriting(1, 2, 3)}) == 1


def test_what_can_change_cannot_be_hashed() -> None:
    """A mutable value is no key, as with attrs."""
    for by in _BUILDERS.values():
        box = _shapes(by).Box(1)
        box.later = 1
        assert box != 1
        with pytest.raises(TypeError, match="unhashable"):
            hash(box)


def test_without_arguments_and_with(shapes: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    """They are used as decorators with options and without, and nothing frozen is changed."""
    ours, _ = shapes
    for value in (ours.Point(1), ours.Place(x=1)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            value.x = 2
    assert attrs.evolve(ours.Point(1), y=3) == ours.Point(1, 3)
