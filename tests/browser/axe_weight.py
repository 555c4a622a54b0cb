"""What a page weighs on its way, and whether it moves while it is shown."""

import re

# Everything but pictures, and what is got afterwards for when it may be needed.
FILES = re.compile(r"""(?<!prefetch" )(?:src|href)="(/static/[^"]+\.(?:js|css))\"""")
IMPORTS = re.compile(r"""(?m)^\s*(?:import|export)\b[^;"']*["']\./([\w.-]+)["']""")
GZIP = {"Accept-Encoding": "gzip", "Accept": "text/html"}
# https://web.dev/articles/cls: what moved without anybody's doing.
SHIFTS = """() => new Promise((done) => {
  const moved = {};
  const name = ({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.nodeName ?? "?";
  const add = (entries) => {
    for (const each of entries) {
      if (!each.hadRecentInput) moved[each.sources.map(name).join()] = each.value;
    }
  };
  const watch = new PerformanceObserver((list) => add(list.getEntries()));
  watch.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => {
    add(watch.takeRecords());
    done(moved);
  }, 0));
})"""


class Scales:
    """Weighs pages with their stylesheets and scripts; each file is got once."""

    def __init__(self):
        self._files = {}

    def weigh(self, request, path):
        """Return the bytes of a page and of all that it loads before it is shown."""
        text, weight = _got(request, path)
        waiting, seen = FILES.findall(text), set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                size, following = self._file(request, name)
                weight += size
                waiting += following
        return weight

    def _file(self, request, name):
        """Return the size of a file and the names of those that it imports."""
        if name not in self._files:
            text, size = _got(request, name)
            found = IMPORTS.findall(text) if name.endswith(".js") else []
            folder = name.rpartition("/")[0]
            self._files[name] = size, [f"{folder}/{each}" for each in found]
        return self._files[name]


def _got(request, path):
    """Return a text and the bytes it was sent in."""
    answer = request.get(path, headers=GZIP)
    sent = answer.headers
    assert sent.get("content-encoding") == "gzip" or int(sent["content-length"]) < 1024
    return answer.text(), int(sent["content-length"])


def shifts(page, path, width):
    """Return what moves, and by how much, while a page is loaded at a width."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path, wait_until="networkidle")
    return page.evaluate(SHIFTS)
