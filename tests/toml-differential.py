#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
toml-differential [--decoder PROGRAM] [--seed N] COUNT | [--lines] FILE...

Gives documents to toml-decode and to Python's tomllib and compares what they say: valid or not,
and if so every value. COUNT documents are generated, half of them then damaged; or FILEs are
taken as they are, with --lines every line of them as a document. The status is 0 if there was no disagreement and, with COUNT, if at least a
fifth of the documents was valid and a fifth was not.

Where TOML or RFC 3339 allow more than Python's types can hold, the judge is corrected: integers
have 64 bits, one byte order mark at the start is ignored. Year 0 and second 60 are not generated.
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tomllib

BEYOND_PYTHON = re.compile(rb"0000-\d\d-\d\d|:60")


# What tomllib says, as toml-test's tagged JSON; None if it refuses.

class Refused(Exception):
    pass


def tagged(v):
    if isinstance(v, dict):
        return {k: tagged(x) for k, x in v.items()}
    if isinstance(v, list):
        return [tagged(x) for x in v]
    if isinstance(v, bool):
        return ("bool", "true" if v else "false")
    if isinstance(v, int):
        if not -(2**63) <= v < 2**63:
            raise Refused
        return ("integer", str(v))
    if isinstance(v, float):
        return ("float", repr(v))
    if isinstance(v, str):
        return ("string", v)
    if isinstance(v, datetime.datetime):
        return ("datetime" if v.tzinfo else "datetime-local", v)
    return ("date-local" if isinstance(v, datetime.date) else "time-local", v)


def judge(document):
    try:
        text = document.decode("utf-8").removeprefix("\ufeff")
        return tagged(tomllib.loads(text))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, Refused):
        return None


# What toml-decode says, in the same form.

READERS = {
    "datetime": datetime.datetime.fromisoformat,
    "datetime-local": datetime.datetime.fromisoformat,
    "date-local": datetime.date.fromisoformat,
    "time-local": datetime.time.fromisoformat,
    "float": lambda s: repr(float(s)),
}


def untagged(v):
    if isinstance(v, list):
        return [untagged(x) for x in v]
    if set(v) == {"type", "value"} and isinstance(v["type"], str):
        kind, s = v["type"], v["value"]
        if "-local" in kind or kind == "datetime":
            s = re.sub(r"\.(\d{1,6})\d*", lambda m: "." + m[1].ljust(6, "0"), s)
        return (kind, READERS.get(kind, str)(s))
    return {k: untagged(x) for k, x in v.items()}


def decode(decoder, document):
    """The value, or None and the lines of the faults. Raises ValueError for any other answer."""
    run = subprocess.run([decoder], input=document, capture_output=True, timeout=60, check=False)
    if run.returncode == 0 and not run.stderr:
        return untagged(json.loads(run.stdout)), []
    faults = [re.fullmatch(r"stdin:(\d+):(\d+): (.+)", line)
              for line in run.stderr.decode("utf-8", "surrogateescape").split("\n")[:-1]]
    if run.returncode != 1 or run.stdout or not faults or not all(faults):
        raise ValueError(f"status {run.returncode}, says {run.stderr!r}")
    lines = [int(fault[1]) for fault in faults]
    if max(lines) > document.count(b"\n") + 1:
        raise ValueError(f"a fault behind the end: {run.stderr!r}")
    return None, lines


def disagreement(decoder, document):
    """What is wrong with toml-decode's answer, or None; and whether the document is valid."""
    expected = judge(document)
    try:
        found, _ = decode(decoder, document)
    except (ValueError, subprocess.TimeoutExpired) as error:
        return str(error), expected is not None
    if found == expected:
        return None, expected is not None
    if found is None or expected is None:
        return ("refused" if found is None else "accepted"), expected is not None
    return f"read as {found}, tomllib: {expected}", True


# Documents.

CHARACTERS = "abcXYZ019 _-.#=[]{},:+'äß€😀\u00a0\u0085\ufeff\u2028"
ESCAPES = ["\\b", "\\t", "\\n", "\\f", "\\r", '\\"', "\\\\", "\\u00e9", "\\u0000", "\\U0001F600",
           "\\uD7FF", "\\uE000", "\\U0010FFFF"]
