"""Payload formatters end to end: the built server with its workers, simulated devices over UDP, mosquitto's clients, a webhook
endpoint, the API. What scripts do wrong, hung ones and killed workers included, costs no message and no order."""
import base64
import json
import os
import signal
import time
import unittest

from endpoint import Endpoint
from harness import ApiError, Server, Subscriber, wait_until

APPLICATION = 'formatted'
LINK = f'/as/applications/{APPLICATION}/link'
SETTINGS = {'as.webhooks.allow-networks': '127.0.0.0/8'}

DECODER = '''
function decodeUplink(input) {
  return { data: { sum: input.bytes.reduce((a, b) => a + b, 0), port: input.fPort, at: input.recvTime },
           warnings: ['made up'] };
}
function normalizeUplink(input) {
  return { data: [{ air: { temperature: input.data.sum % 50 } }, { soil: { moisture: 400, depth: 1 } }] };
}
function encodeDownlink(input) { return { bytes: [input.data.led ? 1 : 0, 255], fPort: input.fPort || 7 }; }
function decodeDownlink(input) { return { data: { led: input.bytes[0] === 1 } }; }
'''
# The API asks for it.
RADIO = {'data_rate': {'lora': {'bandwidth': 125000, 'spreading_factor': 7}}, 'frequency': '868100000'}
LOOP = 'function decodeUplink() { for (;;) {} }'


def javascript(up, down=None):
    return {'up_formatter': 'FORMATTER_JAVASCRIPT', 'up_formatter_parameter': up,
            'down_formatter': 'FORMATTER_JAVASCRIPT', 'down_formatter_parameter': down or up}


class FormatterCase(unittest.TestCase):
    def setUp(self):
        self.server = Server(**SETTINGS).start()
        self.addCleanup(self.server.__exit__)
        self.seed = 0
        self.key = self.application(APPLICATION)

    def application(self, name):
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': name}}})
        return self.server.application_key(name)

    def defaults(self, formatters, application=APPLICATION):
        return self.server.api('PUT', f'/as/applications/{application}/link',
                               {'link': {'default_formatters': formatters}, 'field_mask': {'paths': ['default_formatters']}})

    def device_formatters(self, device, formatters):
        ids = {'device_id': device, 'application_ids': {'application_id': APPLICATION}}
        self.server.api('PUT', f'/as/applications/{APPLICATION}/devices/{device}',
                        {'end_device': {'ids': ids, **({'formatters': formatters} if formatters is not None else {})},
                         'field_mask': {'paths': ['formatters']}})

    def uplinks(self, prefix, count, devices=3, rate=50, application=APPLICATION, key=None, **kwargs):
        self.seed += 1
        return self.server.simulate(
            '--create', '--application', application, '--mqtt-user', application, '--mqtt-password', key or self.key,
            '--region', 'EU868', '--activation', 'abp', '--version', '1.0.3', '--count', devices, '--prefix', prefix,
            '--uplinks', count, '--rate', rate, '--seed', self.seed, '--first-dev-eui', f'FEFFF0{self.seed:08X}01', **kwargs)

    def stored(self, kind='uplink_message'):
        text = self.server.request('GET', f'/api/v3/as/applications/{APPLICATION}/packages/storage/{kind}', key=self.key)[1]
        return [json.loads(line)['result'] for line in text.splitlines() if line.strip()]

    def codecs(self):
        """Process ids of the server's workers."""
        pid = self.server.process.pid
        children = []
        for task in os.listdir(f'/proc/{pid}/task'):
            with open(f'/proc/{pid}/task/{task}/children', encoding='ascii') as file:
                children += [int(child) for child in file.read().split()]
        return children

    def assert_decoded(self, message):
        uplink = message['uplink_message']
        payload = base64.b64decode(uplink.get('frm_payload', ''))
        self.assertEqual(uplink['decoded_payload']['sum'], sum(payload), message)
        self.assertEqual(uplink['decoded_payload_warnings'], ['made up'])
        self.assertEqual(uplink['normalized_payload'],
                         [{'air': {'temperature': sum(payload) % 50}}, {'soil': {'depth': 1}}])
        self.assertEqual(uplink['normalized_payload_warnings'],
                         ['measurement 2: `soil.moisture` should be equal or less than `100`'])


