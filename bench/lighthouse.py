"""Google's Lighthouse on home, a listing, an order and its passes, all four scores.

    .venv/bin/python -m bench.lighthouse [--runs 1] [--report FOLDER]

Starts a shop of its own. Lighthouse is got with npm into bench/audit the first time.
CHROMIUM names the browser. It plays a slow phone; a busy machine makes it slower still.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench.people import person
from launcher.testing import CHROMIUM, Launched

AUDIT = Path(__file__).parent / "audit"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
EVENT = {"name": "Opera", "venue": "Hall", "startsAt": "2037-06-01T18:00:00Z"}
LEAST = 95
# Now and then Chromium's trace has no beginning; then Lighthouse asks to be run again.
ATTEMPTS = 3


def install() -> None:
    if (AUDIT / "node_modules").exists():
        return
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(["npm", "ci", *quiet], cwd=AUDIT, check=True)


def post(client: httpx.Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/{path}", json=body).raise_for_status().json()


def fill(address: str) -> tuple[dict[str, str], str]:
    """Sell, hold and buy something; return the pages and their buyer's cookie."""
    seller, buyer = person(address, "seller"), person(address, "buyer")
    offer = {"price": 20, "quantity": 20, "event": EVENT}
    listings = [post(seller, "tickets", title=f"Row {n}", **offer) for n in range(30)]
    bought, held = (
        post(buyer, "orders", ticketId=listing["id"], quantity=2)["id"]
        for listing in listings[:2]
    )
    post(buyer, "payments", orderId=bought, token="tok_visa")
    while not buyer.get(f"/api/orders/{bought}/passes").json():
        time.sleep(0.1)
    pages = {
        "home": "/",
        "listing": f"/tickets/{listings[2]['id']}",
        "order": f"/orders/{held}",
        "passes": f"/orders/{bought}/passes",
    }
    return pages, f"session={buyer.cookies['session']}"


def scores(url: str, cookie: str, report: Path) -> tuple[list[int], list[str]]:
    """Return the scores of a page, and what is wrong with it."""
    command = [
        str(AUDIT / "node_modules" / ".bin" / "lighthouse"),
        url,
        "--quiet",
        f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
        "--output=json",
        f"--output-path={report}",
    ]
    own = os.environ | {"CHROME_PATH": CHROMIUM}
    for left in reversed(range(ATTEMPTS)):
        done = subprocess.run(command, env=own, check=not left, timeout=300)
        if done.returncode == 0:
            break
    found = json.loads(report.read_text())
    categories, audits = found["categories"], found["audits"]
    wrong = [
        f"{audits[each['id']]['title']} ({audits[each['id']].get('displayValue', '')})"
        for name in CATEGORIES
        for each in categories[name]["auditRefs"]
        if each["weight"]
        and (audits[each["id"]]["score"] or 0) < 0.9
        and audits[each["id"]]["score"] is not None
    ]
    return [round(100 * categories[name]["score"]) for name in CATEGORIES], wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    install()
    is_good = True
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder) / "data") as launched,
    ):
        address = f"http://127.0.0.1:{launched.instance.port}"
        pages, cookie = fill(address)
        for name, path in pages.items():
            for _ in range(options.runs):
                report = Path(folder) / f"{name}.json"
                found, wrong = scores(address + path, cookie, report)
                told = zip(CATEGORIES, found, strict=True)
                print(f"{name}: {', '.join(f'{kind} {n}' for kind, n in told)}")
                print(*(f"  {each}" for each in wrong), sep="\n", flush=True)
                is_good = is_good and min(found) >= LEAST
                if options.report:
                    shutil.copy(report, options.report)
    raise SystemExit(not is_good)


if __name__ == "__main__":
    main()
