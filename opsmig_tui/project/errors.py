"""The one exception a person is meant to read."""


class OpsmigError(Exception):
    """Something the person can mend, said in one sentence: what, where, what to do.

    `exit_status` is what a command ends with: 2 means "could not do it" (the issue's convention for
    every command: 0 fine, 1 found something, 2 could not).
    """

    def __init__(self, message: str, *, hint: str = "", exit_status: int = 2) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_status = exit_status
