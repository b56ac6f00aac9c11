"""Message brokers for end-to-end tests: mosquitto and nats-server, each a process of its own on the loopback interface, and the
smallest clients that see what they have. Every process is ended by its pid."""
import base64
import hashlib
import io
import json
import pathlib
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading

import paho.mqtt.client as mqtt

from harness import free_port, wait_until

USER, PASSWORD = 'broker-user', 'br0ker-s3cret'


class Certificates:
    """An authority, a certificate for localhost and one for a client: ca.pem, server.pem, server.key, client.pem, client.key."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj',
                      '/CN=test authority')
        (self.folder / 'names').write_text('subjectAltName=DNS:localhost\n')
        for name in ('server', 'client'):
            self._openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj',
                          f'/CN={name}')
            self._openssl('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out',
                          f'{name}.pem', '-days', '2', '-extfile', 'names')
        for file in self.folder.iterdir():
            file.chmod(0o644)

    def _openssl(self, *arguments):
        subprocess.run(['openssl', *arguments], cwd=self.folder, check=True, capture_output=True)

    def path(self, name):
        return self.folder / name

    def text(self, name):
        return self.path(name).read_bytes()


class Broker:
    """A broker's process, its folder, its port. Use as a context manager."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-broker-'))
        # mosquitto gives up root.
        self.folder.chmod(0o777)
        self.port = free_port()
        self.process = None

    def command(self):
        raise NotImplementedError

    def start(self):
        with open(self.folder / 'log', 'ab') as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        wait_until(self.listens, f'{self.command()[0]} listens', 20)
        return self

    def listens(self):
        if self.process.poll() is not None:
            raise AssertionError((self.folder / 'log').read_text(errors='replace')[-1000:])
        try:
            socket.create_connection(('127.0.0.1', self.port), 1).close()
            return True
        except OSError:
            return False

    def end(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


class Mosquitto(Broker):
    """With a user and password, or with certificates on both sides; keeps sessions over restarts."""

    def __init__(self, certificates=None):
        super().__init__()
        lines = [f'listener {self.port} 127.0.0.1', 'persistence true', f'persistence_location {self.folder}/', 'max_queued_messages 0',
                 'log_type error', 'log_type warning']
        if certificates:
            lines += [f'cafile {certificates.path("ca.pem")}', f'certfile {certificates.path("server.pem")}',
                      f'keyfile {certificates.path("server.key")}', 'require_certificate true', 'use_identity_as_username true']
        else:
            passwords = self.folder / 'passwords'
            subprocess.run(['mosquitto_passwd', '-b', '-c', passwords, USER, PASSWORD], check=True, capture_output=True)
            passwords.chmod(0o644)
            lines += ['allow_anonymous false', f'password_file {passwords}']
        (self.folder / 'conf').write_text('\n'.join(lines) + '\n')

    def command(self):
        return ['/usr/sbin/mosquitto', '-c', str(self.folder / 'conf')]


class SharedTls(io.RawIOBase):
    """A TLS connection that one thread reads and another one writes: OpenSSL's are not for two at once."""

    def __init__(self, peer):
        super().__init__()
        self.peer, self.lock = peer, threading.Lock()

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.peer.pending():
            select.select([self.peer], [], [])
        with self.lock:
            return self.peer.recv_into(buffer)

    def makefile(self, _):
        return io.BufferedReader(self)

    def sendall(self, data):
        with self.lock:
            self.peer.sendall(data)

    def close(self):
        self.peer.close()
        super().close()


class WebSocketRelay:
    """MQTT over WebSockets in front of a broker: Debian's mosquitto listens for them on all interfaces or not at all. `heads` are the
    requests. With certificates it speaks TLS; `failures` are those of its handshakes."""

    def __init__(self, broker, certificates=None):
        self.broker = broker
        self.context, self.failures = None, []
        if certificates:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificates.path('server.pem'), certificates.path('server.key'))
        self.heads = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        if self.context:
            try:
                peer = SharedTls(self.context.wrap_socket(peer, server_side=True))
            except OSError as error:
                self.failures.append(str(error))
                return
        file = peer.makefile('rb')
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            line = file.readline()
            if not line:
                return
            head += line
        self.heads.append(head.decode())
        fields = dict(line.split(': ', 1) for line in head.decode().split('\r\n')[1:] if ': ' in line)
        key = next(value for name, value in fields.items() if name.lower() == 'sec-websocket-key')
        accept = base64.b64encode(hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()).decode()
        peer.sendall(f'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}'
                     '\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n'.encode())
        inner = socket.create_connection(('127.0.0.1', self.broker.port), 10)
        threading.Thread(target=self._back, args=(inner, peer), daemon=True).start()
        try:
            self._forth(file, inner)
        except (OSError, ValueError):
            pass
        inner.close()
        peer.close()

    @staticmethod
    def _forth(file, inner):
        while True:
            kind, size = file.read(2)
            size &= 0x7f
            if size > 125:
                size = int.from_bytes(file.read(2 if size == 126 else 8), 'big')
            mask = file.read(4)
            data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(file.read(size)))
            if kind & 0x0f == 8:
                return
            if kind & 0x0f in (0, 2):
                inner.sendall(data)

    @staticmethod
    def _back(inner, peer):
        try:
            while data := inner.recv(60000):
                size = bytes([len(data)]) if len(data) < 126 else b'\x7e' + len(data).to_bytes(2, 'big')
                peer.sendall(b'\x82' + size + data)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


