"""Where templates are rendered: names, dots and a few filters, and nothing that could reach or cost more.

A template sees plain mappings and lists. It calls nothing, reads no attribute of any object, loops only over
lists that it is given, and its text is cut off before it grows out of hand. What customers have written is
put in as it is and never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NoReturn

import jinja2
from attrs import frozen
from jinja2 import nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crmkit.core.errors import Invalid
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

LONGEST_TEMPLATE: Final = 200_000
LONGEST_TEXT: Final = 400_000
_DEEPEST_LOOP: Final = 2
_AT_ONCE: Final = 50
_FILTERS: Final = (
    "abs", "capitalize", "default", "first", "join", "last", "length", "lower", "reject", "replace", "round",
    "select", "sort", "title", "trim", "unique", "upper", "urlencode",
)  # fmt: skip
_TESTS: Final = ("defined", "divisibleby", "even", "in", "none", "number", "odd", "string", "undefined")
_OF_LOOPS: Final = ("first", "index", "index0", "last", "length")
# With large operands these make more text, or take more time, than all limits together allow.
_COSTLY: Final = (nodes.Mul, nodes.Pow)
_FORBIDDEN: Final = (
    nodes.Call, nodes.CallBlock, nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include, nodes.Macro,
)  # fmt: skip
# What a link may begin with; anything else with a colon before its path is another scheme.
_SCHEMES: Final = ("http:", "https:", "mailto:", "tel:")
_SCHEME: Final = re.compile(r"[^/?#]*?:")
_HARMLESS_STYLE: Final = re.compile(r"[\w #.%,-]*")
_OPENING: Final = ("variable_begin", "block_begin", "comment_begin", "raw_begin")
_CLOSING: Final = ("variable_end", "block_end", "comment_end", "raw_end")
# They would turn the escaping off.
_ESCAPING: Final = (nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)


class Possible(dict[str, Any]):
    """A mapping of which a template may ask whether something is there: `{% if links.confirm %}`."""


class _Absent(jinja2.StrictUndefined):
    """What is not there, and may be asked for."""

    def __bool__(self) -> bool:  # type: ignore[override] # asking is what it is for
        return False


class _Environment(ImmutableSandboxedEnvironment):
    """Dots mean keys of mappings, and there is nothing to call."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:  # most are, and this is quick
            return obj[attribute]
        if isinstance(obj, Mapping):
            if attribute in obj:
                return obj[attribute]
            if isinstance(obj, Possible):
                return _Absent(obj=obj, name=attribute)
        if isinstance(obj, LoopContext) and attribute in _OF_LOOPS:
            return getattr(obj, attribute)
        if isinstance(obj, jinja2.Undefined):  # of what is not there the error names the first part
            return obj
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping | Sequence) and not isinstance(obj, str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=str(argument))


def check_template(text: str, what: str) -> None:
    """Raise `Invalid` unless `text` is a template that can be rendered; `what` names it in the error."""
    _compiled(text, what, False)


def attributes_of(text: str, name: str) -> Iterator[tuple[int, str]]:
    """(line, attribute) of everything that the template asks of `name`: of `customer` in
    `{{ customer.city }}` and `{{ customer["city"] }}` it is `city`, wherever in the template that stands."""
    tree = _environment(False).parse(text)
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == name:
            yield node.lineno, node.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and item.node.name == name and isinstance(item.arg, nodes.Const):
            yield item.lineno, str(item.arg.value)


@frozen
class Piece:
    """A piece of a template in its order: `text`, `value` (`{{ … }}`), `statement` (`{% … %}`), `comment`, or
    `raw`, which is text that holds braces; `written` is how it stands there, `inside` what is between its
    braces."""

    kind: str
    written: str
    inside: str
    line: int


def pieces_of(text: str, what: str) -> Iterator[Piece]:
    """What a template consists of. Raises `Invalid` where it is none; `what` names it in the error."""
    parts: list[str] = []
    begun, kind = 1, ""
    try:
        for line, token, value in _environment(False).lex(text):
            if not parts and token not in _OPENING:
                yield Piece("text", value, value, line)
                continue
            if not parts:
                begun, kind = line, token.partition("_")[0]
            parts.append(value)
            if token in _CLOSING:
                kind = {"variable": "value", "block": "statement"}.get(kind, kind)
                yield Piece(kind, "".join(parts), "".join(parts[1:-1]), begun)
                parts = []
    except jinja2.TemplateSyntaxError as error:
        raise Invalid(
            phrase("{what}, line {lineno}: {problem}", what=what, lineno=error.lineno, problem=error.message)
        ) from None


def web_address(value: Any) -> str:
    """What somebody wrote, as the target of a link: `#` if it is anything but the address of a page, of mail
    or of a telephone."""
    text = str("" if value is None else value).strip()
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable())
    scheme = _SCHEME.match(text)
    return text if scheme is None or scheme[0].lower() in _SCHEMES else "#"


def css_value(value: Any) -> str:
    """What somebody wrote, as a part of a style: nothing if it could be more than a length or a colour."""
    text = str("" if value is None else value)
    return text if _HARMLESS_STYLE.fullmatch(text) else ""


