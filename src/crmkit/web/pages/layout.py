"""How every page looks."""

from __future__ import annotations

from typing import Final

# The server lets a page have this style sheet, between <style> and </style>, and no other.
STYLE: Final = "body{font:1.1rem/1.5 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}"
