"""A chain of bakeries lives through a year: what happens to it, the world around it, and what must hold."""

import pytest

pytest.register_assert_rewrite("tests.acceptance.year.invariants")
