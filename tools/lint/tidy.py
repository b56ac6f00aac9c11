#!/usr/bin/env python3
"""House lint: what clang-tidy does not know. usage: tools/lint/tidy.py [--update]

Banned calls with what to use instead, file and function lengths, how headers begin, sources that nothing builds, vectors that nothing runs.
Functions that were too long when the rule came are listed in long_functions.txt; they may shrink and not grow.
--update writes that list anew, without entries that are not needed any more and never with a longer function.
"""
import json
import os
import re
import sys
from fnmatch import fnmatch

import source

FILE_LINES_MAX = 700
FUNCTION_LINES_MAX = 70
RATCHET = 'long_functions.txt'

# Pattern in code, why not, folders (`x/`) and files (with wildcards) where it may be. test/ and tools/ obey these too.
BANNED = [
    (r'\b(system|steady|high_resolution|utc|tai|file)_clock::now\b',
     'time is a parameter; actors/support/clock reads the clock',
     ['actors/support/clock.cpp', 'net/runtime/asio_loop.cpp', 'app/api/server.cpp', 'app/cli/session/clock.cpp', 'tools/', 'test/net/']),
    (r'\b(gettimeofday|clock_gettime|time)\s*\(\s*(NULL|nullptr|0|CLOCK)', 'time is a parameter',
     ['actors/support/clock.cpp', 'tools/']),
    (r'\brandom_device\b', 'randomness is a parameter; protocol/base/random.hpp has the system\'s', ['protocol/base/random.cpp']),
    (r'(?<![\w.>])(rand|srand|drand48)\s*\(', 'randomness is a parameter', []),
    (r'\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.>])sleep\s*\(', 'nothing sleeps; ask the clock for a timer', ['tools/']),
    (r'\bstd::(thread(?!::)|jthread|async)\b', 'threads belong to the actor system and net/runtime',
     ['net/runtime/', 'net/http_client/curl_client.cpp', 'net/child/runner.cpp', 'net/smtp/sender.cpp', 'net/broker_client/worker_pool.hpp', 'app/server/', 'app/api/', 'app/cli/', 'tools/', 'test/']),
    (r'\bcaf::infinite\b|(?<![\w:.])infinite\s*,', 'every request has a time-out from the configuration', []),
    (r'\.await\s*\(', 'an awaiting actor answers nobody; use .then', []),
    (r'\b(scoped_actor|blocking_actor)\b', 'only tests and the start of the process may block',
     ['app/', 'test/', 'tools/', 'actors/support/']),
    # Those that may monitor their children, or what ends with them.
    (r'(?:->|\.)monitor\s*\(', 'CAF keeps something for ever of who monitors an actor that outlives him: actors/support/dependants.hpp',
     ['actors/support/', 'actors/gateway_server/*/actor.cpp', 'actors/gateway_server/frontend_basic_station/station.cpp',
      'actors/network_server/shard/actor.cpp', 'actors/application_server/*/directory.cpp', 'actors/application_server/integration/registry_parts.hpp',
      'app/', 'test/', 'tools/']),
    (r'\bstd::(cout|cerr|clog)\b|(?<![\w:.])(std::)?(printf|fprintf|puts)\s*\(', 'programs print, libraries return',
     ['app/', 'tools/', 'test/fuzz/', 'test/sim/matrix/', 'protocol/base/assert.cpp']),
    (r'\bgetenv\s*\(', 'settings come from config/', ['config/load/environment.cpp', 'tools/', 'test/']),
    (r'(?<![\w:])::(socket|bind|listen|accept|connect|sendto|recvfrom)\s*\(', 'sockets belong to net/', ['net/', 'tools/', 'test/']),
    # gRPC's reactors end themselves.
    (r'(?<!= )\bdelete\s+(?!this\b)\w|(?<!= )\bdelete\s*\[', 'values and unique_ptr own; no delete', []),
    (r'\b(malloc|calloc|realloc|std::free)\s*\(', 'containers own memory', []),
    # hub.hpp: publishers are on any thread and must not wait for an actor. access.hpp: a double that belongs into test/support.
    (r'\bstd::(shared_)?mutex\b', 'one owner instead of a lock',
     ['storage/', 'net/', 'actors/support/', 'actors/events/hub.hpp', 'actors/events/store/buffer.hpp', 'actors/application_server/frontend_mqtt/access.hpp', 'app/', 'tools/', 'test/']),
    (r'\bcaf::actor\b(?!_)', 'handles are typed; only supervisors hold any actor',
     ['actors/support/', 'actors/*/supervisor*', 'app/server/', 'test/']),
    (r'\bassert\s*\(', 'FF_ASSERT is always on', []),
    (r'\bstd::(stoi|stol|stoul|stoull|stod|atoi|atof|strtol)\b', 'std::from_chars does not throw and takes no locale', ['tools/', 'test/']),
]

