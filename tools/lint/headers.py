#!/usr/bin/env python3
"""Compiles every header alone, so that each includes what it needs. usage: tools/lint/headers.py [BUILD_DIRECTORY] [HEADER...]

A header that is the first include of its own source (`state.hpp` of `state.cpp`) is compiled alone by every build and is left out here;
not so in folders whose headers are precompiled.
Flags are those of a source of the header's folder, from BUILD_DIRECTORY/compile_commands.json (default build/check); headers of
folders that are not built are skipped and counted. A header that compiled is not compiled again before it, a header of ours that
it includes, or its flags change: successes are remembered in BUILD_DIRECTORY/headers/ by a hash of all that.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys

import layers
import source


def flags_by_folder(commands):
    """Folder of a source -> what its compile command says of language, definitions, include paths and warnings."""
    result = {}
    for command in commands:
        words = command.get('arguments') or shlex.split(command['command'])
        folder = os.path.dirname(os.path.relpath(command['file'], source.ROOT))
        kept = [word for at, word in enumerate(words)
                if word.startswith(('-I', '-D', '-std', '-f', '-W', '-m')) and not word.startswith('-Wl') and
                not word.startswith(('-fuse-ld', '-fPI', '-DFF_'))]
        for at, word in enumerate(words[:-1]):
            if word == '-isystem':
                kept += [word, words[at + 1]]
        result.setdefault(folder, kept)
    return result


def nearest(path, by_folder):
    """Flags of the header's folder, or of a folder below or above it; None if nothing near is built."""
    folder = os.path.dirname(path)
    while folder:
        if folder in by_folder:
            return by_folder[folder]
        below = sorted(other for other in by_folder if other.startswith(folder + '/'))
        if below:
            return by_folder[below[0]]
        folder = os.path.dirname(folder)
    return None


def closure(path, read, known):
    """Our headers that `path` includes, directly or not, itself included. `known` is a cache of texts."""
    seen, stack = set(), [path]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        if current not in known:
            try:
                known[current] = read(current)
            except OSError:
                known[current] = ''
        stack.extend(include for _, include in layers.includes(known[current]) if include.startswith(layers.OURS))
    return seen


def digest(paths, texts, flags):
    hasher = hashlib.sha256(' '.join(flags).encode())
    for path in sorted(paths):
        hasher.update(f'\0{path}\0{texts[path]}'.encode())
    return hasher.hexdigest()


def proved_by_build(path, read):
    """Whether the header's own source begins with it, and nothing is precompiled before it."""
    own = path.removesuffix('.hpp') + '.cpp'
    lists = os.path.join(os.path.dirname(path), 'CMakeLists.txt')
    try:
        first = next((include for _, include in layers.includes(read(own))), None)
        return first == path and 'PRECOMPILE' not in read(lists)
    except OSError:
        return False


def compile_alone(path, flags):
    """What the compiler says; empty if nothing."""
    run = subprocess.run(['c++', *flags, '-fsyntax-only', '-x', 'c++', '-'], input=f'#include "{path}"\n', cwd=source.ROOT,
                         capture_output=True, text=True, check=False)
    return run.stderr if run.returncode else ''


def main():
    arguments = sys.argv[1:]
    build = os.path.join(source.ROOT, arguments[0] if arguments else 'build/check')
    try:
        with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
            by_folder = flags_by_folder(json.load(file))
    except OSError:
        print(f'headers: {build} is not configured; run cmake --preset dev')
        return 1
    cache = os.path.join(build, 'headers')
    os.makedirs(cache, exist_ok=True)
    every = [path for path in source.files() if path.endswith('.hpp')]
    headers = arguments[1:] or [path for path in every if not proved_by_build(path, source.read)]
    texts, waiting, skipped = {}, [], 0
    for path in headers:
        flags = nearest(path, by_folder)
        if flags is None:
            skipped += 1
            continue
        mark = os.path.join(cache, digest(closure(path, source.read, texts), texts, flags))
        if not os.path.exists(mark):
            waiting.append((path, flags, mark))
    problems = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(compile_alone, path, flags): (path, mark) for path, flags, mark in waiting}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            path, mark = running[future]
            messages = future.result()
            if messages:
                problems += 1
                print(f'{path} does not compile alone:\n{messages}', flush=True)
            else:
                with open(mark, 'w', encoding='utf-8'):
                    pass
            if sys.stdout.isatty():
                print(f'\r  {done}/{len(waiting)} headers', end='', flush=True)
    proved = 0 if arguments[1:] else len(every) - len(headers)
    print(f'headers: {proved} begin their own sources, {len(headers) - skipped} checked, {len(waiting)} compiled, {problems} do not stand alone, {skipped} not built')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
