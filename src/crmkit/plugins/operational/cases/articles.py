"""The knowledge base: articles as files in the folder `knowledge` beside `crm.toml`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from crmkit.plugin import fold, phrase

FOLDER: Final = "knowledge"
_FENCE: Final = "---"
_LONGEST: Final = 200_000
_HEADS: Final = ("title", "tags", "language")
_TITLE: Final = 6.0
_TAGS: Final = 4.0
# A word that only begins like one that was asked for counts for this much of it.
_BEGINS: Final = 0.6
_SHORTEST: Final = 3


@frozen(kw_only=True)
class Article:
    """An article: `name` is that of its file, without `.md`."""

    name: str
    title: str
    text: str
    tags: tuple[str, ...] = ()
    language: str = ""


@frozen(kw_only=True)
class Found:
    """An article that a search found; `score` only tells which fits better."""

    article: Article
    score: float


@frozen
class Articles:
    """The articles of the folder `directory`/knowledge. Read anew each time: they may be edited meanwhile."""

    directory: Path

    def all(self) -> Sequence[Article]:
        """Every article that can be read, by name."""
        found = (_read(path) for path in self._paths())
        return [each for each in found if isinstance(each, Article)]

    def faults(self) -> Iterator[str]:
        """What is wrong with those that cannot."""
        return (each for each in map(_read, self._paths()) if isinstance(each, str))

    def search(self, text: str, *, language: str = "", limit: int = 10) -> Sequence[Found]:
        """The articles that have words of `text`, best first: words that few articles have count for most,
        those of titles and tags for more. Case and accents do not matter."""
        articles = [each for each in self.all() if not language or each.language in ("", language)]
        words = [_Words.of(each) for each in articles]
        scores = [0.0] * len(articles)
        for asked in dict.fromkeys(fold(text).split()):
            hits = [each.weight(asked) for each in words]
            rarity = math.log(1 + len(articles) / max(1, sum(map(bool, hits))))
            scores = [score + hit * rarity for score, hit in zip(scores, hits, strict=True)]
        ranked = (Found(article=a, score=s) for a, s in zip(articles, scores, strict=True) if s)
        return sorted(ranked, key=lambda each: (-each.score, each.article.name))[:limit]

    def _paths(self) -> list[Path]:
        return sorted((self.directory / FOLDER).glob("*.md"))


@frozen
class _Words:
    """How much each word of an article counts."""

    weights: dict[str, float]

    @classmethod
    def of(cls, article: Article) -> _Words:
        weights: Counter[str] = Counter()
        for word, count in Counter(fold(article.text).split()).items():
            weights[word] = count / (1 + count)  # type: ignore[assignment]  # Counter is typed for int
        for part, weight in ((article.title, _TITLE), (" ".join(article.tags), _TAGS)):
            for word in {*fold(part).split()}:
                weights[word] += weight  # type: ignore[assignment]
        return cls(dict(weights))

    def weight(self, asked: str) -> float:
        whole = self.weights.get(asked, 0.0)
        if len(asked) < _SHORTEST:
            return whole
        begin = (weight for word, weight in self.weights.items() if word.startswith(asked))
        return max(whole, max(begin, default=0.0) * _BEGINS)


def _read(path: Path) -> Article | str:
    """The article of a file, or what is wrong with it."""
    shown = f"{FOLDER}/{path.name}"
    try:
        if path.stat().st_size > _LONGEST:
            return phrase("{file} is longer than {most:,} bytes", file=shown, most=_LONGEST)
        whole = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return phrase("{file} cannot be read: {reason}", file=shown, reason=error)
    head, text = _parted(whole)
    if not text.strip():
        return phrase("{file} has no text", file=shown)
    return Article(
        name=path.stem,
        title=head.get("title") or _first_line(text),
        text=text.strip(),
        tags=tuple(tag.strip() for tag in head.get("tags", "").split(",") if tag.strip()),
        language=head.get("language", ""),
    )


def _parted(whole: str) -> tuple[dict[str, str], str]:
    """The lines `Title: …` before the first blank one, or between two of `---`, and the text after it."""
    above, _, below = whole.partition("\n\n")
    if whole.startswith(f"{_FENCE}\n"):
        above, _, below = whole.removeprefix(f"{_FENCE}\n").partition(f"\n{_FENCE}\n")
    head = {}
    for line in above.splitlines():
        key, mark, value = line.partition(":")
        if not mark or key.strip().lower() not in _HEADS:
            return {}, whole
        head[key.strip().lower()] = value.strip().strip("[]\"'")
    return head, below


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0].lstrip("# ").strip()
