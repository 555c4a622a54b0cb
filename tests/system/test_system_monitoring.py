"""The dashboard and alerts ask for what there is, and every alert leads somewhere."""

import re

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families as families
from system_promql import (
    FOLDER,
    OF_TARGETS,
    OWN,
    Question,
    alerts,
    dashboard,
    matched,
    questions,
)

import payments.counts
import payments.stripe_calls
import web.mail.provider
from launcher import ROOT, folder
from ticketing.metrics import answers, deliveries, trade, turned_away, watches

ALL = list(questions())
# The label names of series that nothing has happened to yet.
DECLARED = (
    *(payments.counts, payments.stripe_calls, web.mail.provider),
    *(answers, deliveries, trade, turned_away, watches),
)
# Values that are told apart when they come; others are there from the start.
LATER = {
    "status": {"429", "503"},
    "route": {"none"},
    "outcome": {"away", "failed", "done", "trouble", "no_answer"},
}


@pytest.fixture(scope="module")
def exported(system):
    """``{series: {label: values}}`` of what a process says."""
    text = system.processes["orders"].probe("/metrics").text
    found = {name: {} for name in OWN}
    for family in families(text):
        for name in _series(family):
            labels = found.setdefault(name, dict.fromkeys(_declared(family.name), ()))
            for sample in family.samples:
                if sample.name == name:
                    for label, value in sample.labels.items():
                        labels[label] = {*labels.get(label, ()), value}
    return found


def _series(family):
    ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    return [family.name + end for end in ends.get(family.type, [""])]


def _declared(name):
    assert DECLARED
    collector = REGISTRY._names_to_collectors.get(name)
    labels = getattr(collector, "_labelnames", ())
    return [*labels, "le"] if name.endswith("_seconds") else labels


def problems(question, exported):
    """What a question names that nothing exports."""
    known = set(OF_TARGETS)
    for selector in question.selectors:
        labels = exported.get(selector.name)
        if labels is None:
            yield f"there is no {selector.name}"
            continue
        known |= set(labels)
        for label, values in matched(selector):
            if label not in labels and label not in OF_TARGETS:
                yield f"{selector.name} has no label {label}"
            elif label not in OF_TARGETS:
                there = {*labels[label], *LATER.get(label, ()), ""}
                yield from (f"{label} is never {v}" for v in set(values) - there)
    yield from (f"there is no {label} to show" for label in question.grouped - known)


@pytest.mark.parametrize("question", ALL, ids=lambda q: q.where)
def test_what_is_asked_for_is_exported(question, exported):
    """Every series and label of the dashboard, the alerts and the autoscalers."""
    assert list(problems(question, exported)) == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("ticketing_order_total", "there is no ticketing_order_total"),
        ('ticketing_orders_total{chance="sold"}', "has no label chance"),
        ('ticketing_orders_total{change="solds"}', "change is never solds"),
        ('ticketing_events_total{outcome=~"done|gone"}', "outcome is never gone"),
        ("sum by (subjet) (ticketing_events_total)", "there is no subjet to show"),
    ],
)
def test_a_mistake_in_a_question_is_found(query, problem, exported):
    """A misspelt series would draw nothing and alert nobody, quietly."""
    assert problem in " ".join(problems(Question("", query), exported))


@pytest.mark.parametrize("query", ["sum(", "rate(up)", "nothing(up)"])
def test_what_is_no_question_is_found(query):
    with pytest.raises(ValueError, match=r"\w"):
        assert Question("", query).tree


def anchors():
    """The headings of docs/operations.md, as links name them."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_says_what_to_do_next(rule):
    """A sentence, what to do, how urgent it is, and a section that exists."""
    assert rule.keys() - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert re.fullmatch(r"[A-Z]\w+", rule["alert"])
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
    assert rule["labels"]["severity"] in {"page", "ticket"}
    words = rule["annotations"]
    assert words.keys() == {"summary", "description", "runbook_url"}
    assert len(words["description"].split()) > 5
    page, _, anchor = words["runbook_url"].partition("#")
    assert page == "docs/operations.md"
    assert anchor in anchors()


def test_every_section_about_alerts_has_one():
    """And no two alerts have the same name."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition("\n## When an alert comes\n")[2].partition("\n## ")[0]
    wanted = set(re.findall(r"^### (.+)$", section, re.MULTILINE))
    led_to = {rule["annotations"]["runbook_url"].partition("#")[2] for rule in alerts()}
    assert {heading.lower().replace(" ", "-") for heading in wanted} <= led_to
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names))


def test_the_dashboard_is_one_that_grafana_takes():
    """Panels have numbers of their own, a place of their own, and their data."""
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    for panel in panels:
        assert panel["title"]
        assert panel["type"] == "row" or panel["targets"]
        for target in panel.get("targets", ()):
            assert target["datasource"] == {
                "type": "prometheus",
                "uid": "${datasource}",
            }


def test_prometheus_finds_the_rules_and_what_scripts_up_writes():
    """The example's paths lead to the rules and to the launcher's file."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert [FOLDER / name for name in config["rule_files"]] == [FOLDER / "alerts.yml"]
    (job,) = config["scrape_configs"]
    (found,) = job["file_sd_configs"]
    (path,) = ((FOLDER / name).resolve() for name in found["files"])
    assert path == ROOT / ".data" / folder.TARGETS
    jobs = set()
    for question in ALL:
        for selector in question.selectors:
            jobs |= {v for label, vs in matched(selector) for v in vs if label == "job"}
    assert jobs == {job["job_name"]}
