"""`Record`: a frozen, keyword-only record that costs almost nothing to import.

Field names come from the annotations, defaults from class attributes. The standard library's dataclasses compile an
``__init__`` per class, which for the hundred records of a project takes longer than a whole cached check.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from typing_extensions import Self, dataclass_transform

    T = TypeVar("T")
else:

    def dataclass_transform(**_options: Any) -> Callable[[T], T]:
        """Stand in for the typing decorator: it only matters to type checkers."""
        return lambda cls: cls


Path = tuple["str | int", ...]
"""A place in the spec: the keys as written there, list positions as integers."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class RecordType(type):
    """Collects the field names of a record and of its bases, in order, into ``__match_args__``."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> RecordType:
        cls = super().__new__(mcs, name, bases, namespace)
        fields: dict[str, None] = {}
        for base in reversed(cls.__mro__):
            for field, annotation in vars(base).get("__annotations__", {}).items():
                if not str(annotation).startswith("ClassVar"):
                    fields[field] = None
        type.__setattr__(cls, "__match_args__", tuple(fields))
        return cls


class Record(metaclass=RecordType):
    """Base of every value between two stages.

    ``path`` is the spec path that a record came from; two records with the same content are equal wherever they
    came from.
    """

    path: Path = ()

    if not TYPE_CHECKING:

        def __init__(self, **values: object) -> None:
            fields = self.__match_args__
            for name in values:
                if name not in fields:
                    raise TypeError(f"{type(self).__name__} has no field {name!r}")
            own = self.__dict__
            own.update(values)
            if len(own) != len(fields):
                for name in fields:
                    if name not in own:
                        try:
                            own[name] = getattr(type(self), name)
                        except AttributeError:
                            raise TypeError(f"{type(self).__name__}: field {name!r} is missing") from None

        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(f"{type(self).__name__} is frozen")

        def __delattr__(self, name: str) -> None:
            raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return {**self.__dict__, "path": ()} == {**other.__dict__, "path": ()}

    def __hash__(self) -> int:
        return hash(tuple(value for name, value in self.__dict__.items() if name != "path"))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if name != "path")
        return f"{type(self).__name__}({fields})"

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed.

        Raises:
            TypeError: a name that is no field of this record.
        """
        return type(self)(**{**self.__dict__, **changes})
