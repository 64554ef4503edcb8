#!/usr/bin/env python3
"""Run a page of docs/: tutorial.py PAGE

Each block ```sh runs, in order, in one bash; a block ``` behind it is what it
prints, where ... stands for anything, a line of its own for any lines, and
white space and the length of rules do not count.  In a block ```text a number
stands for any number.  A block whose output is shown is run again until it
fits (FIT_S), so it must only look.  A block behind a comment
<!-- not run: WHY --> is left out.
"""
import re
import subprocess
import sys
import time

FIT_S, MARK = 30, "<<<done"
BLOCK = re.compile(r"(<!-- not run: .* -->\n)?^```(\w*)\n(.*?)^```$",
                   re.S | re.M)


class Shell:
    def __init__(self):
        self.bash = subprocess.Popen(
            ["bash", "-m"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.bash.stdin.write("trap 'failed=$?' ERR\n")

    def run(self, text):
        """The exit status of what failed last, or 0, and what it printed."""
        self.bash.stdin.write(f"failed=0\n{text}\necho \"{MARK} $failed\"\n")
        said = []
        for line in self.bash.stdout:
            if line.startswith(MARK):
                return int(line.split()[1]), "".join(said)
            said.append(line)
        sys.exit(f"the shell has ended in:\n{text}")


def plain(line):
    return re.sub(r"([-=])\1+", r"\1", " ".join(line.split()))


def line_pattern(line, any_number):
    parts = []
    for part in re.split(r"(\.\.\.|\d+)", plain(line)):
        if part == "...":
            parts.append(".*")
        elif part.isdigit() and any_number:
            parts.append(r"\d+")
        else:
            parts.append(re.escape(part))
    return "".join(parts) + "\n"


def fits(shown, any_number, said):
    want = "".join("(.*\n)*?" if line.strip() == "..." else
                   line_pattern(line, any_number)
                   for line in shown.splitlines())
    said = "".join(plain(line) + "\n" for line in said.splitlines())
    return re.fullmatch(want, said)


def steps(page):
    """(commands, what they print or None, whether numbers may differ)"""
    with open(page, encoding="utf-8") as f:
        blocks = [m for m in BLOCK.finditer(f.read())]
    for block, after in zip(blocks, blocks[1:] + [None]):
        if block[2] == "sh" and not block[1]:
            has_output = after is not None and after[2] in ("", "text")
            yield (block[3], after[3] if has_output else None,
                   has_output and after[2] == "text")


def look(shell, commands, shown, any_number):
    until = time.monotonic() + FIT_S
    while True:
        status, said = shell.run(commands)
        if status == 0 and fits(shown, any_number, said):
            return
        if time.monotonic() > until:
            sys.exit(f"FAIL: {commands}prints:\n{said}and not:\n{shown}")
        time.sleep(0.2)


def main():
    shell, count = Shell(), 0
    for commands, shown, any_number in steps(sys.argv[1]):
        count += 1
        if shown is not None:
            look(shell, commands, shown, any_number)
            continue
        status, said = shell.run(commands)
        if status:
            sys.exit(f"FAIL: {commands}ends with {status}: {said}")
    shell.bash.stdin.close()
    shell.bash.wait()
    print(f"{count} steps")


main()
