"""The error tree: every error that a person may meet has a code and details, never a sentence."""


class BoardError(Exception):
    """Root of all our errors; the sentence for a person comes from ``texts/*.toml`` by ``code``."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return f"{self.code}: " + ", ".join(f"{key}={value}" for key, value in self.details.items())


class SettingsError(BoardError):
    """The environment is wrong: the app does not start."""


class LayoutError(SettingsError):
    """The runtime folder is not of the form that this program keeps: nothing is read or written there."""


class BackupError(BoardError):
    """A backup cannot be made, or is not one that may be restored; what was there before is as it was."""


class CatalogueError(BoardError):
    """A definition is wrong; ``details["mistakes"]`` lists every (file, key, reason) at once."""


class SnapshotError(BoardError):
    """There is no snapshot to show, or it cannot be read."""


class UploadRejected(BoardError):
    """A file may not enter; ``details["findings"]`` says why. Nothing was written."""


class StaleDiff(BoardError):
    """Another publication came between the comparison and this one."""


class NotPermitted(BoardError):
    """Raised where something is written, not only where it is shown."""


class SubmissionError(BoardError):
    """What is asked of a submission does not fit its state: unknown, decided already, nothing to change."""


class CitationError(BoardError):
    """A citation cannot be made or found as asked; nothing was written."""


class AccountError(BoardError):
    """An account cannot be made or changed as asked; nothing was written. Never carries a password."""


class SignInRefused(BoardError):
    """Nobody is signed in: the same error for an unknown name, a wrong password and an account that is switched off.

    ``details["until"]`` (aware datetime) says how long a name stays locked, whether or not it is anybody's.
    """


class ShowError(BoardError):
    """A show cannot be kept under this name; nothing was written."""


class BoundariesRefused(BoardError):
    """A map file may not enter, or a version is not in use; nothing was written."""


class DiskError(BoardError):
    """The disk refuses. ``disk.full``, ``disk.refused`` (read-only, or no right to write), ``disk.failed``: nothing counts
    that was begun. ``disk.unsure``: what was begun is noted, and the next writing finishes it.
    """


class LedgerBroken(BoardError, ValueError):
    """A line of a log cannot be read; whoever would write after it must not."""


class StoreError(BoardError):
    """The store that several servers share cannot be reached or refuses. Never carries an address or a password.

    ``store.unreachable``: nothing was written. ``store.unsure``: it stopped answering while it was writing.
    """
