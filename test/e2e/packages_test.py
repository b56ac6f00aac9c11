"""Application packages end to end: the built server, simulated devices, a LoRa Cloud of our own that fails on demand, an MQTT
subscriber. Clocks are corrected; what servers answer reaches devices and applications, also over faults and kills of the server."""
import base64
import datetime
import http.client
import http.server
import json
import threading
import time
import unittest

from harness import ApiError, Server, Subscriber, wait_until

APPLICATION = 'packaged'
DEFAULTS = f'/as/applications/{APPLICATION}/packages/associations'
SETTINGS = {'as.packages.allow-networks': '127.0.0.0/8', 'as.packages.timeout': '1s', 'as.device-last-seen.flush-interval': '1s'}
RADIO = {'data_rate': {'lora': {'bandwidth': 125000, 'spreading_factor': 7}}, 'frequency': '868100000'}
GPS_EPOCH = datetime.datetime(1980, 1, 6, tzinfo=datetime.timezone.utc)
LEAP_SECONDS = 18


class LoraCloud:
    """Answers questions of both packages. `fault(number)` says what becomes of each request, by its number from 1: None: answered ·
    'slow' · 'garbage' · a status."""

    def __init__(self, fault=lambda number: None):
        self.fault = fault
        self.requests = []  # (path, headers, body), of any outcome
        self.lock = threading.Lock()
        cloud = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                with cloud.lock:
                    cloud.requests.append((self.path, dict(self.headers), body))
                    fault = cloud.fault(len(cloud.requests))
                if fault == 'slow':
                    time.sleep(2)
                    self.close_connection = True
                elif fault == 'garbage':
                    self.answer(200, b'<html>')
                elif fault:
                    self.answer(fault, b'no')
                else:
                    self.answer(200, json.dumps(cloud.solve(self.path, body)).encode())

            def answer(self, status, body):
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        class Threads(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Threads(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()

    @staticmethod
    def solve(path, body):
        if path == '/api/v1/uplink/send':
            (dev_eui, record), = body.items()
            result = {'dnlink': {'port': 150, 'payload': '0A0B'}, 'info_fields': {'fcnt': record.get('fcnt')},
                      'position_solution': {'algorithm_type': 'gnss', 'llh': [51.5, 4.25, 12.0], 'accuracy': 20.0}}
            return {'result': {dev_eui: {'result': result}}}
        return {'result': {'algorithmType': 'Rssi', 'locationEst': {'latitude': 51.5, 'longitude': 4.25, 'toleranceHoriz': 30}},
                'errors': [], 'warnings': []}

    def counters(self):
        """Frame counters of the uplinks that came."""
        with self.lock:
            return [next(iter(body.values())).get('fcnt') for _, _, body in self.requests]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class PackagesCase(unittest.TestCase):
    settings = SETTINGS

    def setUp(self):
        self.server = Server(**self.settings).start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)

    def device(self, prefix):
        return self.server.simulate_abp(APPLICATION, self.key, prefix)

    def default(self, f_port, package, **data):
        return self.server.api('PUT', f'{DEFAULTS}/{f_port}', {
            'default': {'package_name': package, 'data': data}, 'field_mask': {'paths': ['package_name', 'data']}})

    def uplink(self, device, f_port, payload, f_cnt=1, **metadata):
        """An uplink that no device has sent; packages get it like any other."""
        message = {'f_port': f_port, 'f_cnt': f_cnt, 'frm_payload': base64.b64encode(payload).decode(), 'settings': RADIO,
                   'rx_metadata': [{'gateway_ids': {'gateway_id': 'test'}, 'rssi': -42, 'snr': 4.25, **metadata}]}
        self.server.api('POST', f'/as/applications/{APPLICATION}/devices/{device}/up/simulate', {'uplink_message': message})

    def queue(self, device):
        return self.server.api('GET', f'/as/applications/{APPLICATION}/devices/{device}/down').get('downlinks', [])

    def metric(self, name):
        text = self.server.request('GET', '/metrics')[1]
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    def events(self, names):
        """A list that grows with the application's events of these names, as long as the server runs."""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=60)
        connection.request('POST', '/api/v3/events', json.dumps({
            'identifiers': [{'application_ids': {'application_id': APPLICATION}}], 'names': names}),
            {'Authorization': f'Bearer {self.server.admin_key}'})
        response = connection.getresponse()
        seen = []

        def read():
            try:
                for line in response:
                    if line.strip():
                        seen.append(json.loads(line)['result'])
            except (OSError, ValueError, AttributeError):
                pass
        threading.Thread(target=read, daemon=True).start()
        wait_until(lambda: seen, 'the stream has begun')
        return seen


