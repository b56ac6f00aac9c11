#!/usr/bin/env python3
"""Line coverage of protocol/ by its unit tests, and lines of test per line of source, by folder.

usage: coverage.py BUILD [--missing]     BUILD has been built with the preset `coverage`, and its tests have run
--missing lists the lines that no test reached. Called by tools/test --coverage.
"""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = 'protocol'
TESTS = 'test/protocol'
GCOV_FILES_PER_CALL = 20


def reports(build):
    """gcov's reports of all instrumented objects; those that never ran report zeros."""
    notes = sorted(str(path) for folder in (SOURCES, TESTS) for path in (build / folder).rglob('*.gcno'))
    for start in range(0, len(notes), GCOV_FILES_PER_CALL):
        call = ['gcov', '--json-format', '--stdout', *notes[start:start + GCOV_FILES_PER_CALL]]
        out = subprocess.run(call, cwd=build, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        for line in out.splitlines():
            yield json.loads(line)


def executed_lines(build):
    """{file: {line: times}}; a line of a header counts as reached when any object reached it."""
    files = collections.defaultdict(collections.Counter)
    for report in reports(build):
        for entry in report['files']:
            path = (build / entry['file']).resolve()
            if not path.is_relative_to(ROOT / SOURCES):
                continue
            lines = files[path.relative_to(ROOT)]
            for line in entry['lines']:
                lines[line['line_number']] += line['count']
    return files


def code_lines(folder):
    """Lines that are neither blank nor comment alone, of the C++ files directly in `folder`."""
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix in ('.cpp', '.hpp'):
            text = (line.strip() for line in path.read_text(encoding='utf-8').splitlines())
            count += sum(1 for line in text if line and not line.startswith('//'))
    return count


def percent(part, whole):
    return 100 * part / whole if whole else 100


def row(name, reached, lines, source, test):
    print(f'{name:34} {reached:6}/{lines:<6} {percent(reached, lines):6.1f} %   {source:6} {test:6}   {test / max(source, 1):5.2f}')


def main(arguments):
    if not arguments or arguments[0] in ('-h', '--help'):
        print(__doc__)
        return 64
    build = pathlib.Path(arguments[0]).resolve()
    files = executed_lines(build)
    if not files:
        print(f'{build} has no coverage data: build it with the preset `coverage`', file=sys.stderr)
        return 1
    folders = sorted({path.parent for path in (ROOT / SOURCES).rglob('*.[ch]pp')})
    total = [0, 0, 0, 0]
    print(f'{"folder":34} {"lines reached":>13}          %   source   test   ratio')
    for folder in folders:
        name = folder.relative_to(ROOT)
        here = [lines for path, lines in files.items() if path.parent == name]
        values = [sum(1 for lines in here for times in lines.values() if times), sum(map(len, here)),
                  code_lines(folder), code_lines(ROOT / 'test' / name)]
        row(str(name), *values)
        total = [a + b for a, b in zip(total, values)]
    row('total', *total)
    if '--missing' in arguments:
        for path, lines in sorted(files.items()):
            missing = sorted(number for number, times in lines.items() if not times)
            if missing:
                print(f'{path}: {" ".join(map(str, missing))}')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
