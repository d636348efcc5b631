"""All sets of indicators, looked up by id, and chosen by purpose, level and audience."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from meguru.errors import IndicatorError, UnknownNameError, did_you_mean
from meguru.indicators.catalogue.definitions import AUDIENCES, LEVELS, PURPOSES, Definition, IndicatorSet
from meguru.indicators.catalogue.reading import read_data, read_set


class Catalogue:
    """The sets that meguru knows; each is read when it is first asked for.

    An id is that of a set (``cti``, its newest edition), of a set in an edition (``cti@1.0``), or of an
    indicator (``cti.circular_inflow``, ``cti@1.0.critical_material``).
    """

    def __init__(self) -> None:
        self._files: dict[str, dict[str, str]] = {}
        for one in read_data("order")["sets"]:
            self._files.setdefault(one["id"], {})[str(one["edition"])] = one["file"]

    def __iter__(self) -> Iterator[IndicatorSet]:
        for editions in self._files.values():
            for file in editions.values():
                yield read_set(file)

    @property
    def ids(self) -> list[str]:
        """Ids of all sets, the newest edition of each."""
        return list(self._files)

    def editions(self, name: str) -> list[str]:
        """Editions of a set, the newest first."""
        return list(self._files[name])

    def indicators(self) -> Iterator[Definition]:
        """All indicators of all sets and editions."""
        for held in self:
            yield from held.indicators.values()

    def set(self, name: str) -> IndicatorSet:
        """A set by its id, with or without edition.

        Raises
        ------
        UnknownNameError
            There is no such set or edition.
        """
        plain, _, edition = name.partition("@")
        if plain not in self._files:
            raise UnknownNameError(
                "no such set of indicators", found=name, expected=self.ids, hint=did_you_mean(plain, self.ids)
            )
        editions = self._files[plain]
        if edition and edition not in editions:
            raise UnknownNameError(
                f"no such edition of {plain}", found=edition, expected=[f"{plain}@{one}" for one in editions]
            )
        return read_set(editions[edition] if edition else next(iter(editions.values())))

    def find(self, wanted: str) -> tuple[IndicatorSet, Definition | None]:
        """The set that an id names, and the indicator if it names one.

        Raises
        ------
        UnknownNameError
            There is no such set or indicator, with the nearest name.
        IndicatorError
            The indicator is known, but not shipped; the message says why.
        """
        name, edition, rest = self._split(wanted)
        held = self.set(f"{name}@{edition}" if edition else name)
        if not rest:
            return held, None
        if rest in held.indicators:
            return held, held.indicators[rest]
        for one in held.omitted:
            if one.id == rest:
                raise IndicatorError(f"'{rest}' of {held.id} is not shipped", hint=one.reason.en)
        raise UnknownNameError(
            f"no such indicator in {held.id} ({held.edition})",
            found=rest,
            expected=list(held.indicators),
            hint=did_you_mean(rest, held.indicators),
        )

    def _split(self, wanted: str) -> tuple[str, str, str]:
        """Set, edition and indicator of an id; editions may hold a point."""
        for name, editions in self._files.items():
            for edition in editions:
                start = f"{name}@{edition}"
                if wanted == start or wanted.startswith(f"{start}."):
                    return name, edition, wanted[len(start) + 1 :]
        name, _, rest = wanted.partition(".")
        if "@" in name:
            self.set(wanted)  # no such edition
        if name not in self._files:
            known = [*self.ids, *(one.id for one in self.indicators())]
            raise UnknownNameError(
                "no such set or indicator", found=wanted, expected=self.ids, hint=did_you_mean(wanted, known)
            )
        return name, "", rest

    def choose(
        self,
        *,
        purposes: Iterable[str] = (),
        level: str | None = None,
        audience: str | None = None,
        sets: Iterable[str] = (),
    ) -> list[Definition]:
        """Indicators that serve any of the purposes, at a level, for an audience; nothing given fits all.

        Raises
        ------
        UnknownNameError
            There is no such purpose, level, audience or set.
        """
        wanted = list(purposes)
        for given, known, what in (
            (wanted, PURPOSES, "purpose"),
            ([level] if level else [], LEVELS, "level"),
            ([audience] if audience else [], AUDIENCES, "audience"),
        ):
            for one in given:
                if one not in known:
                    hint = did_you_mean(one, known)
                    raise UnknownNameError(f"no such {what}", found=one, expected=list(known), hint=hint)
        held = [self.set(name) for name in sets] or list(self)
        return [
            one
            for group in held
            for one in group.indicators.values()
            if (not wanted or set(wanted) & set(one.purposes))
            and (level is None or level in one.levels)
            and (audience is None or audience in one.audiences)
        ]


@cache
def catalogue() -> Catalogue:
    """The indicators by the standards, by law and by the laboratory's report."""
    return Catalogue()
