"""Reads the interface tables of protocol/proto/tables. Not a generator; see generate.py and its neighbours."""
import csv
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLES = ROOT / 'protocol' / 'proto' / 'tables'


def rows(name):
    """The rows of one table as dictionaries by column name, still escaped."""
    with open(TABLES / f'{name}.tsv', newline='') as table:
        return list(csv.DictReader(table, delimiter='\t', quoting=csv.QUOTE_NONE))


def unescape(text):
    """The tables write tab, newline and backslash as two characters."""
    out, escaped = [], False
    for character in text:
        if escaped:
            out.append({'t': '\t', 'n': '\n'}.get(character, character))
            escaped = False
        elif character == '\\':
            escaped = True
        else:
            out.append(character)
    return ''.join(out)
