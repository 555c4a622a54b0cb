"""Questions to Prometheus as data: which series and labels each of them names.

Read by GreptimeDB's promql-parser, which refuses what Prometheus refuses.
"""

import json
import re
from dataclasses import dataclass

import promql_parser as promql
import yaml

from launcher import ROOT

FOLDER = ROOT / "monitoring"
# What Prometheus itself knows of whom it asks, and of a rule that it evaluates.
OF_TARGETS = {"job", "instance", "namespace", "pod"}
OWN = {"up": OF_TARGETS}
_LEGEND = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")


@dataclass(frozen=True)
class Question:
    """A query, where it stands, and the labels that words about its answer name."""

    where: str
    query: str
    shown: frozenset = frozenset()

    @property
    def tree(self):
        """Raises ValueError when it is no query."""
        return promql.parse(self.query.replace("$__rate_interval", "5m"))

    def parts(self, *kinds):
        found = []
        promql.walk(self.tree, lambda e: found.append(e) or True)
        found = [getattr(e, "vector_selector", e) for e in found]
        return [e for e in found if isinstance(e, kinds)]

    @property
    def selectors(self):
        return {str(s): s for s in self.parts(promql.VectorSelector)}.values()

    @property
    def grouped(self):
        """The labels after every ``by``, and those that the words about it show."""
        found = set(self.shown)
        for part in self.parts(promql.AggregateExpr):
            found |= set(part.modifier.labels if part.modifier else ())
        return found


def matched(selector):
    """``[(label, [values])]`` that a selector asks for."""
    for matcher in selector.matchers.matchers:
        is_pattern = str(matcher.op).endswith("Re")
        yield matcher.name, matcher.value.split("|") if is_pattern else [matcher.value]


def dashboard():
    return json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))


def alerts():
    text = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def adapter():
    text = (FOLDER / "adapter.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["rules"]


def questions():
    """All that stand in the files."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            shown = frozenset(_LEGEND.findall(target["legendFormat"]))
            yield Question(panel["title"], target["expr"], shown)
    for rule in alerts():
        shown = frozenset(_LEGEND.findall(rule["annotations"]["summary"])) - {"value"}
        yield Question(rule["alert"], rule["expr"], shown)
    (rule,) = adapter()["external"]
    query = rule["metricsQuery"].replace("<<.LabelMatchers>>", 'service="orders"')
    yield Question("adapter", query.replace("<<.Series>>", rule["seriesQuery"][:26]))
    yield Question("adapter", rule["seriesQuery"])
