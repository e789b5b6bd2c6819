"""Random journeys, and a slow reference: one person after the other, by the book."""

from __future__ import annotations

from random import Random
from typing import Any

from attrs import define, field

from tests.plugins.campaign.journeys.conftest import DAY

Step = dict[str, Any]


def random_steps(random: Random, tag: str) -> list[Step]:
    """Steps that lead on to later ones, all of which can be reached."""
    count = random.randint(3, 7)
    steps = [_random_step(random, at, count, tag) for at in range(count)]
    steps[0] = {"id": "s0", "tag": f"{tag}-0", "next": "s1"}
    reached = {"s0"}
    for step in steps:
        if step["id"] in reached:
            reached.update(step[key] for key in ("next", "yes", "no") if key in step)
    return [step for step in steps if step["id"] in reached]


def _random_step(random: Random, at: int, count: int, tag: str) -> Step:
    def later() -> str:
        target = random.randint(at + 1, count)
        return "end" if target == count else f"s{target}"

    kind = random.choice(
        ("tag", "wait", "wait_for", "branch", "branch", "exit" if at == count - 1 else "tag")
    )
    step: Step = {"id": f"s{at}"}
    if kind == "exit":
        return {**step, "exit": True}
    if kind == "wait_for":
        return {
            **step,
            "wait_for": "call",
            "within": f"{random.randint(1, 4)} days",
            "yes": later(),
            "no": later(),
        }
    if kind == "branch":
        asked = random.choice(("count(purchase) >= 1", "count(call) >= 1", "id = 2", "count(purchase) >= 2"))
        return {**step, "branch": asked, "yes": later(), "no": later()}
    said = {"tag": f"{tag}-{at}"} if kind == "tag" else {"wait": f"{random.randint(1, 3)} days"}
    return {**step, **said, "next": later()}


def written(head: dict[str, Any], steps: list[Step]) -> str:
    """The file of a journey."""
    lines = [_line(key, value) for key, value in head.items()]
    for step in steps:
        lines += ["[[steps]]", *(_line(key, value) for key, value in step.items())]
    return "\n".join(lines)


def _line(key: str, value: Any) -> str:
    return f"{key} = true" if value is True else f'{key} = "{value}"'


@define
class Walker:
    """One person on one journey. `events` are (instant, type) of all that has happened to them by now."""

    id: int
    head: dict[str, Any]
    steps: dict[str, Step]
    start: int
    events: list[tuple[int, str]] = field(factory=list)
    at: str | None = None
    since: int = 0
    arrived: int = 0
    ended: int | None = None
    path: list[str] = field(factory=list)
    acts: int = 0

    def look(self, now: int, before: int) -> None:
        """What a pass at `now` does, where the last was at `before`."""
        if self.at is not None:
            if self._goal():
                self._leave(now, "reached the goal")
            else:
                self._walk(now)
        elif self._enters(now, before):
            first = next(iter(self.steps))
            self.path.append(f"in:{first}")
            self.at, self.since, self.arrived = first, now, now
            self._walk(now)

    def _enters(self, now: int, before: int) -> bool:
        if "on" in self.head:
            wanted = any(kind == self.head["on"] and before < at <= now for at, kind in self.events)
        else:
            # It is asked once a day, by the first pass of the day.
            wanted = (now - self.start) % DAY == 0 and self._count("purchase") >= 1
        again = self.head["re_enter"]
        if self.ended is not None and (again == "never" or self.ended > now - _days(again[6:])):
            return False
        return wanted and not self._goal()

    def _walk(self, now: int) -> None:
        while self.at is not None and (target := self._target(now)) is not None:
            since = self.arrived if "tag" in self.steps[self.at] else now
            self.acts += "tag" in self.steps[self.at]
            if target == "end" or "exit" in self.steps[target]:
                self._leave(now, "came to the end" if target == "end" else f"left at {target}")
            else:
                self.path.append(target)
                self.at, self.since, self.arrived = target, since, now

    def _target(self, now: int) -> str | None:
        assert self.at is not None
        step = self.steps[self.at]
        if "tag" in step:
            return str(step["next"])
        if "branch" in step:
            return str(step["yes"] if self._holds(step["branch"]) else step["no"])
        if "wait" in step:
            return str(step["next"]) if now >= self.arrived + _days(step["wait"]) else None
        due = self.arrived + _days(step["within"])
        if any(kind == "call" and self.since <= at <= due for at, kind in self.events):
            return str(step["yes"])
        return str(step["no"]) if now >= due else None

    def _holds(self, condition: str) -> bool:
        if condition.startswith("id"):
            return self.id == 2
        return self._count("purchase" if "purchase" in condition else "call") >= int(condition[-1])

    def _count(self, kind: str) -> int:
        return sum(each == kind for _, each in self.events)

    def _goal(self) -> bool:
        return self._count("purchase") >= 3

    def _leave(self, now: int, why: str) -> None:
        self.path.append(f"out:{why}")
        self.at, self.ended = None, now


def _days(text: str) -> int:
    return int(text.split(maxsplit=1)[0]) * DAY
