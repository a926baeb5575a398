"""Which sentences of a model's answer may be shown: those whose every figure, date and name a tool result holds."""

from assistant.truth.facts import Fact, Facts, Kind, gather
from assistant.truth.judging import Figure, Scope, fault, figures, sentences

__all__ = ["Fact", "Facts", "Figure", "Kind", "Scope", "fault", "figures", "gather", "sentences"]
