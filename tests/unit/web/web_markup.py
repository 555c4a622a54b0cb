"""What every page has to be, whatever it shows."""

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br"}


class Outline(HTMLParser):
    """What a page is made of; fails on tags that do not nest."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags = [], []
        self.feed(html)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def ids(self):
        return [a["id"] for _, a in self.tags if "id" in a]


def check(html, language="en"):
    """Every page is well formed, labelled and free of inline code."""
    page = Outline(html)
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.all("html")[0]["lang"] == language
    ids = page.ids()
    assert len(ids) == len(set(ids))
    labels = {label.get("for") for label in page.all("label")}
    for kind in ("input", "select", "textarea"):
        for field in page.all(kind):
            assert field.get("type") in {"hidden", "radio"} or field["id"] in labels
    for field in page.all("input"):
        assert field.get("list") in {None, *ids}
    for _, attributes in page.tags:
        names = set(attributes)
        assert "style" not in names
        assert not any(name.startswith("on") for name in names)
        for name in ("aria-describedby", "aria-labelledby"):
            assert set(attributes.get(name, "").split()) <= set(ids)
        target = attributes.get("href") or ""
        assert not target.startswith("#") or target[1:] in ids
    assert all("src" in script for script in page.all("script"))
    assert not page.all("style")


def told(answer):
    """What a page says, after checking its markup."""
    page = answer.get_data(as_text=True)
    check(page)
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", plain(main)).split())


def plain(html):
    """A page without what only keeps the labels of seats on one line."""
    return re.sub(r'<span class="unbroken">([^<]*)</span>', r"\1", html)
