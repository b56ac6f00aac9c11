#!/usr/bin/env python3
"""Runs every coverage-guided fuzz target a number of times and prints what came of it.

usage: fuzz.py BUILD [RUNS] [TARGET...]    BUILD has been built with the preset `fuzz`; RUNS of each target, default 10,000,000
Starts from test/fuzz/corpora/<target>/ and leaves it as it is; what a target found lies in BUILD/fuzz/<target>/: `found/`, inputs that
reached new code, and crash-*, one that failed (put it into the corpus, it is the test). Called by tools/test --fuzz.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNS = 10_000_000
INPUT_BYTES_MAX = 4096
INPUT_SECONDS_MAX = 10  # a single input that takes longer has failed
MEGABYTES_MAX = 2048


def fuzz(build, name, runs):
    """(name, executions, seconds, edges, new inputs, what failed or None)"""
    folder = build / 'fuzz' / name
    found = folder / 'found'
    found.mkdir(parents=True, exist_ok=True)
    corpus = ROOT / 'test' / 'fuzz' / 'corpora' / name
    begun = time.monotonic()
    with open(folder / 'log', 'w', encoding='utf-8') as log:
        code = subprocess.call(
            [build / 'bin' / name, f'-runs={runs}', f'-max_len={INPUT_BYTES_MAX}', f'-timeout={INPUT_SECONDS_MAX}',
             f'-rss_limit_mb={MEGABYTES_MAX}', '-print_final_stats=1', '-seed=1', f'-artifact_prefix={folder}/',
             found, *([corpus] if corpus.is_dir() else [])],
            stdout=log, stderr=subprocess.STDOUT)
    text = (folder / 'log').read_text(encoding='utf-8', errors='replace')
    executions = re.search(r'stat::number_of_executed_units:\s*(\d+)', text)
    edges = re.findall(r'\bcov: (\d+)', text)
    failed = None
    if code != 0:
        summary = re.search(r'^SUMMARY: (.*)', text, re.MULTILINE)
        failed = f'{summary.group(1) if summary else f"exit {code}"}; {folder}'
    return (name, int(executions.group(1)) if executions else 0, time.monotonic() - begun, int(edges[-1]) if edges else 0,
            sum(1 for _ in found.iterdir()), failed)


def main(arguments):
    if not arguments or arguments[0] in ('-h', '--help'):
        print(__doc__)
        return 64
    build = pathlib.Path(arguments[0]).resolve()
    runs = int(arguments[1]) if len(arguments) > 1 else RUNS
    names = arguments[2:] or sorted(path.name for path in (build / 'bin').glob('*_fuzz'))
    if not names:
        print(f'{build} has no fuzz targets: build it with the preset `fuzz`', file=sys.stderr)
        return 1
    print(f'{"target":28} {"executions":>12} {"per second":>11} {"edges":>7} {"inputs":>7}   result', flush=True)
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in concurrent.futures.as_completed([pool.submit(fuzz, build, name, runs) for name in names]):
            name, executions, seconds, edges, inputs, failed = done.result()
            failures += failed is not None
            print(f'{name:28} {executions:12,} {executions / max(seconds, 0.001):11,.0f} {edges:7,} {inputs:7,}   {failed or "ok"}', flush=True)
    print(f'{len(names)} targets, {failures} failed')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
