"""WHO MAY DO WHAT: accounts of the staff, their sign-ins and their rights.

Other rooms mark each view with `@public` or `@requires(...)`; a view with neither is
refused to everyone.
"""

from survey.accounts.access import (
    current,
    install,
    may_read,
    public,
    reachable_waves,
    requires,
    scope,
    units_in_reach,
    wave_in_reach,
)
from survey.accounts.passwords import MIN_LENGTH
from survey.accounts.people import (
    AccountsError,
    add_account,
    change_password,
    disable,
    enable,
    find_account,
    set_password,
)
from survey.accounts.sign_ins import (
    Throttled,
    delete_outdated,
)

__all__ = [
    "MIN_LENGTH",
    "AccountsError",
    "Throttled",
    "add_account",
    "change_password",
    "current",
    "delete_outdated",
    "disable",
    "enable",
    "find_account",
    "install",
    "may_read",
    "public",
    "reachable_waves",
    "requires",
    "scope",
    "set_password",
    "units_in_reach",
    "wave_in_reach",
]
