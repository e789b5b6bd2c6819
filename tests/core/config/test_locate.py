"""Lines of keys."""

from __future__ import annotations

from crmkit.core.config.locate import lines_of

TEXT = '''\
a.b = 1                          # 1
"quoted.key"."\\u0061" = """
[not.a.header]
c = 1
"""
list = [                         # 6
  "x, [y]",                      # 7
  { z = 1, w.v = 2 },            # 8
  [ 3,
    4 ],                         # 10
]
[table . sub]                    # 12
when = 1998-07-01 09:00:00       # 13
text = \'\'\'
d = ]]]
\'\'\'
last = 'it "is"'                 # 17

[[rows]]                         # 19
x = 1
[rows.inner]                     # 21
y = 1
[[rows]]                         # 23
x = 2                            # 24
'''


def test_every_kind_of_key_has_its_line() -> None:
    """Dotted and quoted keys, inline and repeated tables, values over several lines."""
    lines = lines_of(TEXT)
    expected = {
        ("a",): 1, ("a", "b"): 1, ("quoted.key",): 2, ("quoted.key", "a"): 2, ("list",): 6, ("list", 0): 7,
        ("list", 1): 8, ("list", 1, "z"): 8, ("list", 1, "w"): 8, ("list", 1, "w", "v"): 8, ("list", 2): 9,
        ("list", 2, 0): 9, ("list", 2, 1): 10, ("table",): 12, ("table", "sub"): 12,
        ("table", "sub", "when"): 13, ("table", "sub", "text"): 14, ("table", "sub", "last"): 17,
        ("rows",): 19, ("rows", 0): 19, ("rows", 0, "x"): 20, ("rows", 0, "inner"): 21,
        ("rows", 0, "inner", "y"): 22, ("rows", 1): 23, ("rows", 1, "x"): 24,
    }  # fmt: skip
    assert lines == expected
