#!/usr/bin/env python3
"""vulkan-validation.py TEST-VULKAN TEST...: runs all tests of these programs under the Khronos validation layer, synchronization validation on.

A hazard planted on purpose must be reported, so that silence means something; the tests themselves must not bring up one
message. Exits with 77 (skipped) where the layer or a device is missing.
"""
import os
import subprocess
import sys

SKIPPED = 77
MESSAGE_MARKS = ("VUID-", "SYNC-HAZARD", "Validation Error", "Validation Performance", "UNASSIGNED-")

tests = sys.argv[1:]
environment = dict(
    os.environ,
    VK_INSTANCE_LAYERS="VK_LAYER_KHRONOS_validation",
    VK_LAYER_ENABLES="VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT",
    # The layer keeps what it knows of a driver's objects until the process ends.
    ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0",
)


def run(test, *arguments):
    return subprocess.run([test, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


planted = run(tests[0], "--plant-hazard")
if planted.returncode == SKIPPED:
    print("skipped: no Vulkan device, or no validation layer")
    sys.exit(SKIPPED)
if "SYNC-HAZARD-WRITE-AFTER-WRITE" not in planted.stdout.replace("_", "-"):
    print("the planted hazard was not reported:\n" + planted.stdout)
    sys.exit(1)
print("the planted hazard is reported")

failed = False
for test in tests:
    result = run(test, "--tap")
    messages = [line for line in result.stdout.splitlines() if any(mark in line for mark in MESSAGE_MARKS)]
    print(result.stdout)
    print(f"{os.path.basename(test)}: {len(messages)} validation messages, exit status {result.returncode}")
    failed = failed or messages or result.returncode != 0
sys.exit(1 if failed else 0)