class Formatters(FormatterCase):
    def test_uplinks_are_decoded_in_every_output_and_in_order(self):
        self.defaults(javascript(DECODER))
        with Endpoint() as endpoint, Subscriber(self.server, APPLICATION, self.key) as subscriber:
            self.server.api('PUT', f'/as/webhooks/{APPLICATION}/hook', {
                'webhook': {'base_url': endpoint.url(), 'format': 'json', 'uplink_message': {}, 'uplink_normalized': {}},
                'field_mask': {'paths': ['base_url', 'format', 'uplink_message', 'uplink_normalized']}})
            self.uplinks('deco', 30)
            ups, measurements = [], []
            while len(ups) < 30 or len(measurements) < 60:
                topic, message = subscriber.next()
                if topic.endswith('/up'):
                    ups.append(message)
                elif topic.endswith('/up/normalized'):
                    measurements.append(message)
            for message in ups:
                self.assert_decoded(message)
            for device in {one['end_device_ids']['device_id'] for one in ups}:
                counters = [one['uplink_message'].get('f_cnt', 0) for one in ups if one['end_device_ids']['device_id'] == device]
                self.assertEqual(counters, sorted(counters), device)
            self.assertIsInstance(measurements[0]['uplink_normalized']['normalized_payload'], dict)
            self.assertNotIn('decoded_payload', measurements[0]['uplink_normalized'])
            wait_until(lambda: len(endpoint.requests) >= 90, 'all at the webhook')
            for message in endpoint.messages():
                if 'uplink_message' in message:
                    self.assert_decoded(message)
        stored = self.stored()
        self.assertEqual(len(stored), 30)
        for message in stored:
            self.assert_decoded(message)
        self.assertEqual(len(self.stored('uplink_normalized')), 60)
        # A worker compiles a script once for each of its realms, not for each call.
        text = self.server.request('GET', '/metrics')[1]
        compiled = [int(line.split()[-1]) for line in text.splitlines()
                    if line.startswith(('ttn_lw_javascript_compilations_total{result="ok"}', 'ttn_lw_javascript_compilations_latency_seconds_count'))]
        self.assertEqual(len(compiled), 2, text)
        self.assertGreater(min(compiled), 0)
        self.assertLess(max(compiled), 12)

    def test_a_devices_formatters_come_before_the_applications(self):
        self.defaults(javascript(DECODER))
        device = self.server.simulate_abp(APPLICATION, self.key, 'first')
        for message in self.stored():
            self.assert_decoded(message)
        self.device_formatters(device, {'up_formatter': 'FORMATTER_NONE'})
        self.assertEqual(len(self.stored()), 3)
        got = self.server.api('GET', f'{LINK}?field_mask=default_formatters')
        self.assertEqual(got['default_formatters']['up_formatter'], 'FORMATTER_JAVASCRIPT')
        self.server.api('DELETE', LINK)
        with self.assertRaises(ApiError) as caught:
            self.server.api('GET', LINK)
        self.assertEqual(caught.exception.status, 404)
        self.server.simulate_abp(APPLICATION, self.key, 'second')
        self.assertEqual(sum('decoded_payload' in one['uplink_message'] for one in self.stored()), 3)

    def test_downlinks_are_encoded_and_decoded(self):
        self.defaults(javascript(DECODER))
        device = self.server.simulate_abp(APPLICATION, self.key, 'down')
        with Subscriber(self.server, APPLICATION, self.key) as subscriber:
            time.sleep(0.3)
            push = f'/as/applications/{APPLICATION}/devices/{device}/down/push'
            self.server.api('POST', push, {'downlinks': [{'decoded_payload': {'led': True}}]})
            queued = subscriber.next_of('/down/queued')['downlink_queued']
            self.assertEqual((queued['f_port'], queued['frm_payload'], queued['decoded_payload']), (7, 'Af8=', {'led': True}))
            self.server.api('POST', push, {'downlinks': [{'f_port': 5, 'frm_payload': 'AA=='}]})
            self.assertEqual(subscriber.next_of('/down/queued')['downlink_queued']['decoded_payload'], {'led': False})
        self.defaults(javascript(DECODER, 'function encodeDownlink() { return { errors: ["no such led"] }; }'))
        with self.assertRaises(ApiError) as caught:
            self.server.api('POST', push, {'downlinks': [{'f_port': 5, 'decoded_payload': {'led': 1}}]})
        self.assertEqual(caught.exception.status, 409)
        self.assertIn('no such led', caught.exception.body)
        self.defaults({'up_formatter': 'FORMATTER_CAYENNELPP', 'down_formatter': 'FORMATTER_CAYENNELPP'})
        self.server.api('POST', push, {'downlinks': [{'f_port': 5, 'decoded_payload': {'value_2': -50.51}}]})

    def test_a_formatter_can_be_tried(self):
        def call(what, body):
            return self.server.api('POST', f'/as/applications/{APPLICATION}/devices/any/{what}', body)
        script = {'formatter': 'FORMATTER_JAVASCRIPT', 'parameter': DECODER}
        uplink = call('up/decode', {**script, 'uplink': {'f_port': 3, 'frm_payload': 'AQID', 'settings': RADIO}})['uplink']
        self.assertEqual(uplink['decoded_payload'], {'sum': 6, 'port': 3})
        self.assertEqual(call('down/encode', {**script, 'downlink': {'decoded_payload': {'led': True}}})['downlink']['frm_payload'], 'Af8=')
        self.assertEqual(call('down/decode', {**script, 'downlink': {'f_port': 1, 'frm_payload': 'AQ=='}})['downlink']['decoded_payload'],
                         {'led': True})
        lpp = call('up/decode', {'formatter': 'FORMATTER_CAYENNELPP', 'uplink': {'f_port': 1, 'frm_payload': 'A2cBEA==', 'settings': RADIO}})
        self.assertEqual(lpp['uplink']['decoded_payload'], {'temperature_3': 27.2})
        for formatter, script, status, name in (
                ('FORMATTER_NONE', '', 400, 'formatter_not_configured'), ('FORMATTER_GRPC_SERVICE', 'x:1', 400, 'formatter_not_configured'),
                ('FORMATTER_REPOSITORY', '', 400, 'no_version_identifiers'), ('FORMATTER_JAVASCRIPT', LOOP, 504, 'script_timeout'),
                ('FORMATTER_JAVASCRIPT', 'function decodeUplink() { throw new Error("x"); }', 409, '"script"'),
                ('FORMATTER_JAVASCRIPT', 'function decodeUplink() { return { data: { a: NaN } }; }', 400, 'output_encoding'),
                ('FORMATTER_JAVASCRIPT', 'function decodeUplink() {}', 409, 'no_script_output'),
                # Its time may be over before its memory.
                ('FORMATTER_JAVASCRIPT', 'var a = []; for (;;) a.push("x".repeat(1e6) + a.length);', (409, 504), ('runtime', 'script_timeout')),
                ('FORMATTER_CAYENNELPP', '', 400, 'output')):
            with self.subTest(formatter=formatter, script=script), self.assertRaises(ApiError) as caught:
                call('up/decode', {'formatter': formatter, 'parameter': script, 'uplink': {'f_port': 3, 'frm_payload': 'AQID', 'settings': RADIO}})
            self.assertIn(caught.exception.status, status if isinstance(status, tuple) else (status,), caught.exception.body)
            names = name if isinstance(name, tuple) else (name,)
            self.assertTrue(any(one in caught.exception.body for one in names), caught.exception.body)

    def test_a_script_that_is_too_long_is_refused(self):
        with self.assertRaises(ApiError) as caught:
            self.defaults(javascript('x' * 40961))
        self.assertEqual(caught.exception.status, 400)
        self.defaults(javascript(DECODER + '//' + 'x' * 40000))
        self.server.simulate_abp(APPLICATION, self.key, 'long')
        for message in self.stored():
            self.assert_decoded(message)


