"""A class method that takes options, and that frameworks call without arguments."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from inspect import Signature
    from types import MethodType
    from typing import Any

    class_method = classmethod
else:
    from types import MethodType

    class class_method:  # noqa: N801 - it stands for `classmethod`
        """A class method whose signature is empty at runtime.

        What injects dependencies takes every parameter for one that it has to pass. FastAPI would read options from the
        query of a request.
        """

        def __init__(self, function: Any) -> None:
            self.__wrapped__ = function
            self.__doc__ = function.__doc__
            self.__name__ = function.__name__
            self.__qualname__ = function.__qualname__
            self.__module__ = function.__module__
            self.__annotations__ = {"return": function.__annotations__["return"]}

        def __get__(self, instance: object, owner: type) -> MethodType:
            return MethodType(self, owner)

        def __call__(self, owner: type, **options: Any) -> Any:
            return self.__wrapped__(owner, **options)

        @property
        def __signature__(self) -> Signature:
            from inspect import Parameter, Signature

            return Signature([Parameter("cls", Parameter.POSITIONAL_ONLY)])
