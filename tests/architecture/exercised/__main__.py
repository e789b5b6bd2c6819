"""Takes out of `not_yet.txt` what is used by now; it adds nothing."""

from __future__ import annotations

from tests.architecture.exercised import not_yet, unused

lines = [
    f"{kind}: {name}" for kind, find in unused.KINDS.items() for name in sorted(find() & not_yet.names(kind))
]
not_yet.FILE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
