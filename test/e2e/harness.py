"""What the end-to-end tests share: a server on free ports and a directory of its own, real clients, deadlines.

Every process is started here and ended by its pid. Nothing leaves the loopback interface.
"""
import base64
import fcntl
import http.client
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib

BIN = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith('-') else 'build/dev/bin')


RESERVED_PORTS = []  # locked files, until the test ends


def reserve(port):
    """Whether no other test has the port, and none of this process: several run at once."""
    file = open(pathlib.Path(tempfile.gettempdir()) / f'farfield-e2e-port-{port}.lock', 'w')
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return False
    RESERVED_PORTS.append(file)
    return True


def free_port(kind=socket.SOCK_STREAM):
    """A free port, once, below the range that the system gives to clients, so that no connection of a test takes it meanwhile."""
    while True:
        port = random.randrange(20000, 32000)
        if not reserve(port):
            continue
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind(('127.0.0.1', port))
                return port
            except OSError:
                continue


def wait_until(condition, what, seconds=20):
    """Polls until `condition()` is true; its value. Fails by name when the deadline passes."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f'{what}: not within {seconds} s')
        time.sleep(0.02)


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f'{status}: {body}')
        self.status, self.body = status, body


class Server:
    """One farfield process. Use as a context manager, or start and stop it by hand."""

    def __init__(self, **settings):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='farfield-e2e-'))
        self.ports = {name: free_port() for name in ('http', 'grpc', 'mqtt')}
        self.ports['udp'] = free_port(socket.SOCK_DGRAM)
        self.settings = settings
        self.process = None
        self.log = self.directory / 'server.log'

    def command(self):
        flags = {
            'storage.directory': self.directory / 'data',
            'http.listen': f'127.0.0.1:{self.ports["http"]}', 'http.listen-tls': '',
            'grpc.listen': f'127.0.0.1:{self.ports["grpc"]}', 'grpc.listen-tls': '',
            'as.mqtt.listen': f'127.0.0.1:{self.ports["mqtt"]}', 'as.mqtt.listen-tls': '',
            'gs.basic-station.listen': '', 'gs.basic-station.listen-tls': '',
            'gs.tabs-hubs.listen': '', 'gs.tabs-hubs.listen-tls': '', 'gs.ttigw.listen-tls': '',
            'interop.listen': '', 'interop.listen-tls': '',
            'gs.mqtt.listen': '', 'gs.mqtt.listen-tls': '', 'gs.mqtt-v2.listen': '', 'gs.mqtt-v2.listen-tls': '',
            'gs.udp.listeners': f'127.0.0.1:{self.ports["udp"]}=EU_863_870_TTN',
            **self.settings}
        return [str(BIN / 'farfield'), 'start', *[f'--{key}={value}' for key, value in flags.items()]]

    def start(self):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        wait_until(self.healthy, f'server serves (log: {self.log_tail()})', 30)
        return self

    def log_tail(self):
        return self.log.read_text(errors='replace')[-1500:] if self.log.exists() else ''

    def healthy(self):
        if self.process.poll() is not None:
            raise AssertionError(f'server ended with {self.process.returncode}: {self.log_tail()}')
        try:
            return self.request('GET', '/healthz')[0] == 200
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=10):
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self.process.wait(seconds)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def admin_key(self):
        return (self.directory / 'data' / 'admin-api-key').read_text().strip()

    def request(self, method, path, body=None, key=None):
        """(status, text) of one HTTP request."""
        connection = http.client.HTTPConnection('127.0.0.1', self.ports['http'], timeout=20)
        headers = {'Authorization': f'Bearer {key}'} if key else {}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def api(self, method, path, body=None, key=None):
        """The JSON answer of an API call as admin; ApiError for any other status than 200."""
        status, text = self.request(method, '/api/v3' + path, json.dumps(body) if body is not None else None,
                                    key or self.admin_key)
        if status != 200:
            raise ApiError(status, text)
        return json.loads(text)

    def application_key(self, application):
        """A new API key with all rights of an application."""
        return self.api('POST', f'/applications/{application}/api-keys',
                        {'name': 'e2e', 'rights': ['RIGHT_APPLICATION_ALL']})['key']

    def simulate(self, *flags, **kwargs):
        """Runs farfield-sim against this server to its end; its report."""
        report = self.directory / f'report-{time.monotonic_ns()}.json'
        command = [str(BIN / 'farfield-sim'), 'run', '--gateway-server',
                   f'127.0.0.1:{kwargs.get("gateway_port", self.ports["udp"])}', '--api', f'http://127.0.0.1:{self.ports["http"]}', '--api-key', self.admin_key,
                   '--mqtt', f'127.0.0.1:{self.ports["mqtt"]}', '--report', str(report), '--quiet', *map(str, flags)]
        if kwargs.get('background'):
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT), report
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=kwargs.get('timeout', 120))
        if done.returncode:
            raise AssertionError(f'farfield-sim: {done.returncode}: {done.stdout.decode()[-2000:]}\n{self.log_tail()}')
        return json.loads(report.read_text())

    def simulate_abp(self, application, key, prefix, *flags):
        """One ABP device of its own per prefix sends a few uplinks, which the simulator itself sees arrive. The device's id."""
        number = zlib.crc32(prefix.encode())
        self.simulate('--create', '--application', application, '--mqtt-user', application, '--mqtt-password', key,
                      '--region', 'EU868', '--activation', 'abp', '--version', '1.0.3', '--count', 1, '--prefix', prefix,
                      '--gateways', 1, '--uplinks', 3, '--rate', 5, '--seed', number, '--first-dev-eui', f'FEFFF0{number:08X}01', *flags)
        devices = self.api('GET', f'/applications/{application}/devices')['end_devices']
        return next(one['ids']['device_id'] for one in devices if one['ids']['device_id'].startswith(prefix))


