#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
documents.py machines RAMDAX	what every command prints with --json, on all captured machines with
				the layouts of all cases, is as schema/report.schema.json has it
documents.py strict RAMDAX	and of a document with any key missing, or one more, it is not so
documents.py lines N		N documents from standard input, a line each: KIND and the document

What differs is printed; the status is then 1. KIND is a definition of the schema.
"""
import copy
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import jsonschema

here = Path(__file__).resolve().parents[2]
schema = json.loads((here / "schema/report.schema.json").read_text())
ALL_KINDS = [reference["$ref"].rsplit("/", 1)[1] for reference in schema["anyOf"]]
KINDS = [kind for kind in ALL_KINDS if kind != "verify"]  # what ramdax prints itself
validators = {
    kind: jsonschema.Draft7Validator(
        {"$ref": f"#/definitions/{kind}", "definitions": schema["definitions"]}
    )
    for kind in ALL_KINDS
}
MACHINES = sorted((here / "tests/machines").glob("*/"))
LAYOUTS = sorted((here / "tests/cases").glob("*/*.toml"))
# Machines that are not captured: without the driver, and as others than root see one.
BEREFT = (("cold-7.3.4", "lib/modules/*"), ("four-modes-7.3.4", "sys/**/resource"))
LOOKS = (("status", ["status"]), ("plan", ["plan"]))
MORE_LOOKS = (
    ("plan", ["plan", "--recreate", "--prune", "--repair-labels", "--verbose"]),
    ("check", ["check"]),
    ("gen-cmdline", ["gen-cmdline"]),
    ("needs", ["needs"]),
)
CHANGES = (
    ("status", ["apply"]),
    ("status", ["status"]),
    ("status", ["scrub", "--yes", "NAME"]),
    ("status", ["apply", "--prune", "--recreate"]),
    ("status", ["wipe", "--yes"]),
    ("plan", ["plan"]),
)
complaints = 0


def complain(text):
    global complaints
    complaints += 1
    print(text)


def judge(kind, name, document):
    for error in validators[kind].iter_errors(document):
        complain(f"{name}: {list(error.absolute_path)}: {error.message}")


def document(ramdax, words, root, layout):
    """What the command prints; None for nothing."""
    command = [ramdax, *words, "--json", "--root", str(root), "--layout", str(layout)]
    run = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(run.stdout) if run.stdout else None
    except json.JSONDecodeError as error:
        complain(f"{command}: {error}")
    return None


def first_namespace(report):
    names = (ns["name"] for region in report["regions"] for ns in region["namespaces"])
    return next(filter(None, names), "nobody")


def sequence(ramdax, root, layout, commands):
    """The documents of one command after another."""
    last = None
    for kind, words in commands:
        name = first_namespace(last) if "NAME" in words else None
        made = document(ramdax, [name if word == "NAME" else word for word in words], root, layout)
        if made is not None:
            yield kind, f"{' '.join(words)} on {root.name} with {layout}", made
            last = made


def all_documents(ramdax):
    for machine, layout in itertools.product(MACHINES, LAYOUTS):
        yield from sequence(ramdax, machine, layout, LOOKS)
    for machine, layout in itertools.product(MACHINES, LAYOUTS[::3]):
        yield from sequence(ramdax, machine, layout, MORE_LOOKS)
    with tempfile.TemporaryDirectory() as work:
        for machine, layout in itertools.product(MACHINES, LAYOUTS[1::4]):
            root = Path(work) / machine.name
            shutil.copytree(machine, root, symlinks=True)
            yield from sequence(ramdax, root, layout, CHANGES)
            shutil.rmtree(root)
        for name, pattern in BEREFT:
            root = Path(work) / name
            shutil.copytree(here / "tests/machines" / name, root, symlinks=True)
            for path in list(root.glob(pattern)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            yield from sequence(ramdax, root, LAYOUTS[0], LOOKS + MORE_LOOKS)


def words_of(kind, made, seen):
    """Remembers the words and keys that have been seen."""
    if isinstance(made, dict):
        for key, value in made.items():
            words_of(f"{kind} {key}", value, seen)
    elif isinstance(made, list):
        for item in made:
            words_of(kind, item, seen)
    elif made is not None:
        seen.setdefault(kind, set()).add(made)


def machines(ramdax):
    counts, seen = Counter(), {}
    for kind, name, made in all_documents(ramdax):
        judge(kind, name, made)
        counts[kind] += 1
        words_of(kind, made, seen)
    print(dict(counts))
    for kind in KINDS:
        if counts[kind] < 2 * len(MACHINES):
            complain(f"{kind}: has only {counts[kind]} documents")
    # That these documents are rich enough to prove something.
    for path, words in {
        "status driver": {"missing", "module", "ready"},
        "status regions namespaces mode": {"fsdax", "devdax", "sector", "raw"},
        "plan regions verdict": {"absent", "refused", "unbound", "ready"},
        "gen-cmdline ranges state": {"kept", "pinned", "new"},
    }.items():
        if seen.get(path, set()) < words:
            complain(f"{path}: only {seen.get(path)} of {words} were seen")


def objects(value):
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def strict(ramdax):
    richest = {}
    for machine in ("four-modes-7.3.4", "two-ranges-7.3.4"):
        for layout in LAYOUTS[::3]:
            root = here / "tests/machines" / machine
            for kind, _, made in sequence(ramdax, root, layout, LOOKS + MORE_LOOKS):
                if len(list(objects(made))) > len(list(objects(richest.get(kind)))):
                    richest[kind] = made
    for kind in KINDS:
        judge(kind, kind, richest[kind])
        for i, each in enumerate(objects(richest[kind])):
            for key in [*each, None]:
                changed = copy.deepcopy(richest[kind])
                target = next(itertools.islice(objects(changed), i, None))
                if key:
                    del target[key]
                else:
                    target["more"] = 1
                if validators[kind].is_valid(changed):
                    complain(f"{kind}: may be without {key}" if key else f"{kind}: may have more: {each}")
    if not complaints and len(list(objects(richest["plan"]))) < 10:
        complain("the plan is too poor")


def lines(wanted):
    n = 0
    for n, line in enumerate(sys.stdin, 1):
        kind, text = line.split(" ", 1)
        judge(kind, f"document {n}", json.loads(text))
    if n != int(wanted):
        complain(f"{n} documents instead of {wanted}")


{"machines": machines, "strict": strict, "lines": lines}[sys.argv[1]](*sys.argv[2:])
sys.exit(complaints > 0)
