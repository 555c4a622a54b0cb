"""What a list of listings tells of each."""

import html
import re

EVENT = {
    "name": "Rigoletto",
    "venue": "State Opera",
    "startsAt": "2026-07-01T18:00:00Z",
    "timezone": "Europe/Berlin",
}


def cards(page):
    """``{title: everything the list says of it}``."""
    found = re.findall(r'<a class="ticket[^>]*>(.*?)</a>', page, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in found]
    return {html.unescape(text.split()[0]): text for text in texts}
