"""Locales and languages for the tests of the window in another tongue. Each gives what the environment needs, or ends the test as
skipped with the reason."""

import gettext
import glob
import os
import re
import shutil
import subprocess
import sys
import unicodedata

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# Every letter of ASCII has one that is none.
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "áƀçđéḟğĥíĵķłɱñóƥɋŕšŧúṽŵẋýžÁƁÇĐÉḞĞĤÍĴĶŁḾÑÓƤɊŔŠŦÚṼŴẊÝŽ"
assert len(PLAIN) == len(ACCENTED)


def skip(reason):
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def german_locale(folder):
    """Makes the German locale below the folder, whatever the system has, and sets it for the programs that are started from here."""
    place = os.path.join(folder, "locale")
    os.makedirs(place)
    if shutil.which("localedef") is None:
        skip("no localedef to make a German locale with")
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(place, "de_DE.UTF-8")],
                          capture_output=True, text=True)
    if not os.path.isdir(os.path.join(place, "de_DE.UTF-8")):
        skip("localedef makes no German locale: " + made.stderr.strip().replace("\n", "; "))
    os.environ.update(LOCPATH=place, LC_ALL="de_DE.UTF-8", LANGUAGE="de")


def accented(text):
    """The text with every letter accented; formats, markup and the names of keys in it stay."""
    parts = re.split(r"(%[-+' 0-9.*]*(?:l|ll|z)?[a-zA-Z%]|<[^<>]*>|&[a-z]+;)", text)
    table = str.maketrans(PLAIN, ACCENTED)
    return "".join(part if i % 2 else part.translate(table) for i, part in enumerate(parts))


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def accent_catalogue(template, out):
    """A translation into accents of the .pot file."""
    text = open(template, encoding="utf-8").read()
    entries = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n']
    for block in text.split("\n\n")[1:]:
        fields, key = {}, None
        for line in block.splitlines():
            match = re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (\".*\")$", line)
            if match:
                key = match[1]
                fields[key] = ""
                line = match[2]
            if key and line.startswith('"'):
                fields[key] += line[1:-1].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        if not fields.get("msgid"):
            continue
        entry = f"msgctxt {quoted(fields['msgctxt'])}\n" if "msgctxt" in fields else ""
        entry += f"msgid {quoted(fields['msgid'])}\n"
        if "msgid_plural" in fields:
            entry += f"msgid_plural {quoted(fields['msgid_plural'])}\nmsgstr[0] {quoted(accented(fields['msgid']))}\n"
            entry += f"msgstr[1] {quoted(accented(fields['msgid_plural']))}\n"
        else:
            entry += f"msgstr {quoted(accented(fields['msgid']))}\n"
        entries.append(entry)
    po = out + ".po"
    with open(po, "w", encoding="utf-8") as file:
        file.write("\n".join(entries))
    subprocess.run(["msgfmt", "--output-file", out, po], check=True)
    return len(entries) - 1


def accented_program(barscope, folder):
    """A copy of the build that runs in accents, for what is not marked for translation to stand out. Returns its path."""
    for tool in ("xgettext", "msgfmt"):
        if shutil.which(tool) is None:
            skip(f"no {tool}")
    german_locale(folder)
    resources = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(barscope))), "resources")
    os.makedirs(os.path.join(folder, "app"))
    messages = os.path.join(folder, "resources", "po", "xx", "LC_MESSAGES")
    os.makedirs(messages)
    for name in os.listdir(resources):
        if name != "po":
            os.symlink(os.path.join(resources, name), os.path.join(folder, "resources", name))
    template = os.path.join(folder, "barscope.pot")
    subprocess.run([os.path.join(SOURCE, "resources", "po", "extract"), template], check=True, stderr=subprocess.DEVNULL)
    n = accent_catalogue(template, os.path.join(messages, "barscope.mo"))
    assert n > 500, f"only {n} texts are in the catalogue"
    os.environ["LANGUAGE"] = "xx"
    # A copy: the program looks for its resources beside what it was started from.
    return shutil.copy(barscope, os.path.join(folder, "app", "barscope"))


def toolkit_texts():
    """What GTK and libadwaita say themselves, which is theirs to translate."""
    texts = {"Minimize", "Maximize", "Restore", "Close", "Back", "Search", "(None)"}
    for domain in ("gtk40", "libadwaita"):
        for path in glob.glob(f"/usr/share/locale/de/LC_MESSAGES/{domain}.mo"):
            with open(path, "rb") as file:
                for key in gettext.GNUTranslations(file)._catalog:
                    text = key[0] if isinstance(key, tuple) else key
                    texts.add(text.split("\x04")[-1].replace("_", ""))
    return texts


def plain_words(text):
    """Words of three letters and more without an accent: nobody has translated them."""
    return [word for word in re.findall(r"[^\W\d_]{3,}", unicodedata.normalize("NFC", text)) if word.isascii()]
