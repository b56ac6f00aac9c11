#!/usr/bin/env python3
"""What Farfield costs on this machine. Started by tools/bench.

match storage net crypto mqtt   programs that time one folder's code, as they print it
startup                         from the start of the process to /healthz, with a new and a used data directory
memory                          resident memory of the idle server, and what a live session adds
uplink                          server's CPU time per uplink from datagram to MQTT subscriber, and latencies
joins                           the same per join
all                             everything (default)
"""
import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import server as live

PROGRAMS = {'match': 'match_bench', 'storage': 'storage_bench', 'net': 'net_bench', 'crypto': 'crypto_bench', 'mqtt': 'mqtt_bench'}
GOOGLE_BENCHMARKS = {'match', 'crypto', 'mqtt'}
# The store is measured on the disk of the build, because /tmp may be memory.
ARGUMENTS = {'storage': [os.path.join(live.ROOT, 'build/release')]}
LIVE = ('startup', 'memory', 'uplink', 'joins')
APPLICATION = 'bench'


def build(names):
    targets = [PROGRAMS[name] for name in names if name in PROGRAMS]
    if any(name in LIVE for name in names):
        targets += ['farfield', 'farfield-sim']
    for command in (['cmake', '--preset', 'release'],
                    ['cmake', '--build', '--preset', 'release', '--target', *targets]):
        quiet = subprocess.DEVNULL if '--preset' in command[1] else None
        if subprocess.run(command, cwd=live.ROOT, stdout=quiet, check=False).returncode:
            raise live.Failed(' '.join(command))


