"""crmkit inside a FastAPI application: opened once, called in threads, on behalf of whoever is logged in.

Run it where a `crm.toml` is, or above it:  uvicorn fastapi_app:app
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from crmkit import (
    Conflict,
    ContactPoint,
    Crm,
    CrmError,
    CustomerDraft,
    Invalid,
    NotAllowed,
    NotFound,
    TryAgain,
)

STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, TryAgain: 503, Invalid: 422}
router = APIRouter()


class NewCustomer(BaseModel):
    """What is sent to add a customer."""

    name: str
    email: str | None = None


class NewPurchase(BaseModel):
    """What is sent when somebody bought something. The amount is in whole minor units; the reference is the
    till's own, by which a repeated request is recognised."""

    amount: int
    reference: str


def acting(request: Request, x_employee: Annotated[str, Header()]) -> Crm:
    """The CRM on behalf of whoever is logged in: from here on it checks what they may see and do.

    Put your own login here. This one trusts a header, which only a proxy that has checked them may set.
    """
    crm: Crm = request.app.state.crm
    return crm.acting_as(x_employee)


Acting = Annotated[Crm, Depends(acting)]


# A route without `async` runs in a thread, as crmkit wants it: it waits for the database, the others go on.
@router.get("/customers/{reference}")
def show(reference: str, crm: Acting) -> dict[str, str]:
    """One customer, by any reference."""
    customer = crm.customers.get(reference)
    return {"uid": customer.uid, "name": customer.name}


@router.post("/customers", status_code=201)
def add(new: NewCustomer, crm: Acting) -> dict[str, str]:
    """Add a customer, or find the one who is meant. Keep the `uid`."""
    points = (ContactPoint(kind="email", value=new.email),) if new.email else ()
    saved = crm.customers.save(CustomerDraft(name=new.name, contact_points=points), source="web")
    return {"uid": saved.uid}


@router.post("/customers/{reference}/purchases")
def buy(reference: str, new: NewPurchase, crm: Acting) -> dict[str, int | None]:
    """Record a purchase, once: asked again, it answers with the number of the first time."""
    sold = crm.interactions.record(
        reference, "purchase", amount=new.amount, source="web", source_ref=new.reference
    )
    return {"number": sold.seq}


# One that has to be `async`, for the sake of something else, says so to a thread itself.
@router.get("/find")
async def find(text: str, crm: Acting) -> list[str]:
    """The names of customers."""
    return [each.name for each in await run_in_threadpool(crm.customers.find, text)]


def refused(_: Request, error: Exception) -> JSONResponse:
    """An error that crmkit raised on purpose, with what to do about it."""
    assert isinstance(error, CrmError)
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    said = {"code": error.code, "message": error.message, "hint": error.hint}
    return JSONResponse({"error": said}, status_code=status)


def application(path: str | None = None) -> FastAPI:
    """The application, for the `crm.toml` at `path` or the nearest one upwards.

    It is opened when the server has started, after its processes were forked, and closed at its end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.crm = await run_in_threadpool(Crm.open, path)
        try:
            yield
        finally:
            await run_in_threadpool(app.state.crm.close)

    app = FastAPI(title="Customers", lifespan=lifespan)
    app.include_router(router)
    app.add_exception_handler(CrmError, refused)
    return app


app = application()