class Faults(FormatterCase):
    def test_scripts_that_hang_or_explode_cost_no_message_and_no_neighbour(self):
        other_key = self.application('neighbour')
        self.defaults(javascript(DECODER), 'neighbour')
        with Subscriber(self.server, 'neighbour', other_key, 'v3/+/devices/+/up') as neighbour:
            for number, script in enumerate((LOOP, 'function decodeUplink() { var a = []; for (;;) a.push("x".repeat(1e6) + a.length); }',
                                             'function decodeUplink() { return { data: { x: "abc".repeat(1 << 26).split("").length } }; }')):
                self.defaults(javascript(script))
                self.uplinks(f'bad{number}', 6, rate=20)
                self.uplinks(f'good{number}', 6, rate=20, application='neighbour', key=other_key)
                for _ in range(6):
                    self.assert_decoded(neighbour.next()[1])
        wait_until(lambda: len(self.stored()) == 18, 'every message, undecoded')
        self.assertFalse(any('decoded_payload' in one['uplink_message'] for one in self.stored()))

    def test_killed_workers_are_started_again_and_nothing_is_lost(self):
        self.defaults(javascript(DECODER))
        self.uplinks('before', 3)
        for _ in range(5):
            for pid in self.codecs():
                os.kill(pid, signal.SIGKILL)
            self.uplinks(f'k{self.seed}', 6, rate=100)
        wait_until(lambda: len(self.stored()) == 33, 'every message')
        for message in self.stored():
            self.assert_decoded(message)

    def test_what_was_being_decoded_survives_a_crash_of_the_server(self):
        self.defaults(javascript('''function decodeUplink(input) {
          for (var end = Date.now() + 60; Date.now() < end;); return { data: { sum: 1 } }; }'''))
        simulator, _ = self.uplinks('crash', 200, devices=8, rate=100, background=True)
        wait_until(lambda: len(self.stored()) > 20, 'some are through', 30)
        self.server.kill()
        simulator.kill()
        simulator.communicate()
        self.server.start()
        wait_until(lambda: not self.held(), 'all are decoded')
        stored = self.stored()
        self.assertTrue(all(one['uplink_message'].get('decoded_payload') == {'sum': 1} for one in stored))
        seen = {}
        for one in sorted(stored, key=lambda message: message['received_at']):
            seen.setdefault(one['end_device_ids']['device_id'], []).append(one['uplink_message'].get('f_cnt', 0))
        for device, counters in seen.items():
            self.assertEqual(counters, list(range(counters[0], counters[0] + len(counters))), device)

    def held(self):
        """Until the number of stored messages stands still."""
        before = len(self.stored())
        time.sleep(0.7)
        return len(self.stored()) != before


class LargeScripts(FormatterCase):
    def test_a_script_of_a_megabyte_runs_where_the_operator_allows_it(self):
        large = DECODER + '// ' + 'x' * (1_000_000 - len(DECODER))
        with self.assertRaisesRegex(ApiError, 'validation'):
            self.defaults(javascript(large))
        self.server.stop()
        self.server.settings['as.formatters.max-parameter-length'] = 1 << 20
        self.server.start()
        self.defaults(javascript(large))
        self.uplinks('large', 6)
        wait_until(lambda: len(self.stored()) == 6, 'six messages')
        for message in self.stored():
            self.assert_decoded(message)


if __name__ == '__main__':
    unittest.main()
