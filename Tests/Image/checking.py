"""What the checks are made of."""


class Failure(Exception):
    """Something that must hold does not."""


def check(holds, what):
    """Fails unless it holds, and says so when it does."""
    if not holds:
        raise Failure(what)
    print(f"ok: {what}", flush=True)


def measured(what):
    print(f"measured: {what}", flush=True)