KEYS = ["a", "b", "c", "d", "key", "1", "1-2", "-", "_", "true", "inf", "3e2", "''", '""', '"a"',
        "'b.c'", '"\\u0061"', '"ä ö"', "' '"]
SNIPPETS = ["[", "]", "[[", "]]", "{", "}", "=", ",", ".", "#", '"', "'", '"""', "'''", "\\", "\n",
            "\r\n", "\r", "\t", " ", "_", "-", "+", "0", "1", "9", "e", "E", "x", "T", "Z", ":",
            "inf", "nan", "true", "0x", "0o7", "0b", "1e400", "a.b", "a = 1\n", "[a]\n", "[[a]]\n",
            "[a.b]\n", "a.b.c = 2\n", "\\u", "\\UFFFFFFFF", "\ud800", "\x00", "\x1f", "\x7f",
            "\u0080", "\ufeff", "9223372036854775807", "9223372036854775808", "2021-02-29", "24:00:00"]
BYTES = [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"]


class Generator:
    def __init__(self, rng):
        self.rng = rng
        self.pick = rng.choice

    def blanks(self):
        return self.pick(["", "", "", " ", "\t", "  "])

    def digits(self, alphabet="0123456789"):
        s = "".join(self.pick(alphabet) for _ in range(self.rng.randint(1, 6)))
        return "_".join(s) if self.rng.random() < 0.1 else s

    def integer(self):
        kind = self.rng.random()
        if kind < 0.2:
            return "0x" + self.digits("0123456789abcdefABCDEF")
        if kind < 0.3:
            return "0o" + self.digits("01234567")
        if kind < 0.4:
            return "0b" + self.digits("01")
        if kind < 0.5:
            return str(self.pick([-(2**63), 2**63 - 1, 2**53 + 1, 0]))
        return self.pick(["", "+", "-"]) + self.pick(["0", "7" + self.digits(), "4_2"])

    def real(self):
        if self.rng.random() < 0.1:
            return self.pick(["", "+", "-"]) + self.pick(["inf", "nan"])
        s = self.pick(["", "+", "-"]) + self.pick(["0", "1", "6" + self.digits()])
        point = self.rng.random() < 0.7
        if point:
            s += "." + self.digits()
        if not point or self.rng.random() < 0.4:
            s += self.pick("eE") + self.pick(["", "+", "-"]) + self.pick(["0", "06", "22", "307", "400"])
        return s

    def date(self):
        day = datetime.date.fromordinal(self.rng.randint(1, datetime.date.max.toordinal()))
        return self.pick([day.isoformat(), "2000-02-29", "1979-05-27"])

    def time(self):
        s = f"{self.rng.randint(0, 23):02}:{self.rng.randint(0, 59):02}:{self.rng.randint(0, 59):02}"
        return s + self.pick(["", "", ".5", ".123456", ".99999999999"])

    def moment(self):
        kind = self.rng.random()
        if kind < 0.2:
            return self.date()
        if kind < 0.4:
            return self.time()
        offset = self.pick(["", "", "Z", "z", "+02:00", "-23:59", "-00:00"])
        return self.date() + self.pick("Tt ") + self.time() + offset

    def characters(self, quote, lines):
        out = []
        for _ in range(self.rng.randint(0, 8)):
            kind = self.rng.random()
            if quote == '"' and kind < 0.2:
                out.append(self.pick(ESCAPES))
            elif lines and kind < 0.3:
                out.append(self.pick(["\n", "\r\n", "\n\n"]))
            elif lines and quote == '"' and kind < 0.4:
                out.append(self.pick(["\\\n", "\\ \t\n  ", "\\\r\n\n\t"]))
            elif lines and kind < 0.5:
                out.append(self.pick([quote, quote * 2]) + "x")
            else:
                out.append(self.pick(CHARACTERS.replace("'", "") if quote == "'" and not lines
                                     else CHARACTERS.replace("'", "x")))
        return "".join(out)

    def string(self):
        quote = self.pick("\"'")
        if self.rng.random() < 0.3:
            tail = self.pick(["", "", quote, quote * 2])
            return quote * 3 + self.pick(["", "\n"]) + self.characters(quote, True) + tail + quote * 3
        return quote + self.characters(quote, False) + quote

    def space(self):
        return self.pick(["", " ", "\n", " # comment ] ä\n", "\r\n\t"])

    def array(self, depth):
        items = [self.space() + self.value(depth + 1) + self.space()
                 for _ in range(self.rng.randint(0, 4))]
        comma = "," + self.space() if items and self.rng.random() < 0.3 else ""
        return "[" + ",".join(items) + comma + self.space() + "]"

    def inline_table(self, depth):
        keys = self.rng.sample("abcdefgh", self.rng.randint(0, 3))
        items = [self.blanks() + self.pick([k, k + ".x", f'"{k}"']) + self.blanks() + "="
                 + self.blanks() + self.value(depth + 1) + self.blanks() for k in keys]
        return "{" + ",".join(items) + self.blanks() + "}"

    def value(self, depth=0):
        kinds = [self.integer, self.real, self.moment, self.string, self.string,
                 lambda: self.pick(["true", "false"])]
        if depth < 4:
            kinds += [lambda: self.array(depth), lambda: self.inline_table(depth)]
        return self.pick(kinds)()

    def key(self, most=3):
        dot = self.blanks() + "." + self.blanks()
        return dot.join(self.pick(KEYS) for _ in range(self.rng.randint(1, most)))

    def line(self, serial):
        kind = self.rng.random()
        end = self.blanks() + self.pick(["", "", "", "# comment"]) + self.pick(["\n", "\n", "\r\n"])
        if kind < 0.1:
            return end
        if kind < 0.25:
            return "[" + self.blanks() + self.key() + self.blanks() + "]" + end
        if kind < 0.4:
            return "[[" + self.blanks() + self.key(2) + self.blanks() + "]]" + end
        key = self.key() if self.rng.random() < 0.4 else f"{self.pick(KEYS[:4])}{serial}"
        return self.blanks() + key + self.blanks() + "=" + self.blanks() + self.value() + end

    def document(self):
        lines = [self.line(i) for i in range(self.rng.randint(1, 10))]
        return self.pick(["", "", "", "\ufeff"]).encode() + "".join(lines).encode()

    def damaged(self, document):
        for _ in range(self.rng.randint(1, 2)):
            i = self.rng.randint(0, len(document))
            j = min(len(document), i + self.rng.randint(0, 3))
            snippet = self.pick(SNIPPETS).encode("utf-8", "surrogatepass")
            document = self.pick([
                document[:i] + snippet + document[i:],
                document[:i] + document[j:],
                document[:i] + snippet + document[j:],
                document[:i] + self.pick(BYTES) + document[i:],
                document[:i] + document[max(0, i - 12):],
                document[:i],
            ])
        return document


def generated(count, seed):
    generator = Generator(random.Random(seed))
    made = 0
    while made < count:
        document = generator.document()
        if made % 2:
            document = generator.damaged(document)
        if not BEYOND_PYTHON.search(document):
            made += 1
            yield document


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--decoder", default=os.environ.get("BUILD", "build") + "/toml-decode")
    parser.add_argument("--seed", type=int, default=20260)
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("what", nargs="+")
    args = parser.parse_args()

    files = not args.what[0].isdecimal()
    if files:
        documents = [open(name, "rb").read() for name in args.what]
        if args.lines:
            documents = [line for d in documents for line in d.split(b"\n") if line]
    else:
        documents = generated(int(args.what[0]), args.seed)
    valid = total = wrong = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda d: (d, *disagreement(args.decoder, d)), documents)
        for document, problem, is_valid in answers:
            total += 1
            valid += is_valid
            if problem:
                wrong += 1
                print(f"{problem}\n  {document!r}")
    print(f"{total} documents, {valid} valid, {wrong} disagreements")
    mixed = files or total // 5 <= valid <= total - total // 5
    return 0 if total and mixed and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
