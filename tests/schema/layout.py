#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
layout.py keys TABLE		the schema of the layout has the keys and words of the reader
layout.py valid FILE...		layouts that are valid are so by the schema
layout.py invalid FILE...	each fault beside them (.err) is one by the schema, at its place
layout.py values RAMDAX		program and schema agree about every key with values of all kinds

TABLE is what table.c prints. What differs is printed; the status is then 1. What no schema can
say is in BEYOND, nothing else is excused, and an excuse that nothing needs is an error, too.
"""
import itertools
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema

# Kinds of faults that the schema does not tell: by what the program says of them.
BEYOND = {
    "one is not another": r"is already taken in line|already takes the rest",
    "sums": r"the namespaces take at least|shares of this region exceed|more than 509 namespaces",
    "arithmetic of capacities": r"needs at least|is too little|leave nothing when aligned",
    "multiples of units": r"must be a multiple of (2MiB|4KiB)",
    "sizes near the limit": r"more than any machine has|must be above 0 and below 2\^52",
    "how much fills a region": r"there is no room for one of them",
    "options of mkfs": r"mkfs\.\w+ option|is no option of mkfs",
    "bytes, not characters": r"[^\x00-\x7f].*(is longer than|cuts off as space)",
    "suffixes of copies": r"-(node)?\d+\" is longer than",
    "whole numbers as floats": r", not a float$",
}

schema = json.loads(Path("schema/layout.schema.json").read_text())
validator = jsonschema.Draft7Validator(schema)
TABLES = {
    "the head of the file": schema,
    "[[region]]": schema["definitions"]["region"],
    "[[region.namespace]]": schema["definitions"]["namespace"],
    "[region.namespace.filesystem]": schema["definitions"]["filesystem"],
}
DEFAULTS = {
    "[[region.namespace]]": schema["definitions"]["defaults"],
    "[region.namespace.filesystem]": schema["definitions"]["defaults"]["properties"]["filesystem"],
}
KEYS = {key for table in TABLES.values() for key in table["properties"]}
complaints = 0


def complain(text):
    global complaints
    complaints += 1
    print(text)


# ---- keys ---------------------------------------------------------------------------------------


def resolved(node):
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def check_values(where, node, row):
    node = resolved(node)
    if "description" not in node:
        complain(f"{where}: has no description")
    if "words" in row and sorted(node["enum"]) != sorted(row["words"]):
        complain(f"{where}: {node['enum']} are not {row['words']}")
    if "bounds" in row and "enum" not in node:
        number, *words = node.get("anyOf", [node])
        if [number["minimum"], number["maximum"]] != row["bounds"]:
            complain(f"{where}: bounds are not {row['bounds']}")
        if words != ([{"enum": [row["word"]]}] if "word" in row else []):
            complain(f"{where}: {words} are not {row.get('word')}")
    if "choices" in row:
        numbers = {n for part in node["anyOf"] for n in part.get("enum", []) if isinstance(n, int)}
        if numbers != set(row["choices"]):
            complain(f"{where}: {numbers} are not {row['choices']}")


def keys(table):
    rows = [json.loads(line) for line in Path(table).read_text().splitlines()]
    for title, node in TABLES.items():
        known = {row["key"]: row for row in rows if row["table"] == title}
        for key in known.keys() ^ node["properties"].keys():
            complain(f"{title} {key}: only one of program and schema has it")
        for key in known.keys() & node["properties"].keys():
            check_values(f"{title} {key}", node["properties"][key], known[key])
        if node["additionalProperties"] is not False:
            complain(f"{title}: takes any key")
        if title not in DEFAULTS:
            continue
        inherited = {key for key, row in known.items() if row["inherited"]}
        for key in inherited ^ DEFAULTS[title]["properties"].keys():
            complain(f"[defaults] {key}: only one of program and schema has it")
        for key in inherited - {"filesystem"}:
            if DEFAULTS[title]["properties"].get(key) != node["properties"].get(key):
                complain(f"[defaults] {key}: is not the same as in {title}")
    assert len(rows) > 30


# ---- where a fault is ---------------------------------------------------------------------------


class Place:
    """The table of a line of a layout, as jsonschema has paths, and the key there."""

    def __init__(self, text, line, column):
        self.table, self.key, self.is_header = (), None, False
        for number, content in enumerate(text.splitlines()[:line], 1):
            last = number == line
            bare = re.sub(r'"(\\.|[^"\\])*"(?!\s*=)', lambda m: "_" * len(m[0]), content)
            self.is_header = bare.startswith("[")
            if self.is_header:
                self.key = None
                self.enter(bare.split("]")[0].strip("["))
                continue
            for match in re.finditer(r"([\w.-]+)\s*=", bare):
                if not last or match.start() < column:
                    self.key = match[1].split(".")[-1]

    def enter(self, name):
        if name == "region":
            index = self.table[1] + 1 if self.table[:1] == ("region",) else 0
            self.table = ("region", index)
        elif name == "region.namespace":
            index = self.table[3] + 1 if len(self.table) > 3 else 0
            self.table = (*self.table[:2], "namespace", index)
        elif name == "region.namespace.filesystem":
            self.table = (*self.table[:4], "filesystem")
        elif name in ("defaults", "defaults.filesystem"):
            self.table = tuple(name.split("."))
        else:
            self.table, self.key = self.table[:2], name.split(".")[-1]


def told(errors, place, said):
    """Whether one of the errors of the schema is about that place."""
    quoted = (json.loads(match[0]) for match in re.finditer(r'"(\\.|[^"\\])*"', said))
    names = {*quoted, place.key} - {None}
    for error in errors:
        path = tuple(error.absolute_path)
        below = path[len(place.table) :]
        if place.is_header and path == place.table[:-1] and error.validator in ("type", "maxItems"):
            return True
        if path[: len(place.table)] != place.table:
            continue
        if names & set(below):
            return True
        if not below and error.validator in ("anyOf", "oneOf"):
            if place.is_header or any(name in str(error.validator_value) for name in names):
                return True
        if not below and error.validator in ("required", "additionalProperties"):
            if any(repr(name) in error.message for name in names):
                return True
    return False


needed = set()


def is_beyond(said):
    kinds = {kind for kind, pattern in BEYOND.items() if re.search(pattern, said)}
    needed.update(kinds)
    return bool(kinds)


# ---- whole layouts ------------------------------------------------------------------------------


def valid(files):
    for file in files:
        for error in validator.iter_errors(tomllib.loads(Path(file).read_text())):
            complain(f"{file}: {list(error.absolute_path)}: {error.message}")


def invalid(files):
    for file in files:
        text = Path(file).read_text()
        try:
            errors = list(validator.iter_errors(tomllib.loads(text)))
        except tomllib.TOMLDecodeError:
            continue
        for fault in Path(file).with_suffix(".err").read_text().splitlines():
            _, line, column, said = fault.split(":", 3)
            if not told(errors, Place(text, int(line), int(column)), said) and not is_beyond(said):
                complain(f"{file}:{line}: the schema does not tell:{said}")
    # Values show the rest; these are only here.
    for kind in BEYOND.keys() - needed - {"sizes near the limit"}:
        complain(f"nothing needs the excuse: {kind}")


# ---- every key with values of all kinds ---------------------------------------------------------

STRINGS = """a|fsdax|devdax|sector|raw|dev|mem|keep|recreate|reset|kexec|none|ext4|xfs|vfat|rest|Rest|0|1|007|4K|4KiB
    4096|2M|2048K|1024MiB|1GiB|16MiB|0016MiB|64GB|64gib|10k|4P|5P|4097T|18446744073709551616|1E|0K|+5G|1.5GiB|64 GiB
    50%|12.5%|0.0001%|1.00001%|100%|100.0%|100.1%|0%|.5%|5.%|%|0x1000|0x1001|0x180000000|0X2A0000000|0x|0x10000000000000
    0x10000000001000|0x0|4294967294|4294967295|4294967300|4300000000|99999999999|600|0600|0777|1777|800|00600
    /|/b|/b/c|/b/|//b|/b/./c|/..|/..b|a/b|.|..|.ramdax-x|.x| a|a |a b|a,b|a:b|a\\u0007|a\\u0085|\\u007f|\u00e4|a*b
    11111111-2222-4333-8444-555555555555|AAAAAAAA-2222-4333-8444-55555555555F|00000000-0000-0000-0000-000000000000
    11111111-2222-4333-8444-55555555555|ABCD-1234|0000-0000|ABCD-123G|sixteen-bytes-up|seventeen-bytes--"""
VALUES = [f'"{s}"' for line in STRINGS.split("\n") for s in line.removeprefix("    ").split("|")]
VALUES += [f'"{"x" * n}"' for n in (0, 63, 64)]
VALUES += """true false 0 1 -1 2 509 510 520 1023 1024 3600 3601 4095 4096 2097152 1073741824 4294967294 4294967295
    4503599627370496 4503599627370497 1.5 1979-05-27 [] ["b"] ["-m","0"] ["dax"] ["b,c"] [""] [1] {} {type="ext4"}
    {type="none"} {x=1} {b="c"}""".split()


def region(i, key, value):
    rest = {"name": f'"r{i}"', "size": '"64GiB"', key: value}
    return "[[region]]\n" + "".join(f"{k} = {v}\n" for k, v in rest.items())


def namespace(mode):
    def item(i, key, value):
        rest = {"name": f'"n{i}"', "size": '"1GiB"'} | ({"mode": f'"{mode}"'} if mode else {})
        if key == "raw_size":
            del rest["size"]
        rest[key] = value
        body = "".join(f"{k} = {v}\n" for k, v in rest.items())
        return f'[[region]]\nname = "r{i}"\nsize = "64GiB"\n[[region.namespace]]\n{body}'

    return item


def filesystem(kind):
    def item(i, key, value):
        rest = {"type": f'"{kind}"', key: value}
        body = "".join(f"{k} = {v}\n" for k, v in rest.items())
        return namespace(None)(i, "size", '"1GiB"') + "[region.namespace.filesystem]\n" + body

    return item


def documents():
    """Layouts, each of up to 128 regions with one key of one table, or of its head alone."""
    for key, value in itertools.product(schema["properties"].keys() - {"defaults", "region"}, VALUES):
        yield "" if key == "version" else "version = 1\n", [f"{key} = {value}\n"]
    items = [(region, TABLES["[[region]]"]["properties"])]
    items += [(namespace("fsdax"), TABLES["[[region.namespace]]"]["properties"])]
    for mode in (None, "sector"):
        items += [(namespace(mode), ("align", "map", "sector_size", "filesystem"))]
    for kind in ("ext4", "vfat"):
        items += [(filesystem(kind), TABLES["[region.namespace.filesystem]"]["properties"])]
    for item, keys_of in items:
        for key, half in itertools.product(keys_of, (VALUES[::2], VALUES[1::2])):
            yield "version = 1\n", [item(i, key, value) for i, value in enumerate(half)]


def faults_of(ramdax, text):
    run = subprocess.run([ramdax, "check", "--layout", "/dev/stdin"], input=text, capture_output=True, text=True)
    for fault in re.findall(r"^/dev/stdin:(\d+):\d+: (.*)$", run.stderr, re.M):
        yield int(fault[0]), fault[1]


def values(ramdax):
    counts = {True: 0, False: 0}
    for head, parts in documents():
        text = head + "".join(parts)
        lines = [i for i, part in enumerate(parts) for _ in part.splitlines()]
        faults, errors = [[] for _ in parts], [[] for _ in parts]
        for line, said in faults_of(ramdax, text):
            faults[lines[line - 1 - head.count("\n")]].append(said)
        for error in validator.iter_errors(tomllib.loads(text)):
            errors[error.absolute_path[1] if len(parts) > 1 else 0].append(error.message)
        for part, said, told_of in zip(parts, faults, errors):
            counts[bool(said)] += 1
            if told_of and not said or not told_of and not all(map(is_beyond, said)):
                complain(f"{part}# program: {said}\n# schema: {told_of}\n")
    print(f"{counts[False]} values accepted, {counts[True]} refused")
    if min(counts.values()) < 500:
        complain("these are too few")


COMMANDS = {
    "keys": lambda words: keys(words[0]),
    "valid": valid,
    "invalid": invalid,
    "values": lambda words: values(words[0]),
}
COMMANDS[sys.argv[1]](sys.argv[2:])
sys.exit(complaints > 0)