def key_forms(key):
    """How 16 octets may be written."""
    text = base64.b64encode(key).decode()
    # Not the last characters: they depend on what follows.
    return {key, key.hex().encode(), key.hex().upper().encode(), text[:20].encode(), text[:20].replace('+', '-').replace('/', '_').encode()}


def keys_in_the_open(keys, places):
    """(key in hex, place) of every key that is in the bytes of a place, however written."""
    return [(key.hex(), place) for place, text in places.items() for key in keys if any(form in text for form in key_forms(key))]


def files_of(server):
    """Log and data of a server that has ended, by name."""
    data = server.directory / 'data'
    out = {f'data/{file.relative_to(data)}': file.read_bytes() for file in data.rglob('*') if file.is_file() and file.name != 'admin-api-key'}
    return {'log': server.log.read_bytes(), **out}


def told_of(**servers):
    """What running servers say of themselves, by name: metrics and the audit log."""
    return {f'{name}/{place}': text for name, server in servers.items() for place, text in {
        'metrics': server.request('GET', '/metrics')[1].encode(),
        'audit log': json.dumps(server.api('GET', '/farfield/audit/records?page_size=100')).encode()}.items()}


def files_of_all(**servers):
    """files_of() of several, by name."""
    return {f'{name}/{place}': text for name, server in servers.items() for place, text in files_of(server).items()}


class Subscriber:
    """mosquitto_sub, its messages as (topic, JSON)."""

    def __init__(self, server, application, key, topic='#', *flags):
        command = ['mosquitto_sub', '-h', '127.0.0.1', '-p', str(server.ports['mqtt']), '-u', application, '-P', key,
                   '-t', topic, '-v', *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.messages = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            topic, _, payload = line.decode().rstrip('\n').partition(' ')
            self.messages.put((topic, json.loads(payload)))

    def next(self, seconds=20):
        return self.messages.get(timeout=seconds)

    def next_of(self, suffix, seconds=20):
        """The next message whose topic ends with `suffix`; others are dropped."""
        end = time.monotonic() + seconds
        while True:
            topic, message = self.messages.get(timeout=max(0.01, end - time.monotonic()))
            if topic.endswith(suffix):
                return message

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def publish(server, application, key, topic, body, *flags):
    """mosquitto_pub; raises when the broker refuses."""
    subprocess.run(['mosquitto_pub', '-h', '127.0.0.1', '-p', str(server.ports['mqtt']), '-u', application, '-P', key,
                    '-t', topic, '-m', json.dumps(body), *flags], check=True, timeout=20)
