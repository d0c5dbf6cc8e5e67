#!/usr/bin/env python3
"""count-results.py FILE...: adds up meson's testlog.junit.xml files and prints one "P F S" line.

Every g_test case and every TAP line counts once. What failed is named on stderr.
"""
import sys
import xml.etree.ElementTree as ElementTree

passed = failed = skipped = 0
for path in sys.argv[1:]:
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"failed: {suite.get('name')} {case.get('name')}", file=sys.stderr)
            elif case.find("skipped") is not None:
                skipped += 1
                print(f"skipped: {suite.get('name')} {case.get('name')}", file=sys.stderr)
            else:
                passed += 1
print(passed, failed, skipped)
