#!/usr/bin/python3
"""Writes protocol/proto/ttn/lorawan/v3/*.proto from the interface tables in protocol/proto/tables.

usage: generate.py [--out DIR]

The files are committed; a test regenerates them and compares. Deprecation marks are left out: they would only warn
about fields that the wire contract keeps.
"""
import argparse
import collections
import pathlib

from tables import ROOT, rows

PACKAGE = 'ttn.lorawan.v3'
# Imports that carry annotations of other tools; what they said is in the tables.
FOREIGN_IMPORTS = ('protoc-gen-openapiv2/', 'thethings/', 'validate/')
# _api.proto holds nothing.
SKIPPED_FILES = ('ttn/lorawan/v3/_api.proto',)


class Message:
    """A message with everything declared inside it, in declaration order."""

    def __init__(self, name):
        self.name = name
        self.fields = []
        self.enums = {}
        self.children = {}
        self.reserved = []


class File:
    def __init__(self, name, imports):
        self.name = name
        self.imports = imports
        self.enums = {}
        self.messages = {}
        self.services = {}


def local(full_name):
    return full_name.removeprefix(f'{PACKAGE}.')


def message_at(file, full_name):
    """The message of that name in `file`, created with its parents when new."""
    scope, message = file.messages, None
    for part in local(full_name).split('.'):
        message = scope.setdefault(part, Message(part))
        scope = message.children
    return message


def load():
    files = {}
    for row in rows('files'):
        imports = [i for i in row['imports'].split(',') if i and not i.startswith(FOREIGN_IMPORTS)]
        if row['file'] not in SKIPPED_FILES:
            files[row['file']] = File(row['file'], imports)
    for row in rows('messages'):
        message = message_at(files[row['file']], row['message'])
        if row['label'] != 'empty':
            message.fields.append(row)
    for row in rows('enums'):
        file, (parent, _, name) = files[row['file']], local(row['enum']).rpartition('.')
        scope = message_at(file, parent).enums if parent else file.enums
        scope.setdefault(name, []).append(row)
    for row in rows('reserved'):
        message_at(files[row['file']], row['message']).reserved.append(row)
    for row in rows('services'):
        files[row['file']].services.setdefault(local(row['service']), []).append(row)
    return files


def type_text(name):
    """Inside the package names are written without it, but absolute: a nested name must not shadow them."""
    return f'.{name}' if '.' in name else name


def field_line(row):
    label = row['label']
    if label.startswith('map<'):
        key, value = label[4:-1].split(',')
        typ = f'map<{key}, {type_text(value)}>'
    else:
        typ = ('repeated ' if label == 'repeated' else '') + type_text(row['type'])
    return f'{typ} {row["field"]} = {row["number"]};'


def field_lines(message):
    """Members of a oneof stand together, where its first member is declared."""
    oneofs = collections.defaultdict(list)
    for row in message.fields:
        if row['label'].startswith('oneof:'):
            oneofs[row['label'][6:]].append(row)
    for row in message.fields:
        if not row['label'].startswith('oneof:'):
            yield field_line(row)
            continue
        members = oneofs.pop(row['label'][6:], None)
        if members:
            yield f'oneof {row["label"][6:]} {{'
            yield from (f'  {field_line(member)}' for member in members)
            yield '}'


def enum_lines(name, values):
    yield f'enum {name} {{'
    if any(value['allow_alias'] for value in values):
        yield '  option allow_alias = true;'
    yield from (f'  {value["value"]} = {value["number"]};' for value in values)
    yield '}'


def message_lines(message):
    body = []
    for reserved in message.reserved:
        what = f'"{reserved["name"]}"' if reserved['name'] else reserved['numbers'].replace('-', ' to ')
        body.append(f'reserved {what};')
    for name, values in message.enums.items():
        body += enum_lines(name, values)
    for child in message.children.values():
        body += message_lines(child)
    body += field_lines(message)
    if not body:
        return [f'message {message.name} {{}}']
    return [f'message {message.name} {{', *(f'  {line}' for line in body), '}']


def rule_text(binding):
    body = f' body: "{binding["body"]}"' if binding['body'] else ''
    return f'{binding["method"].lower()}: "{binding["path"]}"{body}'


def option_lines(bindings):
    """Binding 0 is the main rule; a method may have additional ones alone."""
    if not bindings:
        return []
    lines = ['option (google.api.http) = {']
    for binding in sorted(bindings, key=lambda b: int(b['binding'])):
        text = rule_text(binding)
        lines.append(f'  {text}' if binding['binding'] == '0' else f'  additional_bindings {{ {text} }}')
    return [*lines, '};']


def service_lines(name, methods, http):
    yield f'service {name} {{'
    for row in methods:
        request = ('stream ' if row['client_streaming'] == 'true' else '') + type_text(row['request'])
        response = ('stream ' if row['server_streaming'] == 'true' else '') + type_text(row['response'])
        head = f'  rpc {row["rpc"]}({request}) returns ({response})'
        options = option_lines(http[row['service'], row['rpc']])
        if not options:
            yield f'{head};'
            continue
        yield f'{head} {{'
        yield from (f'    {line}' for line in options)
        yield '  }'
    yield '}'


def file_text(file, http):
    lines = ['// Generated by tools/proto/generate.py from protocol/proto/tables; do not edit.', 'syntax = "proto3";', '',
             f'package {PACKAGE};', '']
    lines += [f'import "{name}";' for name in sorted(file.imports)]
    for name, values in file.enums.items():
        lines += ['', *enum_lines(name, values)]
    for message in file.messages.values():
        lines += ['', *message_lines(message)]
    for name, methods in file.services.items():
        lines += ['', *service_lines(name, methods, http)]
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', type=pathlib.Path, default=ROOT / 'protocol' / 'proto')
    out = parser.parse_args().out
    http = collections.defaultdict(list)
    for row in rows('http'):
        http[row['service'], row['rpc']].append(row)
    for file in load().values():
        path = out / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file_text(file, http))


if __name__ == '__main__':
    main()