class ClockSync(PackagesCase):
    def test_a_device_with_a_wrong_clock_gets_the_right_correction(self):
        device = self.device('clock')
        self.assertEqual([one['name'] for one in self.server.api(
            'GET', f'/as/applications/{APPLICATION}/devices/{device}/packages')['packages']],
            ['alcsync-v1', 'lora-cloud-device-management-v1', 'lora-cloud-geolocation-v3'])
        self.default(202, 'alcsync-v1', threshold=3)
        seen = self.events(['/^as\\.packages\\./'])
        heard = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        gps = int((heard - GPS_EPOCH).total_seconds()) + LEAP_SECONDS
        at = {'gps_time': heard.isoformat().replace('+00:00', 'Z')}

        def ask(seconds_ahead, token, required=False):
            time_and_param = (gps + seconds_ahead).to_bytes(4, 'little') + bytes([token | (0x10 if required else 0)])
            self.uplink(device, 202, b'\x01' + time_and_param, **at)

        ask(seconds_ahead=2, token=1)  # Right enough, and it does not ask for more.
        ask(seconds_ahead=100, token=2)
        downlink, = wait_until(lambda: self.queue(device), 'an answer is queued')
        self.assertEqual(downlink['f_port'], 202)
        self.assertEqual(base64.b64decode(downlink['frm_payload']), b'\x01' + (-100).to_bytes(4, 'little', signed=True) + b'\x02')
        self.assertIn('as:packages:alcsyncv1:', json.dumps(downlink['correlation_ids']))
        ask(seconds_ahead=0, token=3, required=True)
        wait_until(lambda: len(self.queue(device)) == 2, 'the right clock asked too')
        self.uplink(device, 202, b'\x09')
        self.uplink(device, 1, b'\x01\x00\x00\x00\x00\x10')
        wait_until(lambda: any(one['name'].endswith('.fail') for one in seen), 'an unknown command is told')
        names = [one['name'].removeprefix('as.packages.alcsync.v1.') for one in seen if one['name'].startswith('as.')]
        self.assertEqual(sorted(names), ['fail'] + ['time_correction.answer_enqueued'] * 2 + ['time_correction.cmd_received'] * 3)
        answered = next(one for one in seen if one['name'].endswith('answer_enqueued'))
        self.assertEqual(answered['data']['TimeCorrection'], -100)
        failed = next(one for one in seen if one['name'].endswith('.fail'))
        self.assertEqual(failed['data']['name'], 'unknown_command')
        wait_until(lambda: self.metric('ttn_lw_as_packages_processed_total{package="alcsync-v1"}') >= 4, 'they are counted')
        self.assertEqual(self.metric('ttn_lw_as_packages_failed_total'), 1)
        self.assertEqual(len(self.queue(device)), 2)

    def test_associations_are_a_devices_own_and_go_with_it(self):
        device = self.device('own')
        own = f'/as/applications/{APPLICATION}/devices/{device}/packages/associations'
        self.server.api('PUT', f'{own}/201', {'association': {'package_name': 'alcsync-v1', 'data': {'threshold': 60}}})
        self.default(202, 'alcsync-v1')
        self.uplink(device, 201, bytes.fromhex('010000000010'))
        wait_until(lambda: self.queue(device), 'the port of the device counts')
        self.assertEqual(self.queue(device)[0]['f_port'], 201)
        self.assertEqual(len(self.server.api('GET', own)['associations']), 1)
        with self.assertRaises(ApiError) as refused:
            self.default(203, 'no-such-package')
        self.assertIn('package_not_implemented', refused.exception.body)
        # Over a restart …
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(len(self.server.api('GET', own)['associations']), 1)
        # … and not over the end of the device, the link, the application.
        self.server.api('DELETE', f'/as/applications/{APPLICATION}/devices/{device}')
        wait_until(lambda: self.server.api('GET', own) == {}, 'the device leaves none')
        self.server.api('PUT', f'/as/applications/{APPLICATION}/link', {'link': {}})
        self.server.api('DELETE', f'/as/applications/{APPLICATION}/link')
        wait_until(lambda: self.server.api('GET', DEFAULTS) == {}, 'the link leaves none')
        self.default(202, 'alcsync-v1')
        for part in ('/ns', ''):
            self.server.api('DELETE', f'{part}/applications/{APPLICATION}/devices/{device}')
        self.server.api('DELETE', f'/applications/{APPLICATION}')
        self.server.api('DELETE', f'/applications/{APPLICATION}/purge')
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        wait_until(lambda: self.server.api('GET', DEFAULTS) == {}, 'the application leaves none')


