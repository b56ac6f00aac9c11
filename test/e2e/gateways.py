"""Gateways over MQTT (Paho, an unmodified client) and gRPC (grpcio), current and legacy, and the radio of farfield-sim behind them.

Each gateway says frames (`say`), hears downlinks (`heard`, a queue of (token, txpk)) and reports what it sent (`report`), all in the terms of
Semtech's JSON; `Radio` carries them between farfield-sim's packet forwarder and a gateway. Needs Debian's python3-paho-mqtt and
python3-grpcio.
"""
import base64
import json
import pathlib
import queue
import re
import select
import socket
import struct
import subprocess
import tempfile
import threading

import paho.mqtt.client as paho
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from grpc_client import API

LEGACY_PROTO = pathlib.Path(__file__).parent.parent / 'golden' / 'gateway_mqtt_v2' / 'messages.proto'
RESULTS = ('SUCCESS', 'UNKNOWN_ERROR', 'TOO_LATE', 'TOO_EARLY', 'COLLISION_PACKET', 'COLLISION_BEACON', 'TX_FREQ', 'TX_POWER', 'GPS_UNLOCKED')
TOKEN = 'gs:down:token:'


def legacy_types():
    """Message name -> class, of the legacy messages."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(['protoc', f'-I{LEGACY_PROTO.parent}', f'--descriptor_set_out={out.name}', LEGACY_PROTO.name], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(f'legacy.{name}'))
            for name in ('UplinkMessage', 'DownlinkMessage', 'StatusMessage')}


LEGACY = legacy_types()


def lora_of(datr):
    spreading, bandwidth = re.fullmatch(r'SF(\d+)BW(\d+)', datr).groups()
    return int(spreading), int(bandwidth) * 1000


def uplink_message(rxpk):
    """A frame of the packet forwarder as ttn.lorawan.v3.UplinkMessage."""
    out = API.type('UplinkMessage')()
    out.raw_payload = base64.b64decode(rxpk['data'])
    lora = out.settings.data_rate.lora
    lora.spreading_factor, lora.bandwidth = lora_of(rxpk['datr'])
    lora.coding_rate = rxpk['codr']
    out.settings.frequency = round(rxpk['freq'] * 1e6)
    out.settings.timestamp = rxpk['tmst']
    rx = out.rx_metadata.add()
    rx.gateway_ids.gateway_id = 'whoever'
    rx.timestamp, rx.rssi, rx.channel_rssi, rx.snr = rxpk['tmst'], rxpk['rssi'], rxpk['rssi'], rxpk['lsnr']
    return out


def legacy_uplink(rxpk):
    out = LEGACY['UplinkMessage']()
    out.payload = base64.b64decode(rxpk['data'])
    lorawan = out.protocol_metadata.lorawan
    lorawan.data_rate, lorawan.coding_rate = rxpk['datr'], rxpk['codr']
    gateway = out.gateway_metadata
    gateway.timestamp, gateway.frequency = rxpk['tmst'], round(rxpk['freq'] * 1e6)
    gateway.rssi, gateway.snr = rxpk['rssi'], rxpk['lsnr']
    return out


def txpk(phy, start, frequency, datr, power):
    return {'imme': False, 'tmst': start, 'freq': frequency / 1e6, 'rfch': 0, 'powe': power, 'modu': 'LORA', 'datr': datr, 'codr': '4/5',
            'ipol': True, 'ncrc': True, 'size': len(phy), 'data': base64.b64encode(phy).decode()}


def heard_of(down):
    """(token, txpk) of ttn.lorawan.v3.GatewayDown."""
    message = down.downlink_message
    scheduled = message.scheduled
    lora = scheduled.data_rate.lora
    token = next(int(one[len(TOKEN):]) for one in message.correlation_ids if one.startswith(TOKEN))
    return token, txpk(message.raw_payload, scheduled.timestamp, scheduled.frequency, f'SF{lora.spreading_factor}BW{lora.bandwidth // 1000}',
                       int(scheduled.downlink.tx_power - 2.15))


def report_message(token, result):
    out = API.type('TxAcknowledgment')()
    out.correlation_ids.append(f'{TOKEN}{token}')
    out.result = RESULTS.index('SUCCESS' if result == 'NONE' else result)
    return out


class MqttRefused(Exception):
    """CONNECT was answered with a refusal, `code`."""

    def __init__(self, code):
        super().__init__(str(code))
        self.code = code


class MqttGateway:
    """A gateway over MQTT that is connected and has subscribed."""

    def __init__(self, address, gateway_id, key, version=paho.MQTTv311, ca=None, will=None, subscribe=True):
        self.heard, self.ended, self.acknowledged = queue.Queue(), queue.Queue(), queue.Queue()
        self.connected, self.granted = queue.Queue(), queue.Queue()
        self.topic = self.prefix + gateway_id
        self.client = paho.Client(client_id='', protocol=version)
        self.client.username_pw_set(gateway_id, key)
        if ca:
            self.client.tls_set(ca)
            self.client.tls_insecure_set(True)
        if will:
            self.client.will_set(will, b'', qos=1)
        self.client.on_connect = lambda _client, _data, _flags, reason, *_: self.connected.put(getattr(reason, 'value', reason))
        self.client.on_disconnect = lambda _client, _data, reason, *_: self.ended.put(getattr(reason, 'value', reason))
        self.client.on_message = lambda _client, _data, message: self.heard.put(self.heard_of(message.payload))
        self.client.on_subscribe = lambda _client, _data, _mid, codes, *_: self.granted.put([getattr(one, 'value', one) for one in codes])
        self.client.on_publish = lambda _client, _data, mid: self.acknowledged.put(mid)
        self.client.connect(*address)
        self.client.loop_start()
        code = self.connected.get(timeout=20)
        if code:
            self.client.loop_stop()
            raise MqttRefused(code)
        if subscribe:
            assert self.subscribe(self.topic + '/down') == [0]

    prefix = 'v3/'

    def subscribe(self, topic, qos=0):
        self.client.subscribe(topic, qos)
        return self.granted.get(timeout=20)

    def publish(self, topic, body, qos=1):
        """Waits until the server has it."""
        self.client.publish(self.topic + topic, body, qos)
        self.acknowledged.get(timeout=20)

    def heard_of(self, payload):
        return heard_of(API.type('GatewayDown').FromString(payload))

    def say(self, rxpk):
        self.publish('/up', uplink_message(rxpk).SerializeToString())

    def report(self, token, result):
        self.publish('/down/ack', report_message(token, result).SerializeToString())

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class LegacyGateway(MqttGateway):
    """Without reports of transmissions."""
    prefix = ''
    count = 0

    def heard_of(self, payload):
        message = LEGACY['DownlinkMessage'].FromString(payload)
        lorawan, gateway = message.protocol_configuration.lorawan, message.gateway_configuration
        assert gateway.polarization_inversion
        self.count += 1
        return self.count, txpk(message.payload, gateway.timestamp, gateway.frequency, lorawan.data_rate, gateway.power)

    def say(self, rxpk):
        self.publish('/up', legacy_uplink(rxpk).SerializeToString())

    def report(self, token, result):
        pass


class GrpcGateway:
    """A gateway over gRPC. `client`: GrpcClient with the gateway's key."""

    def __init__(self, client, gateway_id, timeout=120):
        path, request_type, response_type = API.method('GtwGs/LinkGateway')
        self.type, self.outgoing, self.heard = request_type, queue.Queue(), queue.Queue()
        rpc = client.channel.stream_stream(path, request_type.SerializeToString, response_type.FromString)
        self.call = rpc(iter(self.outgoing.get, None), timeout=timeout, metadata=client.metadata(None, [('id', gateway_id)]))

    def wait(self):
        """Until the server serves it; raises what it is refused with."""
        self.call.initial_metadata()
        if not self.call.is_active():
            next(self.call)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def _read(self):
        try:
            for down in self.call:
                self.heard.put(heard_of(down))
        except Exception:  # pylint: disable=broad-except
            pass  # the test asks the call for its code

    def tell(self, **fields):
        self.outgoing.put(self.type(**fields))

    def say(self, rxpk):
        self.tell(uplink_messages=[uplink_message(rxpk)])

    def report(self, token, result):
        self.tell(tx_acknowledgment=report_message(token, result))

    def close(self):
        self.outgoing.put(None)


