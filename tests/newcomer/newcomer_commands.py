"""What is done with each command that a document shows, and why not just run.

Whatever is not named here is run as it stands, and has to succeed.
"""

CLUSTER = "needs a cluster; scripts/test tests/k8s checks what it would apply"

# Commands that are not run, by their program.
NOT_RUN = {
    "skaffold": CLUSTER,
    "kubectl": CLUSTER,
    "docker": "needs Docker",
    "pre-commit": "is a tool of your own; scripts/check, which it calls, is run",
}

SMALL_SALE = "scripts/rehearse --own --units 10 --buyers 20"
# Commands of which less is run: what, and why.
INSTEAD = {
    "scripts/rehearse": (SMALL_SALE, "a whole sale takes minutes"),
    "scripts/rehearse --seconds 60": (
        "scripts/rehearse --own --buyers 20 --seconds 5",
        "a minute is long",
    ),
    "scripts/rehearse --kill": (f"{SMALL_SALE} --kill", "a whole sale takes minutes"),
    "scripts/rehearse --check": (
        "scripts/rehearse --help",
        "how fast a sale is depends on the machine",
    ),
    "scripts/test": (
        "scripts/test tests/unit/ticketing/test_money.py",
        "all of them take long, and this check is one of them",
    ),
    "PYTHONPATH=. .venv/bin/python tests/simulation/simulate.py --count 100000": (
        "PYTHONPATH=. .venv/bin/python tests/simulation/simulate.py --count 100",
        "takes an hour",
    ),
}

# So that several shops can run on one machine, each of these is told where.
PLACES = {"scripts/up": ("--port", "{port}"), "scripts/demo": ("{url}",)}

# What happens to the shop before a command that mends it.
DISASTERS = {"scripts/up --servers-only"}