class DeviceManagement(PackagesCase):
    def test_answers_reach_the_device_and_the_application(self):
        with LoraCloud() as cloud:
            device = self.device('modem')
            self.default(199, 'lora-cloud-device-management-v1', token='secret', server_url=cloud.url)
            with Subscriber(self.server, APPLICATION, self.key) as subscriber:
                # Until the client has subscribed.
                def sent():
                    self.uplink(device, 199, b'\xab', f_cnt=7)
                    return not subscriber.messages.empty()
                wait_until(sent, 'a message is there')
                data = subscriber.next_of('/service/data')
                self.assertEqual(data['service_data']['service'], 'lora-cloud-device-management-v1')
                self.assertEqual(data['service_data']['data']['info_fields'], {'fcnt': 7})
                self.assertIn('as:packages:loraclouddmsv1:', json.dumps(data['correlation_ids']))
                self.assertNotIn('simulated', data)
                solved = subscriber.next_of('/location/solved')
                self.assertEqual(solved['location_solved']['location'], {
                    'latitude': 51.5, 'longitude': 4.25, 'altitude': 12, 'accuracy': 20, 'source': 'SOURCE_GPS'})
                # Later uplinks of the device have it, and so has its entry in the registry.
                wait_until(lambda: self.server.api('GET', f'/applications/{APPLICATION}/devices/{device}?field_mask=locations')
                           .get('locations', {}).get('lora-cloud-device-management-v1', {}).get('accuracy') == 20,
                           'the location is kept')
                self.uplink(device, 5, b'\xcd', f_cnt=8)
                wait_until(lambda: 'lora-cloud-device-management-v1' in
                           subscriber.next_of('/up')['uplink_message'].get('locations', {}), 'an uplink has the location')
            path, headers, body = cloud.requests[0]
            self.assertEqual(path, '/api/v1/uplink/send')
            self.assertEqual(headers['Authorization'], 'secret')
            (dev_eui, record), = body.items()
            self.assertRegex(dev_eui, '^([0-9A-F]{2}-){7}[0-9A-F]{2}$')
            self.assertEqual({key: record[key] for key in ('msgtype', 'fcnt', 'port', 'payload', 'dr', 'freq')},
                             {'msgtype': 'updf', 'fcnt': 7, 'port': 199, 'payload': 'ab', 'dr': 5, 'freq': 868100000})
            wait_until(lambda: cloud.counters()[-1] == 8, 'the other uplink is sent on')
            self.assertEqual(next(iter(cloud.requests[-1][2].values()))['payload'], '', 'a payload on another port is private')
            downlink = self.queue(device)[0]
            self.assertEqual((downlink['f_port'], base64.b64decode(downlink['frm_payload'])), (150, b'\x0a\x0b'))
            self.assertNotIn('secret', self.server.log.read_text(errors='replace'))

    def test_faults_of_the_server_cost_no_message_and_garbage_only_its_own(self):
        faults = {1: 'slow', 2: 500, 3: 429, 5: 'garbage', 6: 401}
        with LoraCloud(faults.get) as cloud:
            device = self.device('faulty')
            seen = self.events(['as.packages.loraclouddmsv1.fail'])
            self.default(199, 'lora-cloud-device-management-v1', token='t', server_url=cloud.url)
            with Subscriber(self.server, APPLICATION, self.key, f'v3/{APPLICATION}/devices/+/service/data') as subscriber:
                time.sleep(0.3)
                for f_cnt in range(1, 5):
                    self.uplink(device, 199, b'\xab', f_cnt=f_cnt)
                got = [subscriber.next(40)[1]['service_data']['data']['info_fields']['fcnt'] for _ in range(2)]
            # Three attempts at the first, its device's others behind it; garbage and a refusal are given up at once.
            self.assertEqual(cloud.counters(), [1, 1, 1, 1, 2, 3, 4])
            self.assertEqual(got, [1, 4])
            names = [one['data']['name'] for one in seen if one['name'].endswith('.fail')]
            self.assertEqual(names, ['request', 'request', 'request', 'malformed_answer', 'request'])
            self.assertEqual(self.metric('farfield_as_packages_given_up_total'), 2)

    def test_a_killed_server_goes_on_where_it_was(self):
        with LoraCloud(lambda number: 'slow' if number == 1 else None) as cloud:
            device = self.device('killed')
            self.default(199, 'lora-cloud-device-management-v1', token='t', server_url=cloud.url)
            for f_cnt in range(1, 6):
                self.uplink(device, 199, b'\xab', f_cnt=f_cnt)
            wait_until(lambda: cloud.requests, 'the first is asked for')
            self.server.kill()
            self.server.start()
            wait_until(lambda: cloud.counters()[-1:] == [5], 'all are asked for', 30)
            first = [cloud.counters().index(f_cnt) for f_cnt in range(1, 6)]
            self.assertEqual(first, sorted(first), 'in their order')
            self.assertEqual(cloud.counters()[:2], [1, 1])