class Radio:
    """Between farfield-sim, which takes `port` for a gateway server, and a gateway."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.pull_address = None
        self.results = []
        self.failure = None
        self.ends = threading.Event()
        self.threads = [threading.Thread(target=self._guard, args=(work,), daemon=True) for work in (self._upstream, self._downstream)]
        for thread in self.threads:
            thread.start()

    def _guard(self, work):
        try:
            while not self.ends.is_set():
                work()
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error

    def _upstream(self):
        if not select.select([self.socket], [], [], 0.2)[0]:
            return
        datagram, sender = self.socket.recvfrom(65536)
        token, kind = datagram[1:3], datagram[3]
        if kind == 0:
            self.socket.sendto(b'\x02' + token + b'\x01', sender)
            for rxpk in json.loads(datagram[12:]).get('rxpk', []):
                self.gateway.say(rxpk)
        elif kind == 2:
            self.pull_address = sender
            self.socket.sendto(b'\x02' + token + b'\x04', sender)
        elif kind == 5:
            result = json.loads(datagram[12:])['txpk_ack']['error']
            self.results.append(result)
            self.gateway.report(struct.unpack('>H', token)[0], result)

    def _downstream(self):
        try:
            token, packet = self.gateway.heard.get(timeout=0.2)
        except queue.Empty:
            return
        self.socket.sendto(b'\x02' + struct.pack('>H', token) + b'\x03' + json.dumps({'txpk': packet}).encode(), self.pull_address)

    def close(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()
        self.socket.close()
        if self.failure:
            raise self.failure