COMMENT_RULES = [
    (re.compile(r'\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))'), 'a TODO carries an issue number: TODO(#12)'),
]


def functions(text):
    """Yields (name, first line, lines) of every outermost function body, its head included. `text` is source.code()."""
    text = re.sub(r'^[ \t]*#(?:[^\n\\]|\\\n|\\.)*', lambda m: '\n' * m.group(0).count('\n'), text, flags=re.M)
    stack, line, last = [], 1, 0
    for at, char in enumerate(text):
        if char == '\n':
            line += 1
        elif char == ';':
            last = at + 1
        elif char == '{':
            head = text[last:at]
            stack.append(_block(head, stack, line))
            last = at + 1
        elif char == '}':
            kind, name, start = stack.pop() if stack else ('', '', 0)
            if kind == 'function':
                yield name, start, line - start + 1
            last = at + 1


def _block(head, stack, line):
    start = line - head.lstrip().count('\n')
    if any(kind == 'function' for kind, _, _ in stack):
        return 'block', '', start
    if re.search(r'\b(namespace|class|struct|union|enum|extern)\b[^()=]*$', head):
        return 'scope', '', start
    # A brace after `=` or a name starts a value, after `)` or a specifier a body.
    name = re.search(r'([~\w:]+(?:\s*operator\s*\S+)?)\s*\(', head)
    is_body = name and not re.search(r'=\s*$', head) and re.search(
        r'(\)|\b(const|noexcept|override|final|try|mutable))\s*(->[^{]*)?$|\)\s*:[^{]*[)\w]\s*$|[})]\s*$', head)
    return ('function', name.group(1), start) if is_body else ('block', '', start)


def header_findings(path, text):
    if not path.endswith('.hpp'):
        return
    lines = [line for line in text.split('\n') if line.strip()]
    if not lines or not lines[0].startswith('//'):
        yield 1, 'a header begins with a comment: what it is for and what it is not for'
    if '#pragma once' not in lines:
        yield 1, 'a header has #pragma once'


def banned_findings(path, plain):
    for pattern, reason, folders in BANNED:
        if any(path.startswith(folder) if folder.endswith('/') else fnmatch(path, folder) for folder in folders):
            continue
        for match in re.finditer(pattern, plain):
            yield plain.count('\n', 0, match.start()) + 1, f'{match.group(0).strip()}: {reason}'
    if path.endswith('.hpp'):
        for match in re.finditer(r'^using namespace\b', plain, re.M):
            yield plain.count('\n', 0, match.start()) + 1, 'using namespace for all that include this header'


def comment_findings(text):
    for number, line in enumerate(text.split('\n'), 1):
        at = line.find('//')
        if at < 0:
            continue
        for pattern, reason in COMMENT_RULES:
            if pattern.search(line, at):
                yield number, reason


