"""Load on the API with h2load, over HTTP/1.1 and over gRPC, and what came of it. Used by tools/bench api.

A gRPC call is an HTTP/2 request with a frame of protobuf; both requests that are needed here are written out by hand.
"""
import os
import re
import subprocess
import tempfile

import server as live

CLIENTS = 16
STREAMS = 4  # calls of one gRPC client under way


def field(number, content):
    """A message or text in protobuf's wire form; shorter than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def ids(application):
    return field(1, field(1, application.encode()))


def mask(*paths):
    return field(2, b''.join(field(1, path.encode()) for path in paths))


def grpc_frame(message):
    return b'\x00' + len(message).to_bytes(4, 'big') + message


def named(application, name):
    """An UpdateApplicationRequest."""
    return field(1, ids(application) + field(4, name.encode())) + mask('name')


def calls(application, server):
    """(what, h2load arguments, body) of each measured call."""
    http, grpc = f'{server.api}/api/v3', f'http://127.0.0.1:{server.ports.grpc}/ttn.lorawan.v3.'
    of_grpc = ['-m', str(STREAMS), '-H', 'content-type: application/grpc', '-H', 'te: trailers']
    update = '{"application":{"name":"Bench"},"field_mask":"name"}'
    return [
        ('auth_info_grpc', [*of_grpc, grpc + 'EntityAccess/AuthInfo'], grpc_frame(b'')),
        ('auth_info_http', ['--h1', http + '/auth_info'], None),
        ('get_grpc', [*of_grpc, grpc + 'ApplicationRegistry/Get'], grpc_frame(ids(application) + mask('name', 'description'))),
        ('get_http', ['--h1', f'{http}/applications/{application}?field_mask=name,description'], None),
        ('update_grpc', [*of_grpc, grpc + 'ApplicationRegistry/Update'], grpc_frame(named(application, 'Bench'))),
        ('update_http', ['--h1', '-H', ':method: PUT', '-H', 'content-type: application/json', f'{http}/applications/{application}'], update.encode()),
    ]


def command(arguments, body, folder, key, requests, log=None):
    out = ['h2load', '-c', str(CLIENTS), '-H', f'authorization: Bearer {key}']
    out += ['-D', str(requests['seconds'])] if 'seconds' in requests else ['-n', str(requests['count'])]
    if body is not None:
        path = os.path.join(folder, 'body')
        with open(path, 'wb') as file:
            file.write(body)
        out += ['-d', path]
    return [*out, *([f'--log-file={log}'] if log else []), *arguments]


def measure(server, arguments, body, count):
    """`count` requests as fast as they are answered."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, 'log')
        before = server.cpu_seconds()
        done = subprocess.run(command(arguments, body, folder, server.admin_key(), {'count': count}, log), capture_output=True, text=True, check=False)
        cpu = server.cpu_seconds() - before
        rate = re.search(r'([\d.]+) req/s', done.stdout)
        good = re.search(r'status codes: (\d+) 2xx', done.stdout)
        if done.returncode or not rate or not good or int(good.group(1)) != count:
            raise live.Failed(f'h2load: {done.stdout[-600:]}{done.stderr[-300:]}')
        with open(log, encoding='ascii') as file:
            times = sorted(int(line.split()[2]) for line in file)
        return {'requests_per_second': float(rate.group(1)), 'server_cpu_us_per_request': cpu * 1e6 / count,
                'ms_p50': times[len(times) // 2] / 1000, 'ms_p99': times[len(times) * 99 // 100] / 1000}


def background(server, folder, arguments, body, seconds):
    """The same for some time, beside something else."""
    return subprocess.Popen(command(arguments, body, folder, server.admin_key(), {'seconds': seconds}), stdout=subprocess.DEVNULL)
