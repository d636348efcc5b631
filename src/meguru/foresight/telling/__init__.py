"""What an analysis found, as sentences in English and Japanese, each with what it rests on."""

from meguru.foresight.telling.evidence import Evidence, Link
from meguru.foresight.telling.tell import Sentence, tell

__all__ = ["Evidence", "Link", "Sentence", "tell"]