def check(path, text, long_allowed):
    """All findings of a file as (line, text), and its long functions as {`path:name`: lines}."""
    plain = source.code(text)
    findings = [*header_findings(path, text), *banned_findings(path, plain), *comment_findings(text)]
    lines = text.count('\n')
    if lines > FILE_LINES_MAX:
        findings.append((1, f'{lines} lines; at most {FILE_LINES_MAX}'))
    long_found = {}
    for name, start, length in functions(plain):
        if length <= FUNCTION_LINES_MAX:
            continue
        key = f'{path}:{name}'
        long_found[key] = max(length, long_found.get(key, 0))
        if length > long_allowed.get(key, FUNCTION_LINES_MAX):
            findings.append((start, f'function {name} has {length} lines; at most '
                             f'{long_allowed.get(key, FUNCTION_LINES_MAX)}'))
    return findings, long_found


def unbuilt(build_files, paths):
    """Those of `paths` that the build does not come to. `build_files` is the text of each CMakeLists.txt by its folder."""
    def is_reached(folder):
        if not folder:
            return True
        parent, _, name = folder.rpartition('/')
        if folder not in build_files or not is_reached(parent):
            return False
        calls = re.findall(r'^\s*(?:ff_)?add_subdirector(?:y|ies)\(([^)]*)\)', build_files.get(parent, ''), re.M)
        return any(not names.strip() or name in names.split() for names in calls)

    def home(folder):
        while folder and folder not in build_files:
            folder = os.path.dirname(folder)
        return folder

    return [path for path in paths if not home(os.path.dirname(path)) or not is_reached(home(os.path.dirname(path)))]


def unread_vectors(golden, tests):
    """Kinds of vectors, `file: kind`, that no test names. `golden` is the JSON text by path, `tests` the sources' text."""
    unread = []
    for path, text in sorted(golden.items()):
        rows = json.loads(text)
        rows = rows.get('vectors', []) if isinstance(rows, dict) else []
        topic = os.path.basename(path)[:-len('.json')]
        readers = [source for source in tests if f'"{topic}"' in source or f'{topic}.json"' in source]
        unread += [f'{path}: {kind}' for kind in sorted({row['kind'] for row in rows})
                   if not any(f'"{kind}"' in source for source in readers)]
    return unread


def write_ratchet(entries, reasons):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), RATCHET), 'w', encoding='utf-8') as file:
        file.write('# Functions longer than the rule allows: `path:name lines # reason`. They may shrink and not grow.\n'
                   '# tools/lint/tidy.py --update removes what is not needed any more.\n')
        for key, length in sorted(entries.items()):
            file.write(f'{key} {length} # {reasons.get(key, "older than the rule")}\n')


def main():
    rows = source.ratchet(RATCHET)
    allowed = {key: int(rest.split()[0]) for key, rest in rows.items()}
    reasons = {key: rest.partition('#')[2].strip() for key, rest in rows.items()}
    problems, long_found = [], {}
    for path in source.files():
        findings, long_here = check(path, source.read(path), allowed)
        problems += [f'{path}:{line}: {text}' for line, text in sorted(findings)]
        long_found.update(long_here)
    build_files = {os.path.dirname(path): source.read(path) for path in source.files(suffixes=('CMakeLists.txt',))}
    problems += [f'{path}:1: nothing builds it: a CMakeLists.txt above lacks ff_add_subdirectories()'
                 for path in unbuilt(build_files, [path for path in source.files() if path.endswith('.cpp')])]
    golden = {path: source.read(path) for path in source.files(suffixes=('.json',))
              if path.startswith(('test/golden/lorawan/', 'test/golden/region/vectors/'))}
    tests = [source.read(path) for path in source.files() if path.startswith('test/') and path.endswith('.cpp')]
    problems += [f'{found}: no test runs vectors of this kind' for found in unread_vectors(golden, tests)]
    kept = {key: min(length, allowed[key]) for key, length in long_found.items() if key in allowed}
    if '--update' in sys.argv[1:]:
        write_ratchet(kept, reasons)
    else:
        problems += [f'tools/lint/{RATCHET}: {key} is too generous; run tools/lint/tidy.py --update'
                     for key, length in sorted(allowed.items()) if kept.get(key) != length]
    print('\n'.join(problems) if problems else f'tidy: no findings, {len(kept)} long functions allowed')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
