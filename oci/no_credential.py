"""Why there is no credential: what is wrong, what follows, and how to mend it."""


class NoCredentialError(Exception):
    """No credential could be made of what the builder was given.

    `variable` names the builder's variable that is wrong, and is empty where none is; `what` then continues the
    sentence that begins with it. `unreachable` tells a service that gave no answer from one that refused.
    """

    def __init__(
        self, what: str, mend: str, consequence: str = "", *, variable: str = "", unreachable: bool = False
    ) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.consequence = consequence
        self.variable = str(variable)
        self.unreachable = unreachable

    @property
    def fact(self) -> str:
        """What is wrong and what follows, as one sentence."""
        fact = f"{self.variable} {self.what}" if self.variable else self.what
        return f"{fact}; so {self.consequence}" if self.consequence else fact

    def __str__(self) -> str:
        return f"{self.fact}; mend: {self.mend}"