def run_program(name):
    """Its lines; for a Google Benchmark program its results too."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out.json')
        path = os.path.join(live.BIN, PROGRAMS[name])
        arguments = ARGUMENTS.get(name, [])
        if name in GOOGLE_BENCHMARKS:
            arguments = [f'--benchmark_out={out}', '--benchmark_out_format=json']
        done = subprocess.run([path, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, flush=True)
        if done.returncode:
            raise live.Failed(f'{name} ended with code {done.returncode}')
        result = {'lines': done.stdout.splitlines()}
        with contextlib.suppress(OSError, ValueError), open(out, encoding='utf-8') as file:
            result = {'benchmarks': json.load(file)['benchmarks']}
        return result


@contextlib.contextmanager
def running_server(folder, flags=()):
    server = live.Server(os.path.join(folder, 'data'), live.Ports.free(), ['--log.level', 'warn', *flags],
                         os.path.join(folder, 'farfield.log'))
    try:
        yield server
    finally:
        server.stop()


def simulate(server, folder, extra):
    """Runs farfield-sim to its end; its report."""
    report = os.path.join(folder, 'report.json')
    done = subprocess.run(live.simulator_arguments(server, APPLICATION, ['--report', report, '--quiet', *extra]),
                          env=live.simulator_environment(server), stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise live.Failed(f'farfield-sim ended with code {done.returncode}{server.last_lines()}')
    with open(report, encoding='utf-8') as file:
        return json.load(file)


def register(server, folder, activation, count, gateways):
    """Registers devices, without traffic worth the name. Returns the options that name them."""
    devices = os.path.join(folder, activation + '.csv')
    live.write_devices(devices, [['--activation', activation, '--count', str(count)]])
    named = ['--devices', devices, '--gateways', str(gateways)]
    simulate(server, folder, [*named, '--create', '--resets-counters', '--duration', '0.2', '--drain', '0.5',
                              '--period', '100000', '--join-spread', '100000'])
    return named


def bench_startup(_options):
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ('new_directory', 'used_directory'):
            start = time.monotonic()
            with running_server(folder) as server:
                server.wait_until_healthy()
                result[name + '_ms'] = (time.monotonic() - start) * 1000
    return result


def bench_memory(options):
    with tempfile.TemporaryDirectory() as folder, running_server(folder, ['--ns.session-idle', '1h']) as server:
        server.wait_until_healthy()
        idle = server.memory_bytes()
        named = register(server, folder, 'abp', options.devices, 1)
        registered = server.memory_bytes()
        simulate(server, folder, [*named, '--rate', str(options.rate), '--first-f-cnt', '1000',
                                  '--uplinks', str(options.devices), '--drain', '3'])
        return {'idle_bytes': idle, 'registered_bytes': registered, 'live_bytes': server.memory_bytes(),
                'bytes_per_live_session': (server.memory_bytes() - registered) / options.devices}


def bench_uplink(options):
    with tempfile.TemporaryDirectory() as folder, running_server(folder) as server:
        server.wait_until_healthy()
        named = register(server, folder, 'abp', options.devices, options.gateways)
        before = server.cpu_seconds()
        report = simulate(server, folder, [*named, '--copies', str(options.gateways), '--rate', str(options.rate), '--duration',
                                           str(options.seconds), '--first-f-cnt', '1000', '--drain', '3'])
        cpu = server.cpu_seconds() - before
        uplinks = report['uplinks']
        return {'devices': options.devices, 'gateways': options.gateways, 'sent': uplinks['sent'],
                'delivered': uplinks['delivered'], 'uplinks_per_second': uplinks['delivered'] / options.seconds,
                'server_cpu_us_per_uplink': cpu * 1e6 / max(uplinks['delivered'], 1), 'latency_ms': uplinks['latency_ms']}


def bench_joins(options):
    count = min(options.devices, 2000)
    with tempfile.TemporaryDirectory() as folder, running_server(folder) as server:
        server.wait_until_healthy()
        named = register(server, folder, 'otaa', count, 1)
        before = server.cpu_seconds()
        report = simulate(server, folder, [*named, '--join-spread', '10', '--duration', '20', '--period', '100000',
                                           '--first-dev-nonce', '1000', '--drain', '3'])
        cpu = server.cpu_seconds() - before
        joins = report['joins']
        return {'devices': count, 'requests': joins['requests'], 'joined': joins['joined'],
                'server_cpu_us_per_join': cpu * 1e6 / max(joins['joined'], 1)}


LIVE_BENCHES = {'startup': bench_startup, 'memory': bench_memory, 'uplink': bench_uplink, 'joins': bench_joins}


def print_table(result, indent='  '):
    for key, value in result.items():
        if isinstance(value, dict):
            print(f'{indent}{key}')
            print_table(value, indent + '  ')
        else:
            print(f'{indent}{key:<32}{value:>16,.1f}' if isinstance(value, float) else f'{indent}{key:<32}{value:>16,}')


def main():
    names = [*PROGRAMS, *LIVE]
    parser = argparse.ArgumentParser(prog='tools/bench', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', nargs='*', choices=[*names, 'all'], default='all')
    parser.add_argument('--json', default=os.path.join(live.ROOT, 'build/release/benchmark.json'), help='file for the results')
    parser.add_argument('--devices', type=int, default=2000, help='simulated devices (default 2000)')
    parser.add_argument('--gateways', type=int, default=1, help='gateways that hear each uplink (default 1)')
    parser.add_argument('--rate', type=float, default=2000, help='uplinks per second (default 2000)')
    parser.add_argument('--seconds', type=float, default=20, help='of load (default 20)')
    options = parser.parse_args()
    chosen = names if 'all' in options.what else list(dict.fromkeys(options.what))
    results, failed = {'machine': live.machine()}, []
    try:
        build(chosen)
    except live.Failed as failure:
        print(f'tools/bench: can not build: {failure}', file=sys.stderr)
        return 1
    print('machine: {cpu}, {cores} cores, {system} {kernel}'.format(**results['machine']))
    for name in chosen:
        print(f'\n── {name}', flush=True)
        try:
            results[name] = run_program(name) if name in PROGRAMS else LIVE_BENCHES[name](options)
            if name in LIVE_BENCHES:
                print_table(results[name])
        except live.Failed as failure:
            print(f'failed: {failure}', file=sys.stderr)
            failed.append(name)
    with open(options.json, 'w', encoding='utf-8') as file:
        json.dump(results, file, indent=2)
    print(f'\nresults: {os.path.relpath(options.json)}' + (f'; failed: {" ".join(failed)}' if failed else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
