"""What axe finds on a page: https://github.com/dequelabs/axe-core."""

import os
from pathlib import Path

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"type": "tag", "values": TAGS}
# What else the other colours can break.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LOOKS = [(360, "light", ALL), (1280, "dark", COLOURS)]
if os.environ.get("EVERY_LOOK"):
    LOOKS += [(360, "dark", COLOURS), (1280, "light", ALL)]
RUN = """async (only) => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => [id, help, html, failureSummary]));
}"""
# All that is closed is opened, and a ticket's ground is no picture, through which axe
# could not see.
PREPARE = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const plain = new CSSStyleSheet();
  plain.replaceSync(
    ".ticket { background: var(--surface) } .ticket::before { content: none }");
  document.adoptedStyleSheets = [plain];
}"""


def barriers(page, looks=LOOKS):
    """What axe finds on a page at each width and in each colour scheme."""
    page.evaluate(PREPARE)
    found = {}
    for width, scheme, rules in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for rule, words, html, summary in page.evaluate(RUN, rules):
            look = found.setdefault((rule, words, html[:300], summary), [])
            look.append(f"{width} {scheme}")
    return [
        f"{rule}: {words} ({', '.join(looks)})\n  {html}\n  {summary}"
        for (rule, words, html, summary), looks in found.items()
    ]