def render(text: str, given: Mapping[str, Any], what: str, *, html: bool = False) -> str:
    """The text of the template with the values of `given`, which are plain mappings, lists, text and numbers.

    With `html` the template is HTML, and the values are escaped. Raises `Invalid` for a template that is
    wrong, names what is not there, or makes too long a text.
    """
    template = _compiled(text, what, html)
    parts: list[str] = []
    size = 0
    try:
        # Some at a time: there are many, and most are short.
        pieces = template.root_render_func(template.new_context(dict(given)))
        while some := tuple(islice(pieces, _AT_ONCE)):
            size += sum(map(len, some))
            if size > LONGEST_TEXT:
                raise Invalid(
                    phrase(
                        "{what} makes a text of more than {longest_text:,} characters",
                        what=what,
                        longest_text=LONGEST_TEXT,
                    )
                )
            parts += some
    except jinja2.UndefinedError as error:
        _missing(error, given, what)
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise Invalid(phrase("{what} cannot be rendered: {error}", what=what, error=error)) from None
    return "".join(parts)


def _missing(error: jinja2.UndefinedError, given: Mapping[str, Any], what: str) -> NoReturn:
    text = str(error.message)
    wanted = text.split("'")[-2] if text.count("'") > 1 else ""
    known = [*given, *(key for each in given.values() if isinstance(each, Mapping) for key in each)]
    possible = next((name for name, each in given.items() if isinstance(each, Possible)), None)
    if possible and "Possible" in text:
        raise Invalid(
            phrase(
                "{what} names {possible}.{wanted}, which is not there for this message",
                what=what,
                possible=possible,
                wanted=wanted,
            ),
            hint=phrase(
                "Write {{% if {possible}.{wanted} %}} around it. Links need url under [web].",
                possible=possible,
                wanted=wanted,
            ),
        ) from None
    hint = did_you_mean(
        wanted, known, phrase("There are: {known}", known=", ".join(sorted(map(str, known))[:40]))
    )
    raise Invalid(
        phrase("{what} names {wanted}, which is not there", what=what, wanted=quoted(wanted or text)),
        hint=hint,
    ) from None


# A template is compiled once, not for every customer; the text is the key, so an edited one is another.
@lru_cache(maxsize=256)
def _compiled(text: str, what: str, html: bool) -> jinja2.Template:
    if len(text) > LONGEST_TEMPLATE:
        raise Invalid(
            phrase(
                "{what} is longer than {longest_template:,} characters",
                what=what,
                longest_template=LONGEST_TEMPLATE,
            )
        )
    environment = _environment(html)
    try:
        tree = environment.parse(text)
        _refuse_forbidden(tree, what)
        template = environment.from_string(tree)
        # Each rendering copies them: the chain of mappings that they are is slow to read.
        template.globals = dict(template.globals)
        return template
    except jinja2.TemplateSyntaxError as error:
        raise Invalid(
            phrase("{what}, line {lineno}: {problem}", what=what, lineno=error.lineno, problem=error.message)
        ) from None
    except RecursionError:
        raise Invalid(phrase("{what} is nested too deeply", what=what)) from None


@lru_cache(maxsize=2)
def _environment(html: bool) -> _Environment:
    environment = _Environment(
        undefined=jinja2.StrictUndefined, finalize=_shown, keep_trailing_newline=True, autoescape=html
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.filters |= {"web_address": web_address, "css_value": css_value}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    return environment


def _shown(value: Any) -> Any:
    return "" if value is None else value


def _refuse_forbidden(tree: nodes.Template, what: str) -> None:
    for node in tree.find_all(_FORBIDDEN):
        raise Invalid(
            phrase(
                "{what}, line {lineno}: templates neither call nor include anything",
                what=what,
                lineno=node.lineno,
            ),
            hint="Use names, dots, filters, {% if %} and {% for %}.",
        )
    for node in tree.find_all(_ESCAPING):
        raise Invalid(
            phrase(
                "{what}, line {lineno}: what customers wrote is always escaped in HTML",
                what=what,
                lineno=node.lineno,
            )
        )
    for name in tree.find_all(nodes.Name):
        if name.name == "self":
            raise Invalid(
                phrase('{what}, line {lineno}: "self" is nobody here', what=what, lineno=name.lineno)
            )
    for node in tree.find_all(_COSTLY):
        raise Invalid(
            phrase("{what}, line {lineno}: templates do not multiply", what=what, lineno=node.lineno),
            hint="Use a trait for that.",
        )
    _refuse_deep_loops(tree, 0, what)


def _refuse_deep_loops(node: nodes.Node, depth: int, what: str) -> None:
    if isinstance(node, nodes.For):
        depth += 1
        if depth > _DEEPEST_LOOP or node.recursive:
            raise Invalid(
                phrase(
                    "{what}, line {lineno}: loops are nested more than {deepest_loop} deep",
                    what=what,
                    lineno=node.lineno,
                    deepest_loop=_DEEPEST_LOOP,
                )
            )
    for child in node.iter_child_nodes():
        _refuse_deep_loops(child, depth, what)
