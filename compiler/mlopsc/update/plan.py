"""What to look up, and what it comes to."""

from __future__ import annotations

from mlopsc.pins import Action, CheckJob, Image, Pins
from mlopsc.record import Record
from mlopsc.update.actions import Actions
from mlopsc.update.images import Images
from mlopsc.update.packages import Packages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from mlopsc.update.change import Change
    from mlopsc.update.network import Network


class Wanted(Record):
    """The pins to look up.

    Attributes:
        images: by name.
        actions: by name.
        version: of mlopsc, for the check job; None when it is not asked for.
    """

    images: tuple[str, ...]
    actions: tuple[str, ...]
    version: str | None

    @property
    def count(self) -> int:
        """How many look-ups that makes; the check job is one."""
        return len(self.images) + len(self.actions) + (self.version is not None)


class Renewal(Record):
    """What an update comes to.

    Attributes:
        pins: only those that change.
        changes: the lines of the table.
        notes: sentences for the user.
    """

    pins: Pins
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def in_use(pins: Pins, texts: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the names of the images and of the actions that generated files hold.

    Args:
        pins: those that the files were made with.
        texts: the files.
    """
    images: set[str] = set()
    actions: set[str] = set()
    for text in texts:
        images.update(name for name, image in pins.images.items() if image.reference in text)
        actions.update(name for name, action in pins.actions.items() if f"{name}@{action.sha}" in text)
    return images, actions


def renew(
    wanted: Wanted,
    pins: Pins,
    network: Network,
    today: date,
    cooldown: int,
    tell: Callable[[str], None],
) -> Renewal:
    """Look everything up.

    Args:
        wanted: what.
        pins: those that hold now.
        network: the way out.
        today: the day that ages are counted from.
        cooldown: days that a release of an action or a package must be out.
        tell: called with what is looked up next.

    Raises:
        Refused: something cannot be found out, or must not be changed as it would be.
    """
    images, actions, found = Images(network), Actions(network, today, cooldown), []
    new_images: dict[str, Image] = {}
    new_actions: dict[str, Action] = {}
    job: CheckJob | None = None
    for name in wanted.images:
        tell(name)
        found.append(images.look(name, pins.images[name]))
        if isinstance(found[-1].pin, Image):
            new_images[name] = found[-1].pin
    for name in wanted.actions:
        tell(name)
        found.append(actions.look(name, pins.actions[name]))
        if isinstance(found[-1].pin, Action):
            new_actions[name] = found[-1].pin
    if wanted.version is not None:
        tell("mlopsc and its packages")
        found.append(Packages(network, today, cooldown).look(wanted.version, pins.mlopsc))
        if isinstance(found[-1].pin, CheckJob):
            job = found[-1].pin
    return Renewal(
        pins=Pins(images=new_images, actions=new_actions, mlopsc=job),
        changes=tuple(change for item in found for change in item.changes),
        notes=tuple(_joined(note for item in found for note in item.notes)),
    )


def table(changes: Collection[Change]) -> list[str]:
    """Return the lines that show changes to people, in columns."""
    rows = [
        (
            change.name,
            _dated(change.old or "not pinned", change.old_date),
            _dated(change.new or "gone", change.new_date),
        )
        for change in changes
    ]
    first, second = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    return [f"  {name:<{first}}  {old:<{second}} -> {new}" for name, old, new in rows]


def _dated(text: str, day: date | None) -> str:
    return text if day is None else f"{text} ({day})"


def _joined(notes: Iterable[str]) -> list[str]:
    """Return the notes; several actions of one repository have the same to say, which is said once."""
    names: dict[str, list[str]] = {}
    for note in notes:
        name, _, text = note.partition(": ")
        names.setdefault(text, []).append(name)
    return [f"{', '.join(of)}: {text}" for text, of in names.items()]
