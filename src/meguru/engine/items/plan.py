"""The flat form of individuals, beside that of :mod:`meguru.engine.plan` which all engines read.

Three more one-dimensional arrays go through the kernels of individuals:

``q``  64-bit integers: where the tables of ``m`` begin, how far they are filled, and tables of the model;
``m``  32-bit integers: the individuals themselves, and the lists in which they stand;
``s``  survival: for every hazard in ``c``, at the same place, the share left at the end of that index; then,
       from CHANCES on, room for what is drawn for all pieces of a product at once.

``k`` holds three words: both halves of the seed and the number of the run.

A *row* is a product with its pieces: in use, or out of use with pieces inside. A *thing* is whatever is
individual outside of use: a product (with its row, if it has pieces) or a loose piece. Lists of things are
linked by the first column, lists of rows by a table of their own (AFTER): it is small enough to stay near
the processor, so that one can look some rows ahead and have them brought in. A store is an array, so that
something can be taken from it at random.

In a row the steps in which pieces fail stand side by side, then their births, then their numbers: whoever
asks what happens next reads few, neighbouring words. A cell without a piece has no birth and never fails.
"""

from __future__ import annotations

# -- head of q: what changes during a run
(ROWS_USED, FREE_ROW, THINGS_USED, FREE_THING, LAST_SERIAL, TAKEN, WAITING, LOGGED, STEP, PHASE,
 WANTED_ROWS, WANTED_THINGS, WANTED_SHELF) = range(13)  # fmt: skip
# capacities, and where the tables of m begin
ROWS_MOST, THINGS_MOST, SHELF_MOST, LOG_MOST = range(13, 17)
MEMORY = (
    "rows", "after", "things", "shelf", "shelved", "heads", "counts", "waiting", "queue", "queued", "chain",
    "chained", "log",
)  # fmt: skip
(ROWS, AFTER, THINGS, SHELF, SHELVED, HEADS, COUNTS, WAITS, QUEUE, QUEUED, CHAIN, CHAINED,
 LOG) = range(17, 30)  # fmt: skip
NOBODY = -1
LISTS = {  # what stands in them when they are empty
    "heads": NOBODY, "waiting": NOBODY, "queue": NOBODY, "chain": NOBODY,
    "shelved": 0, "counts": 0, "queued": 0, "chained": 0,
}  # fmt: skip
# what the model says
WIDTH, CELLS, FIRST_STEP, MAY_BE_SHORT, CHANCES = range(30, 35)
TABLES = (
    "whole", "first_way", "last_way", "opens", "way", "cell", "slot_of_cell", "sold", "into_slot",
    "store_whole", "piece_sum",
)  # fmt: skip
(WHOLE, FIRST_WAY, LAST_WAY, OPENS, WAY, CELL, SLOT_OF_CELL, SOLD_TABLE, INTO_SLOT, STORE_WHOLE,
 PIECE_SUM) = range(35, 46)  # fmt: skip
HEAD = 46

# -- columns
ROW_DATE, ROW_LOCAL, ROW_SERIAL, ROW_EXIT, ROW_CAUSE, ROW_FATE, ROW_USE, ROW_OWED = range(8)
ROW_COLUMNS = 8  # then three for each piece
FAILS, BIRTH, ID = range(3)
CELL_COLUMNS = 3
NEXT, DATE, STATE, LOCAL, SERIAL, ROW, SINCE = range(7)
THING_COLUMNS = 7
LOG_COLUMNS = 5  # serial number, step, what, where, other
IS_OWED = -1  # in place of a birth: the piece put in comes in the next step
HAS_FAILED = -1  # in place of the step in which a piece fails: it has
# what becomes of a product in a step
NOTHING, LEAVES, BREAKS, MENDED = range(4)
# what happened, in histories
(MADE, SOLD, FAILED, REPAIRED, LEFT, WENT) = range(6)
# where a step may be interrupted for more memory
AT_START, AT_SALE = range(2)
# what a kernel reports beside the codes of the engine
GROW = 100
TOO_MANY = 101
MOST_SERIALS = 2**31 - 2
