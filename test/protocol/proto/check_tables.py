#!/usr/bin/python3
"""Proves that protocol/proto and the interface tables agree, in both directions.

usage: check_tables.py SOURCE_DIR

Compares messages, fields, enum values, methods and HTTP bindings of the compiled descriptors with the tables, and the
committed files with what tools/proto/generate.py writes today. Needs protoc and python3-protobuf.
"""
import filecmp
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

SOURCE = pathlib.Path(sys.argv[1])
PROTO = SOURCE / 'protocol' / 'proto'
sys.path.insert(0, str(SOURCE / 'tools' / 'proto'))
from tables import rows  # noqa: E402

PACKAGE = 'ttn.lorawan.v3'
HTTP_EXTENSION = 72295728
TYPES = {number: name[5:].lower() for name, number in descriptor_pb2.FieldDescriptorProto.Type.items()}
VERBS = {2: 'GET', 3: 'PUT', 4: 'POST', 5: 'DELETE', 6: 'PATCH'}
BODY, ADDITIONAL_BINDINGS = 7, 11


def descriptors():
    names = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob('*.proto'))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(['protoc', f'-I{PROTO}', f'--descriptor_set_out={out.name}', *names], check=True)
        everything = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())
    return [file for file in everything.file if file.package == PACKAGE]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def wire_fields(data):
    """(number, bytes) of the length-delimited fields; an HTTP rule and the options around it have no others."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        size, at = varint(data, at)
        if tag & 7 == 2:
            yield tag >> 3, data[at:at + size]
            at += size


def bindings(rule):
    main, body, additional = None, '', []
    for number, value in wire_fields(rule):
        if number in VERBS:
            main = VERBS[number], value.decode()
        elif number == BODY:
            body = value.decode()
        elif number == ADDITIONAL_BINDINGS:
            additional += bindings(value)
    return ([(*main, body)] if main else []) + additional


class Collected:
    def __init__(self):
        self.sets = {kind: set() for kind in ('message', 'field', 'enum', 'method', 'http')}

    def file(self, file):
        for message in file.message_type:
            self.message(message, f'{PACKAGE}.{message.name}')
        for enum in file.enum_type:
            self.enum(enum, PACKAGE)
        for service in file.service:
            for method in service.method:
                self.method(method, f'{PACKAGE}.{service.name}')

    def enum(self, enum, scope):
        self.sets['enum'].update((f'{scope}.{enum.name}', value.name, str(value.number)) for value in enum.value)

    def message(self, message, full_name):
        maps = {f'.{full_name}.{child.name}': child for child in message.nested_type if child.options.map_entry}
        self.sets['message'].add(full_name)
        for field in message.field:
            self.sets['field'].add((full_name, field.name, str(field.number), *type_and_label(field, message, maps)))
        for enum in message.enum_type:
            self.enum(enum, full_name)
        for child in message.nested_type:
            if not child.options.map_entry:
                self.message(child, f'{full_name}.{child.name}')

    def method(self, method, service):
        flags = (str(method.client_streaming).lower(), str(method.server_streaming).lower())
        self.sets['method'].add((service, method.name, method.input_type[1:], method.output_type[1:], *flags))
        for number, rule in wire_fields(method.options.SerializeToString()):
            if number == HTTP_EXTENSION:
                self.sets['http'].update((service, method.name, *binding) for binding in bindings(rule))


def type_name(field):
    return field.type_name[1:] or TYPES[field.type]


def type_and_label(field, message, maps):
    if field.type_name in maps:
        key, value = maps[field.type_name].field
        return type_name(value), f'map<{type_name(key)},{type_name(value)}>'
    if field.label == descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED:
        return type_name(field), 'repeated'
    if field.HasField('oneof_index'):
        return type_name(field), f'oneof:{message.oneof_decl[field.oneof_index].name}'
    return type_name(field), 'singular'


def expected():
    def pick(table, *columns):
        return {tuple(row[column] for column in columns) for row in rows(table) if row.get('label') != 'empty'}
    return dict(
        message={row['message'] for row in rows('messages')},
        field=pick('messages', 'message', 'field', 'number', 'type', 'label'),
        enum=pick('enums', 'enum', 'value', 'number'),
        method=pick('services', 'service', 'rpc', 'request', 'response', 'client_streaming', 'server_streaming'),
        http=pick('http', 'service', 'rpc', 'method', 'path', 'body'))


def disagreements():
    collected = Collected()
    for file in descriptors():
        collected.file(file)
    for kind, wanted in expected().items():
        got = collected.sets[kind]
        yield from (f'{kind} missing: {row}' for row in sorted(wanted - got))
        yield from (f'{kind} unknown to the tables: {row}' for row in sorted(got - wanted))
        print(f'{kind:8} {len(wanted & got):5} of {len(wanted):5} agree')


def stale_files():
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([sys.executable, SOURCE / 'tools' / 'proto' / 'generate.py', '--out', out], check=True)
        fresh, committed = pathlib.Path(out) / 'ttn/lorawan/v3', PROTO / 'ttn/lorawan/v3'
        for name in sorted({path.name for folder in (fresh, committed) for path in folder.iterdir()}):
            if not ((fresh / name).exists() and (committed / name).exists()
                    and filecmp.cmp(fresh / name, committed / name, shallow=False)):
                yield f'{name} is not what tools/proto/generate.py writes'


def main():
    problems = [*disagreements(), *stale_files()]
    print(*problems, sep='\n')
    sys.exit(1 if problems else 0)


if __name__ == '__main__':
    main()
