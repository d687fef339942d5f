"""`Problem`: what the workspace found, as data. The wording lives in the catalogue of diagnostics."""

from __future__ import annotations

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Problem(Record):
    """One finding about a file, an input or the lock.

    Kinds that stop a compile, with their facts:
        ``file-edited``: changed by hand since the last compile; ``conflict``: "yes" when it holds conflict markers.
        ``file-foreign``: exists and was never written by this spec.
        ``file-unlocked``: seems to be written by this spec, but the lock does not name it; ``what``: the part of it.
        ``file-shared``: is generated from another spec of the repository, ``other``.
        ``place-outside``: the path, or a symbolic link among its folders, leads out of the repository; ``folder``:
        where it does.
        ``place-symlink``: a symbolic link stands where the file should be; ``to``: where it leads.
        ``place-folder``: a folder stands there. ``place-not-a-folder``: ``folder`` is a file.
        ``place-special``: a device, pipe or socket stands there.
        ``place-unreadable``, ``place-unwritable``: ``error``: what the operating system said; ``folder``
        where it is a folder that keeps all files below it from being read or written.
        ``block-markers``: marker lines do not pair up; ``line``, ``marker``.
        ``block-encoding``: the user's file is no text that a block could be added to.
        ``file-moved``: changed by somebody else between the plan and the writing of it.
        ``lock-shared``: the lock beside the spec belongs to another spec, which is still there: ``locked``.
        ``lock-format``: written in a format that this version does not know; ``found``, ``known``.

    Kinds that only a check reports:
        ``lock-missing``, ``lock-conflict``; ``lock-malformed``: ``line`` (first bad one), ``count``;
        ``lock-incomplete``: a line of its head is missing or does not fit the others;
        ``interrupted``: an earlier compile did not finish.
        ``root-changed``, ``spec-moved``: ``locked``, ``found``.
        ``compiler-changed``: ``locked``, ``running``.
        ``spec-changed``, ``input-changed``: ``locked``, ``found``: a digest, "absent", "present", or "unused" for an
        input that this compile (or the last one) did not ask for.
        ``file-missing``: was written and is gone. ``file-stale``: a compile would change it; ``verdict``.
        ``lock-edited``: inputs and compiler are as locked, yet the lock says something else than they yield.

    Attributes:
        kind: one of the above.
        file: path with ``/``, relative to the repository root.
        facts: what the wording needs.
    """

    kind: str
    file: str
    facts: Mapping[str, str] = {}
