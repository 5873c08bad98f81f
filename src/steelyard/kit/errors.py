"""The root of every error of the engine half."""


class SteelyardError(Exception):
    """Something went wrong in the engine."""

    permanent: bool = True
    """False where trying again may help."""

    def __init__(self, message: str | None = None, *, permanent: bool | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        if permanent is not None:
            self.permanent = permanent
