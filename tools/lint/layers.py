#!/usr/bin/env python3
"""Judges the include graph: which folder may include which, and which libraries. usage: tools/lint/layers.py

The rules are the tables below. Exceptions are lines of layers_exceptions.txt, `path:include reason`; one that is no longer
needed is an error too, so that the list only shrinks.
"""
import os
import re
import sys

import source

# A folder may include what starts with one of these. Nothing may include test/ or tools/, which may include anything.
LAYERS = {
    'protocol/base/': ['protocol/base/'],
    'protocol/types/': ['protocol/base/', 'protocol/types/'],
    'protocol/': ['protocol/'],
    'storage/': ['storage/', 'protocol/'],
    'net/': ['net/', 'protocol/base/'],
    'config/': ['config/', 'protocol/base/', 'protocol/types/'],
    'actors/': ['actors/', 'protocol/', 'storage/', 'net/', 'config/'],
    'app/': ['app/', 'actors/', 'protocol/', 'storage/', 'net/', 'config/'],
}

# Headers of others: pattern, and the folders that may include them.
LIBRARIES = [
    (r'caf/all\.hpp$', []),
    (r'caf/', ['actors/', 'app/']),
    (r'boost/(asio|beast)', ['net/', 'app/server/']),
    (r'rocksdb/', ['storage/engine/']),
    (r'(grpc|grpcpp)/', ['app/api/', 'app/server/', 'app/cli/']),
    (r'google/protobuf/(?!.*\.pb\.h)', ['protocol/api_json/', 'protocol/api_rules/', 'protocol/field_mask/',
                           'storage/codec/', 'actors/identity_server/', 'app/']),
    (r'curl/', ['net/http_client/', 'net/smtp/']),
    (r'openssl/', ['protocol/acme/', 'protocol/base/', 'protocol/crypto/', 'net/tls/', 'actors/identity_server/']),
    (r'simdjson', ['protocol/gateway/']),
    (r'boost/json', ['protocol/', 'actors/', 'app/']),
    (r'yaml-cpp/', ['config/load/', 'protocol/device_repository/']),
    (r'zlib\.h$', ['actors/device_repository/', 'net/http/']),
    (r'(png|jpeglib)\.h$', ['protocol/picture/']),
    (r'prometheus/', ['actors/support/', 'app/']),
    (r'spdlog/', ['actors/', 'app/']),
    (r'CLI/', ['app/']),
    (r'mqtt/', ['net/broker_client/']),
    (r'nats/', ['net/broker_client/']),
    (r'(js/|jsapi\.h$|jsfriendapi\.h$|seccomp\.h$)', ['app/codec/']),
    (r'(sys/(socket|un|epoll)|netinet/\w+|arpa/\w+|netdb)\.h$', ['net/']),
    (r'(thread|mutex|shared_mutex|condition_variable|future|fstream|iostream|filesystem)$',
     ['storage/', 'net/', 'config/', 'actors/', 'app/']),
]

# Generated messages: in .cpp files of these folders, and not in headers but those of the API's own services. Of actors/ the identity
# server, whose entities are stored as messages of the API, and integrations, whose bodies may be such messages.
MESSAGE_HEADERS = ('app/api/services/',)
MESSAGES = ['protocol/api_json/', 'protocol/api_rules/', 'storage/codec/', 'app/',
            'actors/identity_server/', 'actors/application_server/integration/']

# What one role's folder under actors/ may include of another's.
ROLE_INTERFACE = {'interface.hpp', 'messages.hpp'}
ROLES_FOR_ALL = {'support', 'events'}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
OURS = ('protocol/', 'storage/', 'net/', 'config/', 'actors/', 'app/', 'tools/', 'test/')


def includes(text):
    """(line, include) of each; includes in comments and raw strings do not count."""
    plain = re.sub(r'//[^\n]*|/\*.*?\*/', lambda match: '\n' * match.group(0).count('\n'), text, flags=re.S)
    return [(plain.count('\n', 0, match.start()) + 1, match.group(2)) for match in INCLUDE.finditer(plain)]


def role(path):
    parts = path.split('/')
    return parts[1] if parts[0] == 'actors' and len(parts) > 2 else None


def judge_own(path, include):
    folder = max((layer for layer in LAYERS if path.startswith(layer)), key=len)
    if not include.startswith(tuple(LAYERS[folder])):
        return f'{folder} may not include {include.split("/")[0]}/'
    other = role(include)
    if role(path) and other and other not in ROLES_FOR_ALL and other != role(path):
        if os.path.basename(include) not in ROLE_INTERFACE:
            return f'of actors/{other}/ only interface.hpp and messages.hpp are for others'
    return None


def judge(path, include):
    """Why this file may not include that, or None."""
    if path.startswith(('test/', 'tools/')):
        return None
    if include.endswith('.pb.h'):
        if path.endswith('.hpp') and not path.startswith(MESSAGE_HEADERS):
            return 'generated messages do not belong in a header'
        if not path.startswith(tuple(MESSAGES)):
            return 'generated messages are not for this folder'
        return None
    if include.startswith(OURS):
        return judge_own(path, include)
    for pattern, folders in LIBRARIES:
        if re.match(pattern, include):
            if not path.startswith(tuple(folders)):
                return 'only for ' + (' '.join(folders) or 'nobody')
            return None
    return None


def cycles(graph):
    """Folders that reach each other, as sorted lists; graph: folder -> set of folders. A folder and its own subfolders are
    one module and may."""
    reach = {}
    for start in graph:
        seen, stack = set(), list(graph[start])
        while stack:
            folder = stack.pop()
            if folder not in seen:
                seen.add(folder)
                stack.extend(graph.get(folder, ()))
        reach[start] = seen
    groups = {tuple(sorted({a} | {b for b in reach[a] if a in reach.get(b, ())})) for a in graph if a in reach[a]}
    return sorted(group for group in groups if not all((folder + '/').startswith(group[0] + '/') for folder in group))


def check(paths, read):
    """All findings as (key, text). `read` gives a path's text."""
    graph, findings = {}, []
    for path in paths:
        folder = os.path.dirname(path)
        for line, include in includes(read(path)):
            reason = judge(path, include)
            if reason:
                findings.append((f'{path}:{include}', f'{path}:{line}: includes {include}: {reason}'))
            # Roles ask each other both ways through their interfaces; other folders have an order.
            if include.startswith(OURS) and not path.startswith(('actors/', 'test/', 'tools/')):
                other = os.path.dirname(include)
                if other != folder:
                    graph.setdefault(folder, set()).add(other)
    for group in cycles(graph):
        findings.append(('cycle:' + ','.join(group), 'these folders include each other: ' + ', '.join(group)))
    return findings


def main():
    allowed = source.ratchet('layers_exceptions.txt')
    findings = check(source.files(), source.read)
    problems = [text for key, text in findings if key not in allowed]
    stale = set(allowed) - {key for key, _ in findings}
    problems += [f'tools/lint/layers_exceptions.txt: {key} is no longer needed; remove it' for key in sorted(stale)]
    print('\n'.join(problems) if problems else f'layers: no findings, {len(allowed)} exceptions')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
