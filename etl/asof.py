"""An earlier state: the snapshot that was shown at the end of a day, or what had come in by then, built anew."""

from bisect import bisect_right
from datetime import date

from etl import commit, replica
from etl.build import build, built
from etl.inputs import gather
from store import ledger
from store.settings import Settings


def snapshot_of(settings: Settings, space: str, day: date) -> tuple[str, bool]:
    """(snapshot id, whether it is the very one that was shown then).

    Where something was published by the end of that day in Viet Nam and its snapshot is still there, that is it, word
    for word. Else the figures that had come in by then, by today's definitions: before this installation's first
    publication, and after the snapshot was removed. Writes nothing but a snapshot file that is missing.
    """
    entries = ledger.read(commit.ledger_path(settings, space))
    until = bisect_right(ledger.days(entries), day)
    then = [entry["snapshot_id"] for entry in entries[:until] if entry["act"] in ledger.TURNS]
    if then and replica.has(settings, space, then[-1]):
        return then[-1], True
    known = built(settings, space, gather(settings, space, until=day).digest)
    return known or build(settings, space, until=day), False