class MqttClient:
    """Keeps its session; `messages` are (topic, JSON) in the order of their arrival."""

    def __init__(self, broker, topic, certificates=None):
        self.messages = []
        self.client = mqtt.Client('observer', clean_session=False)
        self.client.reconnect_delay_set(1, 1)
        if certificates:
            self.client.tls_set(certificates.path('ca.pem'), certificates.path('client.pem'), certificates.path('client.key'))
        else:
            self.client.username_pw_set(USER, PASSWORD)
        subscribed = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.on_message = lambda _, __, message: self.messages.append((message.topic, json.loads(message.payload)))
        self.client.connect('localhost' if certificates else '127.0.0.1', broker.port)
        self.client.loop_start()
        if not subscribed.wait(10):
            raise AssertionError('not subscribed')

    def publish(self, topic, body):
        self.client.publish(topic, json.dumps(body), 1).wait_for_publish(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()


class Nats(Broker):
    """With a user and password, or what `settings` say, lines of its configuration; `jetstream` keeps messages in its folder."""

    def __init__(self, certificates=None, jetstream=False, settings=None):
        super().__init__()
        self.flags = ['--user', USER, '--pass', PASSWORD]
        if settings:
            (self.folder / 'conf').write_text('\n'.join(settings) + '\n')
            self.flags = ['-c', str(self.folder / 'conf')]
        if certificates:
            self.flags += ['--tls', '--tlscert', str(certificates.path('server.pem')), '--tlskey', str(certificates.path('server.key'))]
        if jetstream:
            self.flags += ['-js', '-sd', str(self.folder / 'js')]

    def command(self):
        return ['/usr/sbin/nats-server' if pathlib.Path('/usr/sbin/nats-server').exists() else 'nats-server', '-a', '127.0.0.1', '-p',
                str(self.port), *self.flags]


class NatsClient:
    """The text protocol of NATS, as much as is needed. `messages` are (subject, body) of what was subscribed to."""

    def __init__(self, broker, *subjects, certificates=None, login=None):
        """`login`: what CONNECT says of us, given the server's nonce."""
        self.messages = []
        self.replies = {}
        self.lock = threading.Condition()
        self.ready = threading.Event()
        self.number = 0
        self.socket = socket.create_connection(('127.0.0.1', broker.port), 10)
        if certificates:
            self._line(self.socket)
            context = ssl.create_default_context(cafile=certificates.path('ca.pem'))
            self.socket = context.wrap_socket(self.socket, server_hostname='localhost')
        self.file = self.socket.makefile('rb')
        who = {'user': USER, 'pass': PASSWORD}
        if login:
            who = login(json.loads(self.file.readline().split(b' ', 1)[1])['nonce'])
        self._send('CONNECT ' + json.dumps({'verbose': False, 'pedantic': False, 'headers': False, **who}))
        self._send('SUB _INBOX.e2e.* 1')
        for number, subject in enumerate(subjects, 2):
            self._send(f'SUB {subject} {number}')
        self._send('PING')
        # Only now: over TLS two threads must not use the socket at once.
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        if not self.ready.wait(30):
            raise AssertionError('nats-server does not answer')

    @staticmethod
    def _line(raw):
        line = b''
        while not line.endswith(b'\n'):
            line += raw.recv(1)
        return line

    def _send(self, line, body=None):
        self.socket.sendall(line.encode() + b'\r\n' + (body + b'\r\n' if body is not None else b''))

    def _read(self):
        try:
            for line in self.file:
                words = line.decode().split()
                if words[:1] == ['MSG']:
                    body = self.file.read(int(words[-1]) + 2)[:-2]
                    with self.lock:
                        if words[1].startswith('_INBOX.e2e.'):
                            self.replies[words[1]] = json.loads(body)
                        else:
                            self.messages.append((words[1], json.loads(body)))
                        self.lock.notify_all()
                elif words[:1] == ['PING']:
                    self._send('PONG')
                elif words[:1] == ['PONG']:
                    self.ready.set()
        except (OSError, ValueError):
            pass

    def publish(self, subject, body, reply=''):
        data = json.dumps(body).encode()
        self._send(f'PUB {subject} {reply} {len(data)}', data)

    def request(self, subject, body):
        self.number += 1
        inbox = f'_INBOX.e2e.{self.number}'
        self.publish(subject, body, inbox)
        with self.lock:
            if not self.lock.wait_for(lambda: inbox in self.replies, 10):
                raise AssertionError(f'{subject}: no answer')
            return self.replies.pop(inbox)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
