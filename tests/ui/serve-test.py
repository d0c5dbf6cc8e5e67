"""Signals over HTTP by the preferences: a port in use is said in place; beyond this machine there is a token, shown once and kept nowhere."""

import http.client
import os
import re
import socket

import pyatspi

from harness import (application, expect, find, focus, frame, frames, has_state, key, label, run, state_is, test_names, wait_for,
                     walk, xdotool)

held = socket.socket()
held.bind(("127.0.0.1", 0))
held.listen()
PORT = held.getsockname()[1]


def start(program, folder):
    root = wait_for("the window with the sample", lambda: frame("Sample"))
    state_is(root, r"^replaying")
    focus("Sample")
    key("ctrl+comma")
    wait_for("the preferences", preferences)
    return root


def preferences():
    for node in frames():
        if find(node, "label", "^Serve Signals$"):
            return node
    return None


def control(name, roles=("toggle button", "check box", "switch")):
    """The switch of the row with that title."""
    for node in walk(preferences()):
        if node.name == name and node.getRoleName() in roles:
            return node
    return None


def flip(name):
    wait_for(f"the switch {name}", lambda: control(name)).queryAction().doAction(0)


def checked(name):
    return has_state(control(name), pyatspi.STATE_CHECKED) or has_state(control(name), pyatspi.STATE_PRESSED)


def health(token=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    connection.request("GET", "/health-check", headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_port_in_use(root, folder):
    port = wait_for("the port", lambda: find(preferences(), "spin button", "^Port$"))
    port.queryValue().currentValue = PORT
    wait_for("the port to be taken over", lambda: port.queryValue().currentValue == PORT)
    flip("Serve Signals")
    wait_for("the reason, in place", lambda: label(preferences(), rf"127\.0\.0\.1:{PORT}: another program listens there already"))
    expect(not checked("Serve Signals"), "the switch is off again")
    test_names(root, folder)


def test_serve(root, folder):
    held.close()
    flip("Serve Signals")
    wait_for("where it listens", lambda: label(preferences(), rf"^At http://127\.0\.0\.1:{PORT}"))
    expect(health() == 200, "it answers")
    expect(not has_state(find(preferences(), "list item", "^Port$"), pyatspi.STATE_SENSITIVE), "the port is fixed meanwhile")
    flip("Serve Signals")
    wait_for("that it is off", lambda: label(preferences(), "^Off$"))


def set_address(text):
    entry = wait_for("the address", lambda: find(preferences(), "text", "^Address"))
    entry.queryEditableText().setTextContents(text)


def test_no_address(root, folder):
    set_address("my-machine")
    wait_for("that it is none", lambda: find(preferences(), "text", r"^Address") and label(preferences(), r"^Address \(expected"))
    set_address("0.0.0.0")
    wait_for("that it is one", lambda: label(preferences(), "^Address$"))


def test_token(root, folder):
    wait_for("a token to be required", lambda: checked("Require a Token"))
    expect(not has_state(control("Require a Token"), pyatspi.STATE_SENSITIVE), "it cannot be done without")
    flip("Serve Signals")
    token = wait_for("the token", lambda: find(application(), "label", "^Token$"))
    text = token.queryText().getText(0, token.queryText().characterCount)
    expect(re.fullmatch("[0-9a-f]{40}", text), f"a token: {text}")
    expect(health() == 401 and health("x" + text[1:]) == 401, "nobody gets in without it")
    expect(health(text) == 200, "it lets in")
    expect(find(application(), "push button", "^Copy Token$"), "it can be copied")
    key("Escape")
    wait_for("it to be gone", lambda: not find(application(), "label", "^Token$"))
    for top, _, names in os.walk(os.environ["HOME"]):
        for name in names:
            path = os.path.join(top, name)
            if not os.path.isfile(path):
                continue  # a socket
            with open(path, "rb") as file:
                expect(text.encode() not in file.read(), f"the token is in {name}")
    flip("Serve Signals")
    wait_for("that it is off", lambda: label(preferences(), "^Off$"))
    set_address("127.0.0.1")
    wait_for("the choice again", lambda: has_state(control("Require a Token"), pyatspi.STATE_SENSITIVE))
    wait_for("that there need be none on this machine", lambda: not checked("Require a Token"))


def test_quit(root, folder):
    focus("Sample")
    key("ctrl+q")


TESTS = [test_port_in_use, test_serve, test_no_address, test_token, test_quit]

if __name__ == "__main__":
    run(start, TESTS)
