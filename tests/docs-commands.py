#!/usr/bin/env python3
"""docs-commands.py BARSCOPE ROOT: every command line of barscope's in README.md and docs/*.md names commands, options, benchmarks and
settings that exist, as --help says."""
import functools
import glob
import os
import re
import subprocess
import sys

barscope, root = sys.argv[1:]


@functools.lru_cache(maxsize=None)
def printed(*words):
    done = subprocess.run([barscope, *words], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@functools.lru_cache(maxsize=None)
def options(*command):
    """Those that --help-all lists: {"--row", "-o"}."""
    found = set(re.findall(r"^\s+(?:-\w, )?(--[a-z0-9][a-z0-9-]*)", printed(*command, "--help-all"), re.M))
    found |= set(re.findall(r"^\s+(-\w), --", printed(*command, "--help-all"), re.M))
    return found | {"--help", "--help-all"}


commands = set(re.findall(r"^  ([a-z]+)  ", printed("--help"), re.M))
benchmarks = re.findall(r"^(\S+)", printed("bench", "--list"), re.M)
switches = set(re.findall(r"^\s*([a-z0-9-]+)\s", printed("info").split("witches", 1)[-1], re.M))


def command_lines(text):
    """(line number, command line) of code in a Markdown text: spans and blocks."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield number, line.strip().removeprefix("$ ")
        else:
            for span in re.findall(r"`([^`]+)`", line):
                yield number, span.strip().removeprefix("$ ")


def problems(line):
    line = re.sub(r"\s*\\$|  +.*|\s[|>#].*", "", line)  # what goes on, is said beside, or is another program's
    words = [word.strip("[],'\"()") for word in line.split()]
    words = [word for word in words if word and word not in ("...", "…", "&")]
    if re.fullmatch(r"(.*/)?barscope|\./run", words[0] if words else "") is None or (len(words) > 1 and words[1][0].isdigit()):
        return None
    command, arguments = [], words[1:]
    if arguments and arguments[0] in commands:
        command = [arguments.pop(0)]
    elif arguments and re.fullmatch(r"[a-z]+", arguments[0]):
        return [f"no command {arguments[0]}"]
    if command == ["journal"] and arguments and re.fullmatch(r"[a-z]+", arguments[0]):
        if not re.search(rf"^\s+{arguments[0]}\b", printed("journal", "--help"), re.M):
            return [f"no command journal {arguments[0]}"]
    found = []
    for i, word in enumerate(arguments):
        name, _, value = word.partition("=")
        if not re.fullmatch(r"--[a-z][a-z0-9-]*|-[a-z]", name):
            continue
        if name not in options(*command):
            found.append(f"{' '.join(command)}: no option {name}")
        value = value or (arguments[i + 1] if i + 1 < len(arguments) else "")
        if name == "--only" and command == ["bench"] and re.fullmatch(r"[a-z0-9/-]+", value) \
                and not any(benchmark.startswith(value) for benchmark in benchmarks):
            found.append(f"bench: no case begins with {value}")
        if name == "--set" and switches and re.fullmatch(r"[a-z0-9-]+=[a-z0-9-]+", value) and value.split("=")[0] not in switches:
            found.append(f"no switch {value.split('=')[0]}")
    return found


checked = failed = 0
files = [os.path.join(root, "README.md"), *sorted(glob.glob(os.path.join(root, "docs", "*.md")))]
for path in files:
    with open(path, encoding="utf-8") as file:
        for number, line in command_lines(file.read()):
            found = problems(line)
            if found is None:
                continue
            checked += 1
            for problem in found:
                failed += 1
                print(f"{os.path.relpath(path, root)}:{number}: {line}: {problem}")
# That the test reads what it should: all commands, and none that is made up.
if len(commands) < 10 or len(benchmarks) < 20 or "prune" not in switches or checked < 40:
    failed += 1
    print(f"{len(commands)} commands, {len(benchmarks)} benchmarks, {len(switches)} switches, {checked} command lines: too few were found")
for line in ("barscope explain --rwo 3 FILE", "barscope explan FILE", "barscope --folow FILE", "barscope bench --only nothing",
             "barscope predict FILE --set prun=on", "barscope journal lits"):
    if not problems(line):
        failed += 1
        print(f"{line}: is not found wanting")
mentioned = {command for command in commands if not any(f"barscope {command}" in open(path, encoding="utf-8").read() for path in files)}
for command in sorted(mentioned):
    failed += 1
    print(f"barscope {command} is in no document")
print(f"{checked} command lines checked, {failed} wrong")
sys.exit(failed != 0)
