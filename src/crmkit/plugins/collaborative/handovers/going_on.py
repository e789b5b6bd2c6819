"""Handovers that there are: who may move them, what may change, and the times that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve

from crmkit import Invalid, NotAllowed
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.handovers.beginning import receiver_of, team_of
from crmkit.plugins.collaborative.handovers.record_type import (
    ACCEPTED,
    BROKEN,
    DROPPED,
    HANDOVER,
    KEPT,
    OFFERED,
    PASSED,
    REFUSED,
    RETURNED,
    RUNNING,
    TIMES,
    WITHDRAWN,
)

if TYPE_CHECKING:
    from crmkit.plugin import Record, RecordDraft
    from crmkit.plugins.collaborative.handovers.terms import Terms

_SET: Final = (*TIMES, "accept_minutes", "team", "passed_from")
_TEXT: Final = ("promise", "by", "accept_by")
_RECEIVERS: Final = ("accepts it", "refuses it", "keeps it", "breaks it")


def gone_on(draft: RecordDraft, before: Record, terms: Terms) -> RecordDraft:
    """The draft with what follows from it. Raises `Invalid`, `NotAllowed`."""
    going = GoingOn(draft=draft, before=before, terms=terms, fields=_changed(draft, before))
    state = draft.state or str(before.state)
    if given := [name for name in _SET if name in going.fields]:
        raise Invalid(phrase("{given} is set by itself", given=given[0]), hint="Leave it out.")
    going.require_fixed(state)
    if state != before.state:
        if going.is_redirected and state != ACCEPTED:
            raise Invalid("It cannot move and go to somebody else at once", hint="Do one after the other.")
        _MOVES[state](going)
        going.fields["next_at"] = terms.looked_at_next(state, going.now)
    elif going.is_redirected:
        state = going.redirect()
    else:
        going.stay()
    owner = going.owner if going.owner != (before.owner_id or "") else None
    moves = state if state != before.state else draft.state
    return evolve(
        draft, fields=_changed(evolve(draft, fields=going.fields), before), state=moves, owner=owner
    )


def _changed(draft: RecordDraft, before: Record) -> dict[str, Any]:
    """The fields that differ from what is on record."""
    return {name: value for name, value in draft.fields.items() if value != before.fields.get(name)}


@define(kw_only=True)
class GoingOn:
    """One change of one handover. `owner` is who has it afterwards, "" for nobody."""

    draft: RecordDraft
    before: Record
    terms: Terms
    fields: dict[str, Any]
    owner: int | str = ""

    def __attrs_post_init__(self) -> None:
        self.owner = self.before.owner_id or ""

    @property
    def now(self) -> Mapping[str, Any]:
        """The fields as they will be."""
        return {**self.before.fields, **self.fields}

    @property
    def kept_until(self) -> int:
        """Until when it can be kept."""
        return self.terms.kept_until(self.before.fields["by"])

    @property
    def is_over(self) -> bool:
        """Whether its time is over."""
        return self.terms.at > self.kept_until

    @property
    def is_redirected(self) -> bool:
        """Whether it goes to somebody else."""
        owner = self.draft.owner
        return "to_team" in self.fields or (owner is not None and self._owner_named(owner) != self.owner)

    def stay(self) -> None:
        """What follows where it is not moved."""
        if self.before.state == BROKEN and {"reason", "done_late"} & {*self.fields}:
            self.require(self.is_own or self.is_given, phrase("explains it"))
            if self.now.get("reason") or self.now.get("done_late"):
                self.settle()
        elif "reason" in self.fields or "done_late" in self.fields:
            raise Invalid("A reason belongs to what was refused, broken or withdrawn")
        if self.before.state == OFFERED and {"by", "accept_by"} & {*self.fields}:
            self._put_off()

    def _put_off(self) -> None:
        """Whoever gave it says another time, before it is accepted."""
        now, terms = self.now, self.terms
        if "by" in self.fields and "accept_by" not in self.fields:
            self.fields["accept_by"] = terms.accept_by(now["by"])
        if not terms.at < self.now["accept_by"] <= now["by"]:
            raise Invalid("It is to be accepted between now and when it is to be kept")
        self.fields["next_at"] = self.now["accept_by"]

    def redirect(self) -> str:
        """It goes to somebody else, who is to accept it; what was accepted is offered anew."""
        if self.before.state not in RUNNING:
            raise Invalid(phrase("It is {state}; make a new one for somebody else", state=self.before.state))
        managed = self.terms.crm.actor.may("people.manage") or self.terms.is_boss
        self.require(
            managed or (self.is_given and self.before.state == OFFERED), phrase("gives it to somebody else")
        )
        if self.is_over:
            raise Invalid("Its time is over", hint="Make a new one, and tell the customer.")
        named = self.draft.owner if self.draft.owner != "" else None
        team = self.fields.get("to_team") if named is None else None
        employee, team = receiver_of(named, team, self.before.customer_id, self.terms)
        accept_by = self.terms.accept_by(self.before.fields["by"])
        receiver = employee.id if employee is not None else None
        self.fields |= {
            "to_team": team,
            "team": team_of(employee, team),
            "accept_by": accept_by,
            "next_at": accept_by,
            "accepted_at": None,
            "accept_minutes": None,
            "to_tell": self.terms.to_tell(OFFERED, None, receiver),
        }
        self.owner = receiver or ""
        return OFFERED

    def require_fixed(self, state: str) -> None:
        """What was promised, and by when, is the giver's to change, and nobody's once it is accepted."""
        terms, fields = self.terms, self.fields
        if "to_tell" in fields and terms.crm.actor.employee is not None:
            raise Invalid("to_tell is set by itself", hint="Leave it out.")
        if "from_employee" in fields and not terms.is_boss:
            raise NotAllowed("Only an administrator says anew who handed it over")
        if (touched := [name for name in _TEXT if name in fields]) and state == self.before.state:
            if self.before.state == OFFERED:
                self.require(self.is_given, phrase("changes {touched}", touched=touched[0]))
            elif touched != ["promise"] or not terms.is_boss:
                raise Invalid(
                    phrase("It is {state}, so {touched} stays", state=self.before.state, touched=touched[0]),
                    hint="Pass it on, or withdraw it and make another.",
                )
        elif touched:
            raise Invalid(
                phrase("{touched} does not change while it is moved", touched=touched[0]),
                hint="Change it before.",
            )
        if "passed_to" in fields and PASSED not in (state, self.before.state):
            raise Invalid("Only what is passed on has another in its place")

    def accept(self) -> None:
        """The receiver, or one of the team, accepts it."""
        before = self.before
        if before.state not in (OFFERED, DROPPED):
            self._take_back()
            return
        self.require(self.is_received, phrase("accepts it"))
        self._require_time()
        self.owner = self._accepting()
        self.fields |= {
            "accepted_at": self.terms.at,
            "accept_minutes": self.terms.minutes(self._made_at, self.terms.at),
            "settled_at": None,
            "to_tell": None,
        }
        self._note_late()

    def _accepting(self) -> int | str:
        """Who keeps it from now on."""
        named, actor = self.draft.owner, self.terms.crm.actor
        if self.before.owner_id is not None:
            if named not in (None, "") and self._owner_named(named) != self.before.owner_id:
                raise Invalid("It was given to somebody else", hint="Give it to them first: pass it on.")
            return self.before.owner_id
        team = str(self.before.fields.get("to_team"))
        if named in (None, ""):
            if actor.employee is None or team not in actor.employee.teams:
                raise Invalid(
                    phrase('One of the team "{team}" accepts it', team=team), hint="Say who: --for EMPLOYEE"
                )
            return actor.employee.id
        employee = self.terms.staff.employee(named)
        if team not in employee.teams:
            raise Invalid(
                phrase('{employee} is not in the team "{team}"', employee=employee.name, team=team),
                hint="Name one who is.",
            )
        if employee.id != actor.id:
            self.require(self.terms.is_boss, phrase("accepts it for {employee}", employee=employee.name))
        self.terms.staff.require_receiver(employee, None, self.before.customer_id)
        return employee.id

    def refuse(self) -> None:
        """The receiver, or one of the team, refuses it: it is back with who gave it."""
        if self.before.state in (WITHDRAWN, PASSED):
            self._take_back()
            return
        self.require(self.is_received, phrase("refuses it"))
        self._require_reason()
        self.fields |= {"refused_at": self.terms.at, "to_tell": self._told(REFUSED)}
        self._note_late()

    def drop(self) -> None:
        """Nobody accepted it in time. Time alone says so."""
        if self.before.state in (WITHDRAWN, PASSED):
            self._take_back()
            return
        if self.terms.at <= self._accept_by:
            raise Invalid("There is still time to accept it", hint="Withdraw it, if it is not needed.")
        self.fields["to_tell"] = self._told(DROPPED)
        self._note_late()

    def keep(self) -> None:
        """Whoever accepted it has kept it."""
        self.require(self.is_own, phrase("keeps it"))
        if self.is_over:
            raise Invalid("Its time is over, so that it is broken", hint="Say that it was done late.")
        self.settle()

    def break_(self) -> None:
        """It is broken: whoever accepted it says so and why, or its time is over."""
        if not self.is_over:
            self.require(self.is_own, phrase("breaks it"))
            self._require_reason()
        elif self._is_explained:
            self.require(self.is_own or self.is_given, phrase("explains it"))
        self.fields["broken_at"] = min(self.terms.at, self.kept_until)
        self.fields.setdefault("told_customer", False)
        self.fields["to_tell"] = self._told(BROKEN)
        if self._is_explained:
            self.settle()

    def withdraw(self) -> None:
        """Whoever gave it takes it from the world; of what was accepted they say why."""
        self.require(self.is_given, phrase("withdraws it"))
        if self.before.state == ACCEPTED:
            if self.is_over:
                raise Invalid("Its time is over, so that it is broken", hint="Say why it was broken.")
            self._require_reason()
        if self.before.state == OFFERED:
            self._note_late()
        self.settle()

    def pass_on(self) -> None:
        """It goes on in another: whoever accepted it, or got it back, hands it to somebody else."""
        returned = self.before.state in RETURNED
        self.require(self.is_given if returned else self.is_own, phrase("passes it on"))
        if not returned and self.is_over:
            raise Invalid("Its time is over, so that it is broken", hint="Say that it was done late.")
        self.settle()

    def offer(self) -> None:
        """An acceptance, a refusal or a withdrawal is taken back."""
        allowed = self.is_given if self.before.state == WITHDRAWN else self.is_received
        self.require(allowed, phrase("takes that back"))
        if self.before.state == WITHDRAWN:
            self._require_former(OFFERED)
        if self.now.get("to_team"):
            self.owner = ""
        cleared = ("accepted_at", "accept_minutes", "refused_at", "dropped_at", "settled_at", "reason")
        self.fields |= dict.fromkeys(cleared)

    def settle(self) -> None:
        """Nobody has to do anything about it any more."""
        self.fields["settled_at"] = self.terms.at

    def require(self, allowed: bool, does: str) -> None:
        """Raise `NotAllowed` unless whoever acts may; an administrator always does."""
        if not allowed and not self.terms.is_boss:
            who = phrase("who was given it") if does in _RECEIVERS else phrase("who gave it or has it")
            raise NotAllowed(phrase("Only {who}, or an administrator, {does}", who=who, does=phrase(does)))

    @property
    def is_given(self) -> bool:
        """Whether who acts handed it over."""
        return self.terms.is_giver(self.before)

    @property
    def is_received(self) -> bool:
        """Whether who acts is to accept it."""
        return self.terms.is_receiver(self.before)

    @property
    def is_own(self) -> bool:
        """Whether who acts is to keep it."""
        return self.terms.is_receiver(self.before)

    @property
    def _is_explained(self) -> bool:
        """Whether the draft says why it is broken, or that it was done late."""
        return bool(self.draft.fields.get("reason") or self.draft.fields.get("done_late"))

    @property
    def _accept_by(self) -> int:
        return int(self.before.fields.get("accept_by") or self.before.fields["by"])

    @property
    def _made_at(self) -> int:
        return int(self.before.fields.get("made_at") or self.before.created_at)

    def _owner_named(self, named: int | str | None) -> int | str:
        return "" if named in (None, "") else self.terms.staff.employee(named).id

    def _told(self, state: str) -> str | None:
        return self.terms.to_tell(state, self.before.fields.get("from_employee"), None)

    def _note_late(self) -> None:
        """What happens to an offer after the time to accept it was dropped before."""
        if self.terms.at > self._accept_by:
            self.fields["dropped_at"] = self._accept_by

    def _require_time(self) -> None:
        if self.is_over:
            raise Invalid("Its time is over", hint="Whoever gave it withdraws it, or passes it on anew.")

    def _require_reason(self) -> None:
        if not str(self.draft.fields.get("reason") or "").strip():
            raise Invalid("That needs a reason", hint='Say why: --because "…"')

    def _require_former(self, state: str) -> None:
        """What was withdrawn or passed on goes back to what it was."""
        former = former_state(self.before.fields)
        if former != state:
            raise Invalid(
                phrase("It was {former} before", former=former),
                hint=phrase("It can go back to {former}.", former=former),
            )

    def _require_alone(self) -> None:
        """What was passed on comes back only once nobody has what is in its place."""
        successor = self.before.fields.get("passed_to")
        if successor is None:
            return
        other = self.terms.crm.records.get(HANDOVER, successor)
        if other.state != WITHDRAWN:
            raise Invalid(
                phrase("{successor} is in its place", successor=successor), hint="Withdraw that one first."
            )

    def _take_back(self) -> None:
        """The move into the state that it is in is taken back, by whoever may make it."""
        was = self.before.state
        if was in (WITHDRAWN, PASSED):
            self.require(
                self.is_given if was == WITHDRAWN else self.is_own or self.is_given, phrase("takes that back")
            )
            self._require_former(str(self.draft.state))
            self._require_alone()
            self.fields |= {"settled_at": None, "passed_to": None}
            return
        self.require(self.is_own, phrase("takes that back"))
        if was == BROKEN and self.is_over:
            raise Invalid("Its time is over, so that it stays broken", hint="Say that it was done late.")
        self.fields |= {"settled_at": None, "broken_at": None, "to_tell": None}
        if was == BROKEN:
            self.fields |= {"reason": None, "done_late": None}


def former_state(fields: Mapping[str, Any]) -> str:
    """The state out of which a handover was withdrawn or passed on, by its times."""
    if fields.get("refused_at") is not None:
        return REFUSED
    if fields.get("accepted_at") is not None:
        return ACCEPTED
    return DROPPED if fields.get("dropped_at") is not None else OFFERED


_MOVES: Final[Mapping[str, Callable[[GoingOn], None]]] = {
    OFFERED: GoingOn.offer,
    ACCEPTED: GoingOn.accept,
    KEPT: GoingOn.keep,
    BROKEN: GoingOn.break_,
    REFUSED: GoingOn.refuse,
    DROPPED: GoingOn.drop,
    WITHDRAWN: GoingOn.withdraw,
    PASSED: GoingOn.pass_on,
}
