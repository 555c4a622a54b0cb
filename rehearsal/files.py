"""How many files a process may have open: each connection is one."""

import resource

from rehearsal.errors import RehearsalError

# Each buyer has a connection, and some have two.
SPARE_FILES = 500


def allow_files(buyers: int) -> None:
    """Lets this process, and what it starts, have as many open as so many buyers need.

    Raises RehearsalError.
    """
    wanted = 2 * buyers + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise RehearsalError(
            f"A process may open {hard} files here, and {wanted} are needed: take "
            "fewer --buyers, or raise the limit with ulimit -n."
        )
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
