"""The figures as a table, for the terminal and for docs/performance.md."""

from pathlib import Path
from typing import Any

from . import live, pages

#: What stands between these is written by `--docs`; everything else in docs/performance.md is written by hand.
BEGIN, END = "<!-- figures: written by python -m benchmarks --docs -->", "<!-- end of figures -->"
AIMS = {"import": 120.0, "snapshot + evaluate + publish": 45.0}
AIM_GIGABYTES = 3.0
FACTS = {
    "extracts/attendance_events": "attendance events",
    "extracts/assessment_results": "assessment results",
    "oneroster/results": "coursework results",
}
PHASES = ("snapshot", "evaluate", "publish")
SAID = {
    "growth": "Growth percentiles, and R's quantreg on the same designs:",
    "explosion": "Year-to-date attendance against a plain student-day explosion:",
    "catalogue": "The catalogue against pandas, and against reading its columns once:",
    "scale": "A state's attendance on one machine, a range of students at a time:",
    "delivery": "A district's OneRoster package, all files, through `crescendo import oneroster`:",
    "vendor": "A vendor's file of 10,000 rows and 143 columns, on one mapping:",
    "intake": "Marks by `POST /api/v1/batches`, the site with its worker and its senders on one machine:",
}
IMPORTS = ("import oneroster", "import extracts")


def markers(part: str) -> tuple[str, str]:
    """Where the figures of a part of the library begin and end in docs/performance.md."""
    return f"<!-- figures of {part}: written by python -m benchmarks --docs -->", f"<!-- end of {part} -->"


def _sum(steps: list[dict[str, Any]]) -> dict[str, float]:
    added = ("wall_seconds", "command_cpu_seconds", "database_cpu_seconds", "cpu_seconds")
    return {key: sum(s[key] for s in steps) for key in added} | {
        "peak_megabytes": max(s["peak_megabytes"] for s in steps)
    }


def _of_phase(phase: dict[str, float], peak: float) -> dict[str, float]:
    database = phase.get("cpu_of_database", 0.0)
    return {
        "wall_seconds": phase["wall"],
        "command_cpu_seconds": phase["cpu"] - database,
        "database_cpu_seconds": database,
        "cpu_seconds": phase["cpu"],
        "peak_megabytes": peak,
    }


def rows_of(figures: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Every line of the table, in order. Phases are timed by the command itself; the rest from outside."""
    steps = figures["steps"]
    measured = steps["measure"]
    rows = [("read the bytes once", steps["read"]), ("parse them once", steps["parse"])]
    rows += [(name, steps[name]) for name in IMPORTS]
    rows.append(("**import**", _sum([steps[name] for name in IMPORTS])))
    for name in PHASES:  # in the order in which they ran
        rows.append((name, _of_phase(figures["phases"][name], float("nan"))))
    rows.append(("**snapshot + evaluate + publish**", measured))
    return rows


def table(figures: dict[str, Any]) -> list[str]:
    """A Markdown table: seconds, memory and how many times reading the same bytes once."""
    read, parsed = (figures["steps"][name]["cpu_seconds"] for name in ("read", "parse"))
    lines = [
        "| step | CPU s | of it PostgreSQL | wall s | peak MB | x reading | x parsing |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, cost in rows_of(figures):
        peak = f"{cost['peak_megabytes']:,.0f}" if cost["peak_megabytes"] == cost["peak_megabytes"] else ""
        lines.append(
            f"| {name} | {cost['cpu_seconds']:.1f} | {cost['database_cpu_seconds']:.1f} | {cost['wall_seconds']:.1f} "
            f"| {peak} | {cost['cpu_seconds'] / read:,.0f} | {cost['cpu_seconds'] / parsed:.1f} |"
        )
    return lines


def against_aims(figures: dict[str, Any]) -> list[str]:
    """Each aim of the first release with what was measured, met or missed."""
    rows = {name.strip("*"): cost for name, cost in rows_of(figures)}
    lines = []
    for name, aim in AIMS.items():
        cpu = rows[name]["cpu_seconds"]
        lines.append(f"- {name}: {cpu:.1f} CPU seconds, aim {aim:.0f}: {'met' if cpu <= aim else 'missed'}.")
    peak = max(rows[name]["peak_megabytes"] for name in AIMS) / 1024
    lines.append(
        f"- memory: {peak:.2f} GB at the peak, aim {AIM_GIGABYTES:.0f}: {'met' if peak <= AIM_GIGABYTES else 'missed'}."
    )
    return lines


def machine_line(machine: dict[str, Any]) -> str:
    """One sentence on what it ran on."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gigabytes']} GB of memory, "
        f"{machine['system']}, Python {machine['python']}; {versions}."
    )


def page(result: dict[str, Any]) -> list[str]:
    """Everything that was measured, for the terminal."""
    return [
        *_head(result),
        *_of_loop(result),
        *(line for part in SAID for line in _of_part(part, result)),
    ]


def _head(result: dict[str, Any]) -> list[str]:
    """When, on what, and what else the machine did."""
    lines = [f"Measured on {result['measured_on']}. {machine_line(result['machine'])}", ""]
    if load := result.get("load"):
        lines += [
            f"Load of the machine: {load['before']:.1f} before the run, {load['after']:.1f} after it "
            "(1 would be the run alone; more means that other work shared the cores and their caches).",
            "",
        ]
    return lines


def _of_loop(result: dict[str, Any]) -> list[str]:
    """A district's way round the loop."""
    loop = result.get("loop")
    if not loop:
        return []
    district, rows = loop["district"], loop["rows"]
    facts = ", ".join(f"{rows[file]:,} {what}" for file, what in FACTS.items())
    return [
        f"`synth --students {district['students']} --seed {district['seed']}`: {facts}; "
        f"{loop['bytes'] / 1e6:,.0f} MB of CSV, {sum(rows.values()):,} rows, "
        f"{sum(loop['set_aside'].values()):,} of them set aside.",
        "",
        *table(loop),
        "",
        *against_aims(loop),
        "",
        *(pages.page(loop["pages"]) if "pages" in loop else ()),
        *(live.page(loop["live"]) if "live" in loop else ()),
    ]


def _of_part(part: str, result: dict[str, Any]) -> list[str]:
    """What a part of the library said of itself, and what it cost in all."""
    if not (found := result.get(part)):
        return []
    said = found["said"].splitlines()
    return [
        SAID[part],
        "",
        # A table of Markdown stands as it is; lines of text keep their line ends.
        *(said if said[0].startswith("|") else ["```", *said, "```"]),
        "",
        f"The whole part, its data made and both sides measured: {found['cpu_seconds']:.0f} CPU seconds, "
        f"{found['wall_seconds']:.0f} wall, {found['peak_megabytes']:,.0f} MB at the peak; load {found['load']:.1f} at its end.",
        "",
    ]


def write_into(path: Path, result: dict[str, Any]) -> None:
    """Replace what stands between the markers of the parts that were measured; the others keep their older figures."""
    text = path.read_text(encoding="utf-8")
    for part in SAID:
        if part in result:
            text = _between(text, *markers(part), [*_head(result), *_of_part(part, result)])
    if "loop" in result:
        text = _between(text, BEGIN, END, [*_head(result), *_of_loop(result)])
    path.write_text(text, encoding="utf-8")


def _between(text: str, begin: str, end: str, lines: list[str]) -> str:
    before, rest = text.split(begin, 1)
    _, after = rest.split(end, 1)
    return before + begin + "\n\n" + "\n".join(lines) + end + after
