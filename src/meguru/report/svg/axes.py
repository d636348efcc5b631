"""The frame of a chart: scales, grid lines, ticks and the words on the axes."""

from __future__ import annotations

from collections.abc import Sequence

from meguru.report.both import Both
from meguru.report.numbers import ALIKE, Scale, nice_ticks, tick_texts
from meguru.report.svg.canvas import Canvas, width_of

WIDTH, HEIGHT = 400.0, 250.0
TOP, RIGHT, BOTTOM = 30.0, 18.0, 42.0
TICK_SIZE = 11.0
INSET = 7.0  # so that signs on the first year do not lie upon the axis


class Frame:
    """A sheet with a value axis; what is drawn on it asks for heights by :meth:`y`."""

    def __init__(
        self,
        values: Sequence[float],
        scale: Scale,
        *,
        width: float = WIDTH,
        height: float = HEIGHT,
        bottom: float = BOTTOM,
        from_zero: bool = True,
        cut: Both | None = None,
    ) -> None:
        shown = [value / scale.size for value in values] or [0.0]
        low, high = min(shown), max(shown)
        if from_zero or low < 0.6 * high or high - low <= ALIKE * abs(high):
            low, high = min(0.0, low), max(0.0, high)
        self.scale, self.ticks = scale, nice_ticks(low, high)
        self.sheet = Canvas(width, height)
        texts = tick_texts(self.ticks)
        self.left = 12.0 + max(width_of(text, TICK_SIZE) for text in texts)
        self.right, self.top, self.bottom = width - RIGHT, TOP, height - bottom
        begins_above = cut is not None and (self.ticks[0] > 0 or self.ticks[-1] < 0)
        self.sheet.text(
            2,
            14,
            scale.unit + (" " + cut if begins_above and cut else ""),
            class_="soft",
            font_size=TICK_SIZE,
        )
        for tick, text in zip(self.ticks, texts, strict=True):
            y = self._at(tick)
            self.sheet.line(self.left, y, self.right, y, class_="axis" if tick == 0 else "grid")
            self.sheet.text(self.left - 5, y + 4, text, class_="soft", text_anchor="end", font_size=TICK_SIZE)

    def _at(self, scaled: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - (scaled - low) / (high - low) * (self.bottom - self.top)

    def y(self, value: float) -> float:
        """Height of a value in the unit of the data."""
        return self._at(value / self.scale.size)


class Years:
    """Places of years along the bottom of a frame."""

    def __init__(self, frame: Frame, years: Sequence[int], label: Both, *, bars: bool = False) -> None:
        self.frame, self.years = frame, list(years)
        inset = 0.0 if bars else INSET
        self.step = (frame.right - frame.left - 2 * inset) / (
            len(self.years) if bars else max(1, len(self.years) - 1)
        )
        self.shift = self.step / 2 if bars or len(self.years) == 1 else inset
        every = next(e for e in (1, 2, 5, 10, 20, 25, 50, 100, 1000) if len(self.years) / e <= 7)
        for index, year in enumerate(self.years):
            if (year % every == 0 and every > 1) or every == 1:
                x = self.x(index)
                frame.sheet.line(x, frame.bottom, x, frame.bottom + 4, class_="axis")
                half = width_of(str(year), TICK_SIZE) / 2
                frame.sheet.text(
                    min(x, frame.sheet.width - half - 1),
                    frame.bottom + 18,
                    year,
                    class_="soft",
                    text_anchor="middle",
                    font_size=TICK_SIZE,
                )
        frame.sheet.text(
            (frame.left + frame.right) / 2,
            frame.bottom + 35,
            label,
            class_="soft",
            text_anchor="middle",
            font_size=TICK_SIZE,
        )

    def x(self, index: int) -> float:
        return self.frame.left + self.shift + index * self.step
