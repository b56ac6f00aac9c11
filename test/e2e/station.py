"""A LoRa Basics Station for tests: a WebSocket client that speaks the LNS protocol, and the radio of farfield-sim behind it.

`Station` speaks; `Concentrator` takes what farfield-sim's packet forwarder sends over UDP and gives it to a station, so that simulated
devices with real crypto, whose windows are judged to 0.1 ms, use a station. Standard library only.
"""
import base64
import contextlib
import json
import os
import select
import socket
import ssl
import struct
import threading
import time

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SESSION = 0x5A << 48  # of the station's clock; its counter is below
EU868_RATES = ['SF12BW125', 'SF11BW125', 'SF10BW125', 'SF9BW125', 'SF8BW125', 'SF7BW125', 'SF7BW250']


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f'{status}: {body}')
        self.status, self.body = status, body


class WebSocket:
    """The client's side of RFC 6455, as far as a station needs it."""

    def __init__(self, address, path, token=None, ca=None, own=None, headers=()):
        """`ca`: whom to believe, with TLS; `own`: files of our certificate and its key."""
        self.socket = socket.create_connection(address, timeout=20)
        if ca:
            context = ssl.create_default_context(cafile=ca)
            context.check_hostname = False
            if own:
                context.load_cert_chain(*own)
            self.socket = context.wrap_socket(self.socket)
        lines = [f'GET {path} HTTP/1.1', f'Host: 127.0.0.1:{address[1]}', 'Upgrade: websocket', 'Connection: Upgrade',
                 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: ' + base64.b64encode(os.urandom(16)).decode()]
        if token:
            lines.append(f'Authorization: {token}')
        lines += headers
        self.socket.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        self.buffer = b''
        head = self._until(b'\r\n\r\n').decode()
        self.headers = {name.lower(): value for name, _, value in (line.partition(': ') for line in head.split('\r\n')[1:])}
        status = int(head.split()[1])
        if status != 101:
            length = next((int(line.split(':')[1]) for line in head.lower().split('\r\n') if line.startswith('content-length')), 0)
            body = self._take(length).decode()
            self.socket.close()
            raise Refused(status, body)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError('the server closed the connection')
        self.buffer += data

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _take(self, size):
        while len(self.buffer) < size:
            self._more()
        out, self.buffer = self.buffer[:size], self.buffer[size:]
        return out

    def send(self, payload, opcode=TEXT):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b'\xfe' + struct.pack('>H', size) if size < 65536 else b'\xff' + struct.pack('>Q', size)
        mask = os.urandom(4)
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def receive(self):
        """(opcode, payload) of the next frame. The server sends no fragments."""
        first, second = self._take(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack('>H', self._take(2))[0]
        elif size == 127:
            size = struct.unpack('>Q', self._take(8))[0]
        return first & 0x0F, self._take(size)

    def close_code(self):
        """Reads up to the server's close frame: its code and reason."""
        while True:
            opcode, payload = self.receive()
            if opcode == CLOSE:
                return struct.unpack('>H', payload[:2])[0], payload[2:].decode()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()


def discover(address, token, router, ca=None, own=None):
    """The answer to a station's first question."""
    connection = WebSocket(address, '/router-info', token, ca, own)
    connection.send(json.dumps({'router': router}).encode())
    opcode, payload = connection.receive()
    assert opcode == TEXT, opcode
    answer = json.loads(payload)
    connection.close()
    return answer


class Station:
    """A connected station that has its configuration."""

    def __init__(self, address, eui, token, *tls, headers=()):
        self.connection = WebSocket(address, f'/traffic/eui-{eui.upper()}', token, *tls, headers=headers)
        self.tell({'msgtype': 'version', 'station': '2.0.6(linux/std)', 'firmware': None, 'package': None, 'model': 'linux',
                   'protocol': 2, 'features': 'rmtsh'})
        self.config = self.next('router_config')

    def tell(self, message):
        self.connection.send(json.dumps(message).encode())

    def hear(self):
        """The message of the next frame; None if it has none. Pings are answered."""
        opcode, payload = self.connection.receive()
        if opcode == PING:
            self.connection.send(payload, PONG)
        return json.loads(payload) if opcode == TEXT else None

    def next(self, kind):
        while True:
            message = self.hear()
            if message and message['msgtype'] == kind:
                return message

    def close(self):
        self.connection.close()


def uplink_message(rxpk):
    """A frame of the packet forwarder as a station says it."""
    phy = base64.b64decode(rxpk['data'])
    message = {'RefTime': 0, 'DR': EU868_RATES.index(rxpk['datr']), 'Freq': round(rxpk['freq'] * 1e6), 'MHdr': phy[0],
               'MIC': struct.unpack('<i', phy[-4:])[0],
               'upinfo': {'rctx': 0, 'xtime': SESSION | rxpk['tmst'], 'gpstime': 0, 'fts': -1, 'rssi': rxpk['rssi'], 'snr': rxpk['lsnr'],
                          'rxtime': time.time()}}
    if phy[0] >> 5 == 0:
        join_eui, dev_eui, nonce = struct.unpack('<QQH', phy[1:19])
        dashed = ['-'.join(f'{eui:016X}'[i:i + 2] for i in range(0, 16, 2)) for eui in (join_eui, dev_eui)]
        return {'msgtype': 'jreq', 'JoinEui': dashed[0], 'DevEui': dashed[1], 'DevNonce': nonce, **message}
    address, control, counter = struct.unpack('<iBH', phy[1:8])
    options_end = 8 + (control & 0x0F)
    body = phy[options_end:-4]
    return {'msgtype': 'updf', 'DevAddr': address, 'FCtrl': control, 'FCnt': counter, 'FOpts': phy[8:options_end].hex(),
            'FPort': body[0] if body else -1, 'FRMPayload': body[1:].hex(), **message}


def txpk_of(message):
    phy = bytes.fromhex(message['pdu'])
    start = (message['xtime'] + message['RxDelay'] * 1_000_000) & 0xFFFFFFFF
    return {'imme': False, 'tmst': start, 'freq': message['RX1Freq'] / 1e6, 'rfch': 0, 'powe': 14, 'modu': 'LORA',
            'datr': EU868_RATES[message['RX1DR']], 'codr': '4/5', 'ipol': True, 'ncrc': True, 'size': len(phy),
            'data': base64.b64encode(phy).decode()}


class Concentrator:
    """Between farfield-sim, which takes `port` for a gateway server, and a station. One gateway."""

    def __init__(self, station):
        self.station = station
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.pull_address = None
        self.downlinks = {}
        self.results = []
        self.failure = None
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while not self.ends.is_set():
                connection = self.station.connection
                ready, _, _ = select.select([self.socket, connection.socket], [], [], 0 if connection.buffer else 0.2)
                if self.socket in ready:
                    self._on_datagram(*self.socket.recvfrom(65536))
                if connection.socket in ready or connection.buffer:
                    message = self.station.hear()
                    if message and message['msgtype'] == 'dnmsg':
                        self._on_downlink(message)
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error

    def _on_datagram(self, datagram, sender):
        token, kind = datagram[1:3], datagram[3]
        if kind == 0:
            self.socket.sendto(b'\x02' + token + b'\x01', sender)
            for rxpk in json.loads(datagram[12:]).get('rxpk', []):
                self.station.tell(uplink_message(rxpk))
        elif kind == 2:
            self.pull_address = sender
            self.socket.sendto(b'\x02' + token + b'\x04', sender)
        elif kind == 5:
            result = json.loads(datagram[12:])['txpk_ack']['error']
            self.results.append(result)
            message = self.downlinks.pop(struct.unpack('>H', token)[0])
            if result == 'NONE':
                self.station.tell({'msgtype': 'dntxed', 'diid': message['diid'], 'DevEui': message['DevEui'], 'rctx': message['rctx'],
                                   'xtime': message['xtime'] + message['RxDelay'] * 1_000_000, 'txtime': time.time(), 'gpstime': 0})

    def _on_downlink(self, message):
        token = message['diid'] & 0xFFFF
        self.downlinks[token] = message
        self.socket.sendto(b'\x02' + struct.pack('>H', token) + b'\x03' + json.dumps({'txpk': txpk_of(message)}).encode(), self.pull_address)

    def close(self):
        self.ends.set()
        self.thread.join()
        self.socket.close()
        if self.failure:
            raise self.failure