class Private(PackagesCase):
    settings = {'as.packages.timeout': '1s'}

    def test_our_network_is_not_asked(self):
        with LoraCloud() as cloud:
            device = self.device('private')
            seen = self.events(['as.packages.loraclouddmsv1.fail'])
            self.default(199, 'lora-cloud-device-management-v1', token='t', server_url=cloud.url)
            self.uplink(device, 199, b'\xab')
            wait_until(lambda: any(one['name'].endswith('.fail') for one in seen), 'it is refused')
            self.assertIn('target_refused', json.dumps(seen))
            self.assertEqual(cloud.requests, [])


class Geolocation(PackagesCase):
    def test_a_device_is_where_gateways_hear_it(self):
        with LoraCloud() as cloud:
            device = self.device('located')
            self.default(197, 'lora-cloud-geolocation-v3', token='t', server_url=cloud.url, query='TOARSSI')
            place = {'latitude': 51.0, 'longitude': 4.0, 'altitude': 30}
            with Subscriber(self.server, APPLICATION, self.key, f'v3/{APPLICATION}/devices/+/location/solved') as subscriber:
                time.sleep(0.3)
                self.uplink(device, 1, b'\x01', location=place)
                solved = subscriber.next()[1]['location_solved']
            self.assertEqual(solved['service'], 'lora-cloud-geolocation-v3')
            self.assertEqual(solved['location'], {'latitude': 51.5, 'longitude': 4.25, 'accuracy': 30,
                                                  'source': 'SOURCE_LORA_RSSI_GEOLOCATION'})
            path, _, body = cloud.requests[0]
            self.assertEqual(path, '/api/v1/solve/singleframe')
            self.assertEqual(body['gateways'][0]['latitude'], 51.0)
            self.assertEqual(len(body['frame'][0][0]), 64, 'a hash, not the id of the gateway')
            self.assertEqual(body['frame'][0][3:], [-42, 4.25])
            # Without a place there is nothing to ask.
            self.uplink(device, 1, b'\x01')
            wait_until(lambda: self.metric('ttn_lw_as_packages_processed_total{package="lora-cloud-geolocation-v3"}') == 2, 'handled')
            self.assertEqual(len(cloud.requests), 1)

    def test_a_query_with_several_frames_goes_on_over_kills(self):
        """Frames from before a kill are in the questions after it; one that was not answered is asked once more, with all its frames."""
        with LoraCloud(lambda number: 'slow' if number == 4 else None) as cloud:
            device = self.device('several')
            self.default(197, 'lora-cloud-geolocation-v3', token='t', server_url=cloud.url, query='TOARSSI', multi_frame=True,
                         multi_frame_window_size=16)
            place = {'latitude': 51.0, 'longitude': 4.0, 'altitude': 30}
            processed = 'ttn_lw_as_packages_processed_total{package="lora-cloud-geolocation-v3"}'
            for f_cnt in range(1, 4):
                self.uplink(device, 1, b'\x01', f_cnt=f_cnt, location=place)
            wait_until(lambda: self.metric(processed) == 3, 'three are handled')
            time.sleep(1.5)  # The cursor is written each second.
            self.uplink(device, 1, b'\x01', f_cnt=4, location=place)
            wait_until(lambda: len(cloud.requests) == 4, 'the fourth is asked about')
            self.server.kill()
            self.server.start()
            wait_until(lambda: len(cloud.requests) == 5, 'and once more')
            wait_until(lambda: self.metric(processed) == 1, 'it is answered')
            self.uplink(device, 1, b'\x01', f_cnt=5, location=place)
            wait_until(lambda: len(cloud.requests) == 6, 'the fifth is asked about')
            self.assertEqual([len(body['frames']) for _, _, body in cloud.requests], [1, 2, 3, 4, 4, 5])
            self.assertEqual({path for path, _, _ in cloud.requests}, {'/api/v1/solve/multiframe'})


if __name__ == '__main__':
    unittest.main()
