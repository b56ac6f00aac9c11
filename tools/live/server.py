"""A server under our control: started on a data directory, watched, measured and stopped. Also what the machine is."""
import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get('DEMO_BIN', os.path.join(ROOT, 'build/release/bin'))  # of another build: the tests'
TICKS = os.sysconf('SC_CLK_TCK')


class Failed(Exception):
    """Something did not happen as it should; the text says what."""


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Ports:
    """Ports of the listeners that the demo and the benchmarks use."""

    def __init__(self, udp=1700, mqtt=1883, grpc=1884, http=1885, plan='EU_863_870', station_tls=''):
        self.udp, self.mqtt, self.grpc, self.http, self.plan, self.station_tls = udp, mqtt, grpc, http, plan, station_tls

    @classmethod
    def free(cls, **options):
        return cls(free_port(socket.SOCK_DGRAM), free_port(), free_port(), free_port(), **options)

    def flags(self):
        return ['--gs.udp.listeners', f'127.0.0.1:{self.udp}={self.plan}', '--as.mqtt.listen', f'127.0.0.1:{self.mqtt}',
                '--grpc.listen', f'127.0.0.1:{self.grpc}', '--http.listen', f'127.0.0.1:{self.http}',
                '--gs.basic-station.listen', '', '--gs.basic-station.listen-tls', self.station_tls, '--gs.tabs-hubs.listen', '',
                '--gs.tabs-hubs.listen-tls', '', '--gs.ttigw.listen-tls', '', '--interop.listen', '', '--interop.listen-tls', '', '--gs.mqtt.listen', '', '--gs.mqtt.listen-tls', '',
                '--gs.mqtt-v2.listen', '', '--gs.mqtt-v2.listen-tls', '', '--as.mqtt.listen-tls', '', '--grpc.listen-tls', '', '--http.listen-tls', '']


class Process:
    """A child in a session of its own, so that Ctrl-C reaches us alone; stopped by its id."""

    def __init__(self, name, arguments, **options):
        self.name = name
        try:
            self.child = subprocess.Popen(arguments, cwd=ROOT, start_new_session=True, **options)
        except OSError as error:
            raise Failed(f'can not start {name}: {error}') from error

    @property
    def pid(self):
        return self.child.pid

    def is_running(self):
        return self.child.poll() is None

    def stop(self, patience=15):
        """Asks the process to end, and kills it when it does not."""
        if self.is_running():
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
                raise Failed(f'{self.name} did not end within {patience} s and was killed') from None
        return self.child.returncode

    def cpu_seconds(self):
        with open(f'/proc/{self.pid}/stat', encoding='ascii') as file:
            fields = file.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_bytes(self):
        """Resident, without file mappings."""
        with open(f'/proc/{self.pid}/status', encoding='ascii') as file:
            for line in file:
                if line.startswith('RssAnon:'):
                    return int(line.split()[1]) * 1024
        return 0


class Server(Process):
    def __init__(self, directory, ports=None, flags=(), log=None):
        self.directory, self.ports = directory, ports or Ports()
        self.log_path = log
        output = open(log, 'ab') if log else None  # pylint: disable=consider-using-with
        arguments = [os.path.join(BIN, 'farfield'), 'start', '--storage.directory', directory, *flags]
        if ports:
            arguments += ports.flags()
        super().__init__('farfield', arguments, stdout=output, stderr=output)
        if output:
            output.close()

    @property
    def api(self):
        return f'http://127.0.0.1:{self.ports.http}'

    def wait_until_healthy(self, patience=60):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not self.is_running():
                raise Failed(f'the server ended with code {self.child.returncode}{self.last_lines()}')
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(self.api + '/healthz', timeout=1) as answer:
                    if answer.status == 200:
                        return
            time.sleep(0.01)
        raise Failed(f'/healthz did not answer within {patience} s{self.last_lines()}')

    def last_lines(self):
        if not self.log_path:
            return ''
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            lines = file.read().strip().split('\n')
        return ':\n  ' + '\n  '.join(lines[-15:])

    def admin_key(self):
        path = os.path.join(self.directory, 'admin-api-key')
        try:
            with open(path, encoding='ascii') as file:
                return file.read().strip()
        except OSError as error:
            raise Failed(f'the server left no administrator\'s key: {error}') from error

    def call(self, path, method='GET', body=None):
        """JSON of an API call; None for 404."""
        request = urllib.request.Request(self.api + '/api/v3' + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None,
                                         headers={'Authorization': 'Bearer ' + self.admin_key()})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise Failed(f'{method} {path}: {error.code} {error.read().decode(errors="replace")[:500]}') from error


def simulator_arguments(server, application, extra):
    return [os.path.join(BIN, 'farfield-sim'), 'run', '--gateway-server', f'127.0.0.1:{server.ports.udp}',
            '--api', server.api, '--application', application, '--mqtt', f'127.0.0.1:{server.ports.mqtt}', *extra]


def simulator_environment(server):
    """Keys travel in the environment, not on command lines that everyone on the machine can read."""
    return {**os.environ, 'FARFIELD_SIM_API_KEY': server.admin_key(), 'FARFIELD_SIM_MQTT_PASSWORD': server.admin_key()}


def write_devices(path, ranges):
    """One CSV file of several ranges of simulated devices; a range is the options of `farfield-sim devices`."""
    lines = []
    for options in ranges:
        made = subprocess.run([os.path.join(BIN, 'farfield-sim'), 'devices', *options], capture_output=True, text=True, check=False)
        if made.returncode:
            raise Failed('farfield-sim devices: ' + made.stderr.strip())
        rows = made.stdout.splitlines()
        lines += rows if not lines else rows[1:]
    with open(path, 'w', encoding='ascii') as file:
        file.write('\n'.join(lines) + '\n')


def machine():
    model = ''
    with contextlib.suppress(OSError), open('/proc/cpuinfo', encoding='utf-8') as file:
        model = next((line.partition(':')[2].strip() for line in file if line.startswith('model name')), '')
    return {'cpu': model, 'cores': os.cpu_count(), 'kernel': platform.release(), 'system': platform.system()}
