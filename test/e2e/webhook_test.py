"""Webhooks end to end: the built server, simulated devices, an endpoint that fails in every way, nginx in front of it if it is
there, curl as the client of the API. Every message at least once, in order per device, also over kills of the server."""
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

from endpoint import Endpoint
from harness import ApiError, Server, Subscriber, free_port, wait_until

APPLICATION = 'hook-app'
HOOK = f'/as/webhooks/{APPLICATION}/hook-1'
OURS = f'/farfield/as/webhooks/{APPLICATION}/hook-1'
SETTINGS = {'as.webhooks.allow-networks': '127.0.0.0/8', 'as.webhooks.retry.delay': '50ms', 'as.webhooks.retry.delay-max': '500ms',
            'as.webhooks.timeout': '1s', 'as.webhooks.cursor-interval': '200ms'}


def make_certificate(folder):
    """A self-signed one for localhost; its file and that of its key."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', folder / 'key.pem', '-out',
                    folder / 'cert.pem', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
                   check=True, capture_output=True)
    return folder / 'cert.pem', folder / 'key.pem'


class WebhookCase(unittest.TestCase):
    settings = SETTINGS

    def setUp(self):
        self.server = Server(**self.settings).start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)

    def hook(self, url, **fields):
        """Sets the webhook with what is given, uplinks at the base URL if nothing is said."""
        fields = {'base_url': url, 'format': 'json', **({} if 'uplink_message' in fields else {'uplink_message': {}}), **fields}
        return self.server.api('PUT', HOOK, {'webhook': fields, 'field_mask': {'paths': list(fields)}})

    def uplinks(self, prefix, count, devices=3, rate=50):
        self.seed = getattr(self, 'seed', 0) + 1
        return self.server.simulate(
            '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key, '--region', 'EU868',
            '--activation', 'abp', '--version', '1.0.3', '--count', devices, '--prefix', prefix, '--uplinks', count, '--rate', rate,
            '--seed', self.seed)

    def delivery(self):
        return self.server.api('GET', OURS + '/delivery')

    def metric(self, name):
        text = self.server.request('GET', '/metrics')[1]
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    def assert_each_in_order(self, messages, count):
        """Each of `count` messages at least once; of each device in the order of its counters, repetitions aside."""
        first = {}
        for position, message in enumerate(messages):
            name = (message['end_device_ids']['device_id'], message['uplink_message'].get('f_cnt', 0))
            first.setdefault(name, position)
        self.assertEqual(len(first), count)
        for device in {device for device, _ in first}:
            positions = [first[name] for name in sorted(first) if name[0] == device]
            self.assertEqual(positions, sorted(positions), device)


class Delivery(WebhookCase):
    def test_nothing_is_inherited_with_an_applications_id(self):
        subprocess.run(['mosquitto_sub', '-h', '127.0.0.1', '-p', str(self.server.ports['mqtt']), '-u', APPLICATION, '-P', self.key,
                        '-i', 'stored', '-c', '-q', '1', '-t', '#', '-E'], check=True, timeout=20)
        with Endpoint() as endpoint, Subscriber(self.server, APPLICATION, self.key, '#', '-i', 'connected', '-c', '-q', '1') as old, \
                Subscriber(self.server, APPLICATION, self.key, '$share/group/#', '-q', '1', '-V', 'mqttv5') as shared:
            self.hook(endpoint.url())
            self.uplinks('gone', 3)
            for client in (old, shared):
                for _ in range(3):
                    client.next_of('/up')
            self.assertEqual(self.metric('farfield_as_mqtt_sessions '), 3)
            wait_until(lambda: len(endpoint.requests) == 3, 'three requests')
            for device in self.server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices']:
                for part in ('/ns', '/as', ''):
                    self.server.api('DELETE', f'{part}/applications/{APPLICATION}/devices/{device["ids"]["device_id"]}')
            self.server.api('DELETE', f'/applications/{APPLICATION}')
            self.server.api('DELETE', f'/applications/{APPLICATION}/purge')
            self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
            self.key = self.server.application_key(APPLICATION)
            wait_until(lambda: not self.server.api('GET', f'/as/webhooks/{APPLICATION}').get('webhooks'), 'no webhook is left')
            wait_until(lambda: self.metric('farfield_as_mqtt_sessions ') == 0, 'no MQTT session is left')
            self.uplinks('next', 2)
            self.assertEqual(len(endpoint.requests), 3)
            # They try to come back, with a key that is no more.
            self.assertTrue(old.messages.empty() and shared.messages.empty())
            status, text = self.server.request('GET', f'/api/v3/as/applications/{APPLICATION}/packages/storage/uplink_message',
                                               key=self.server.admin_key)
            self.assertEqual(status, 200, text)
            self.assertEqual(len(text.splitlines()), 2, text)

    def test_a_webhook_is_set_used_paused_and_deleted(self):
        with Endpoint() as endpoint:
            made = self.hook(endpoint.url('/base'), uplink_message={'path': '/up/{devID}{?devEUI}'},
                             headers={'X-Secret': 's3cret'}, downlink_api_key=self.key)
            self.assertIn('created_at', made)
            self.assertNotIn('health_status', self.server.api('GET', HOOK + '?field_mask=health_status'))
            self.uplinks('plain', 6)
            wait_until(lambda: len(endpoint.requests) == 6, 'six requests')
            path, headers, body = endpoint.requests[0]
            message = json.loads(body)
            ids = message['end_device_ids']
            self.assertEqual(path, f'/base/up/{ids["device_id"]}?devEUI={ids["dev_eui"]}')
            self.assertEqual(headers['X-Secret'], 's3cret')
            self.assertEqual(headers['Content-Type'], 'application/json')
            self.assertEqual(headers['X-Downlink-Apikey'], self.key)
            self.assertTrue(headers['X-Downlink-Push'].endswith(
                f'/as/applications/{APPLICATION}/webhooks/hook-1/devices/{ids["device_id"]}/down/push'))
            self.assertEqual(len({headers['X-Farfield-Message-Id'] for _, headers, _ in endpoint.requests}), 6)
            self.assertEqual(self.server.api('GET', HOOK + '?field_mask=health_status')['health_status'], {'healthy': {}})
            self.assertEqual(self.metric('ttn_lw_as_webhook_sent_total'), 6)
            # What comes while it is paused is not for it.
            self.server.api('PUT', HOOK, {'webhook': {'paused': True}, 'field_mask': 'paused'})
            self.uplinks('paused', 3)
            self.server.api('PUT', HOOK, {'webhook': {}, 'field_mask': 'paused'})
            self.uplinks('again', 3)
            wait_until(lambda: len(endpoint.requests) == 9, 'nine requests')
            self.assertEqual(sum(one['end_device_ids']['device_id'].startswith('paused') for one in endpoint.messages()), 0)
            # A mask and the other format.
            self.server.api('PUT', HOOK, {'webhook': {'field_mask': 'up.uplink_message.f_port'}, 'field_mask': 'field_mask'})
            self.uplinks('masked', 1, devices=1)
            wait_until(lambda: len(endpoint.requests) == 10, 'ten requests')
            self.assertEqual(list(endpoint.messages()[-1]), ['uplink_message'])
            self.assertEqual([hook['ids']['webhook_id'] for hook in self.server.api('GET', f'/as/webhooks/{APPLICATION}')['webhooks']],
                             ['hook-1'])
            self.server.api('DELETE', HOOK)
            self.assertEqual(self.server.request('GET', '/api/v3' + HOOK, key=self.server.admin_key)[0], 404)

    def test_faults_of_the_endpoint_lose_nothing(self):
        faults = ['slow', 'reset', ('status', 500), ('status', 503), ('status', 429), 'huge', 'half', 'unheard', ('status', 502)]
        dice = random.Random(1)
        chosen = [dice.choice(faults) if dice.random() < 0.25 else None for _ in range(5000)]
        with Endpoint(lambda number: chosen[number % len(chosen)]) as endpoint:
            self.hook(endpoint.url())
            self.uplinks('faulty', 90, devices=6, rate=60)
            wait_until(lambda: self.delivery().get('held', 0) == 0 and self.delivery().get('behind', 0) == 0, 'all delivered', 90)
            self.assert_each_in_order(endpoint.messages(), 90)
            self.assertGreater(self.metric('ttn_lw_as_webhook_failed_total'), 5)
            self.assertNotIn('dead_letters', self.delivery())

    def test_kills_of_the_server_lose_nothing(self):
        dice = random.Random(2)
        with Endpoint(lambda number: ('status', 500) if dice.random() < 0.2 else None) as endpoint:
            self.hook(endpoint.url())
            total = 0
            # More than this when somebody wants to know; variables of ours that begin with FARFIELD_ are settings.
            each = int(os.environ.get('WEBHOOK_UPLINKS', '300')) // 5
            for round_ in range(5):
                # The simulator sees on MQTT that each uplink was published: then it is in the outbox.
                report = self.uplinks(f'kill{round_}', each, devices=max(4, each // 100), rate=max(200, each // 10))
                total += report['uplinks']['delivered']
                self.server.kill()
                self.server.start()
            wait_until(lambda: len({headers['X-Farfield-Message-Id'] for _, headers, _ in endpoint.requests}) == total,
                       'all delivered', 60 + total / 100)
            self.assertEqual(total, 5 * each)
            self.assert_each_in_order(endpoint.messages(), total)
            print(f'webhook over 5 kills: {total} messages, {len(endpoint.requests)} requests taken')

    def test_an_endpoint_that_is_down_is_left_alone_and_gets_everything_later(self):
        port = free_port()
        self.hook(f'http://127.0.0.1:{port}')
        self.uplinks('down', 30)
        wait_until(lambda: self.delivery().get('circuit_open'), 'the circuit opens')
        health = self.server.api('GET', HOOK + '?field_mask=health_status')['health_status']['unhealthy']
        self.assertEqual(health['last_failed_attempt_details']['name'], 'request')
        with Endpoint() as endpoint:
            self.hook(endpoint.url())
            wait_until(lambda: len(endpoint.requests) >= 30, 'everything arrives')
            self.assert_each_in_order(endpoint.messages(), 30)
            wait_until(lambda: 'circuit_open' not in self.delivery(), 'the circuit closes')

    def test_a_refused_message_is_a_dead_letter_that_can_be_sent_again(self):
        refusing = True
        with Endpoint(lambda number: ('status', 422) if refusing else None) as endpoint:
            self.hook(endpoint.url())
            self.uplinks('dead', 2, devices=1)
            wait_until(lambda: self.delivery().get('dead_letters') == '2', 'two dead letters', 60)
            letters = self.server.api('GET', OURS + '/dead-letters')['dead_letters']
            self.assertEqual(letters[0]['up']['end_device_ids']['application_ids']['application_id'], APPLICATION)
            self.assertEqual(letters[0]['reason']['attributes']['status_code'], '422')
            self.assertEqual(letters[0]['attempts'], 7)
            refusing = False
            self.server.api('POST', OURS + '/dead-letters/redeliver', {})
            wait_until(lambda: 'dead_letters' not in self.delivery(), 'they are delivered')
            self.assert_each_in_order(endpoint.messages(), 2)

    def test_yesterday_can_be_asked_for_again(self):
        self.uplinks('before', 12, devices=2)
        with Endpoint() as endpoint:
            self.hook(endpoint.url())
            self.server.api('POST', OURS + '/replay', {'after': '2020-01-01T00:00:00Z'})
            wait_until(lambda: len(endpoint.requests) == 12, 'all that was before the webhook')
            self.assert_each_in_order(endpoint.messages(), 12)
            device = endpoint.messages()[0]['end_device_ids']['device_id']
            wait_until(lambda: 'replay' not in self.delivery(), 'the replay ends')
            own = sum(one['end_device_ids']['device_id'] == device for one in endpoint.messages())
            self.server.api('POST', OURS + '/replay', {'device_id': device})
            wait_until(lambda: len(endpoint.requests) == 12 + own, 'those of one device')
            self.assertEqual({one['end_device_ids']['device_id'] for one in endpoint.messages()[12:]}, {device})

    def test_a_new_webhook_starts_in_the_past_in_order(self):
        self.uplinks('past', 12, devices=2)
        with Endpoint() as endpoint:
            self.hook(endpoint.url())
            self.server.api('POST', OURS + '/start-from', {'after': '2020-01-01T00:00:00Z'})
            self.uplinks('present', 6, devices=1)
            wait_until(lambda: len(endpoint.requests) == 18, 'all that was before the webhook, and what came since')
            self.assert_each_in_order(endpoint.messages(), 18)


class Protection(WebhookCase):
    settings = {**SETTINGS, 'as.webhooks.allow-networks': '127.0.0.1/32'}

    def test_redirects_do_not_lead_into_the_network(self):
        with Endpoint() as inside, Endpoint(lambda number: ('redirect', inside.url('/', '127.0.0.2'))) as endpoint:
            self.hook(endpoint.url())
            self.uplinks('redirect', 1, devices=1)
            wait_until(lambda: self.metric('farfield_http_client_refused_total') > 0, 'the redirect is refused')
            self.assertEqual(inside.count, 0)
            error = self.server.api('GET', HOOK + '?field_mask=health_status')['health_status']['unhealthy']
            self.assertEqual(error['last_failed_attempt_details']['name'], 'request')

    def test_a_redirect_elsewhere_is_followed_without_secrets(self):
        with Endpoint() as moved, Endpoint(lambda number: ('redirect', moved.url('/new'))) as endpoint:
            self.hook(endpoint.url(), headers={'Authorization': 'Bearer secret'}, downlink_api_key='KEY')
            self.uplinks('moved', 2, devices=1)
            wait_until(lambda: len(moved.requests) == 2, 'it arrives')
            path, headers, _ = moved.requests[0]
            self.assertEqual(path, '/new')
            self.assertEqual(headers['Content-Type'], 'application/json')
            self.assertNotIn('Authorization', headers)
            self.assertNotIn('X-Downlink-Apikey', headers)

    def test_private_targets_are_refused(self):
        with Endpoint() as inside:
            self.hook(inside.url('/', '127.0.0.2'))
            self.uplinks('private', 1, devices=1)
            wait_until(lambda: self.metric('farfield_http_client_refused_total') > 0, 'the target is refused')
            self.assertEqual(inside.count, 0)

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-e2e-'))
        self.addCleanup(shutil.rmtree, folder)
        with Endpoint(certificate=make_certificate(folder)) as endpoint:
            self.hook(endpoint.url('/', 'localhost'))
            self.uplinks('tls', 1, devices=1)
            wait_until(lambda: self.metric('ttn_lw_as_webhook_failed_total') > 0, 'it fails')
            self.assertEqual(endpoint.count, 0)
            # The operator trusts it.
            self.server.stop()
            self.server.settings['as.webhooks.tls.ca'] = folder / 'cert.pem'
            self.server.start()
            wait_until(lambda: endpoint.count == 1, 'it is delivered')

    def test_nonsense_is_refused_with_its_reason(self):
        for fields in ({'base_url': 'nonsense'}, {'base_url': 'ftp://example.com'}, {'format': 'xml'},
                       {'headers': {'A': 'b\r\nC: d'}}, {'field_mask': 'up.nonsense'}, {'base_url': 'https://example.com/{'}):
            with self.subTest(fields=fields), self.assertRaises(ApiError) as refused:
                self.hook(fields.pop('base_url', 'https://example.com'), **fields)
            self.assertIn(refused.exception.status, (400, 404), refused.exception)

    def test_only_those_with_rights_may_look_and_change(self):
        self.hook('https://example.com')
        weak = self.server.api('POST', f'/applications/{APPLICATION}/api-keys',
                               {'name': 'weak', 'rights': ['RIGHT_APPLICATION_TRAFFIC_READ']})['key']
        self.server.api('GET', HOOK, key=weak)
        for method, path, body in (('PUT', HOOK, {'webhook': {'base_url': 'https://x.example'}, 'field_mask': 'base_url'}),
                                   ('DELETE', HOOK, None), ('POST', OURS + '/replay', {})):
            with self.subTest(method=method, path=path), self.assertRaises(ApiError) as refused:
                self.server.api(method, path, body, key=weak)
            self.assertEqual(refused.exception.status, 403)
        self.assertEqual(self.server.api('GET', '/as/webhook-formats')['formats'], {'json': 'JSON', 'protobuf': 'Protocol Buffers'})


class Downlinks(WebhookCase):
    def post(self, device, body, key=None, operation='push', hook='hook-1'):
        path = f'/api/v3/as/applications/{APPLICATION}/webhooks/{hook}/devices/{device}/down/{operation}'
        return self.server.request('POST', path, body if isinstance(body, (bytes, str)) else json.dumps(body), key or self.key)

    def queue(self, device):
        return self.server.api('GET', f'/as/applications/{APPLICATION}/devices/{device}/down').get('downlinks', [])

    def test_endpoints_send_downlinks_with_their_key(self):
        self.hook('https://example.com')
        device = self.server.simulate_abp(APPLICATION, self.key, 'down')
        self.assertEqual(self.post(device, {'downlinks': [{'f_port': 5, 'frm_payload': 'AQ=='}]}), (200, ''))
        self.assertEqual([one['frm_payload'] for one in self.queue(device)], ['AQ=='])
        self.assertEqual(self.post(device, {'downlinks': [{'f_port': 5, 'frm_payload': 'Ag=='}]}, operation='replace'), (200, ''))
        self.assertEqual([one['frm_payload'] for one in self.queue(device)], ['Ag=='])
        # The key may do just that.
        narrow = self.server.api('POST', f'/applications/{APPLICATION}/api-keys',
                                 {'name': 'n', 'rights': ['RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE']})['key']
        self.assertEqual(self.post(device, {'downlinks': []}, narrow, 'replace'), (200, ''))
        self.assertEqual(self.queue(device), [])
        # Protobuf when the webhook says so: f_port 5, payload 01.
        self.server.api('PUT', HOOK, {'webhook': {'format': 'protobuf'}, 'field_mask': 'format'})
        downlink = bytes([0x10, 5, 0x22, 1, 1])
        self.assertEqual(self.post(device, bytes([0x12, len(downlink)]) + downlink), (200, ''))
        self.assertEqual([one['frm_payload'] for one in self.queue(device)], ['AQ=='])

    def test_refusals_say_why(self):
        device = 'device-1'
        body = {'downlinks': [{'f_port': 5, 'frm_payload': 'AQ=='}]}
        self.hook('https://example.com')
        self.assertEqual(self.post(device, body, 'NNSXS.NOTAKEY.NOTAKEY')[0], 401)
        self.assertEqual(self.server.request('POST', f'/api/v3/as/applications/{APPLICATION}/webhooks/hook-1/devices/{device}/down/push',
                                             json.dumps(body))[0], 401)
        readonly = self.server.api('POST', f'/applications/{APPLICATION}/api-keys',
                                   {'name': 'r', 'rights': ['RIGHT_APPLICATION_TRAFFIC_READ']})['key']
        self.assertEqual(self.post(device, body, readonly)[0], 403)
        status, text = self.post(device, body, hook='other')
        self.assertEqual((status, json.loads(text)['details'][0]['name']), (404, 'webhook_not_found'))
        status, text = self.post(device, 'nonsense')
        self.assertEqual((status, json.loads(text)['details'][0]['name']), (400, 'decode_body'))
        status, text = self.post(device, {'downlinks': [{'f_port': 500}]})
        self.assertEqual((status, json.loads(text)['details'][0]['name']), (400, 'validate_body'))
        self.assertEqual(self.post(device, body)[0], 404)  # no such device
        self.server.api('PUT', HOOK, {'webhook': {'paused': True}, 'field_mask': 'paused'})
        self.assertEqual(self.post(device, body), (406, ''))

    def test_curl_does_what_the_quick_start_says(self):
        with Endpoint() as endpoint:
            api = f'http://127.0.0.1:{self.server.ports["http"]}/api/v3'
            curl = ['curl', '-sSf', '-H', f'Authorization: Bearer {self.server.admin_key}']
            body = json.dumps({'webhook': {'base_url': endpoint.url(), 'format': 'json', 'uplink_message': {'path': '/up'},
                                           'downlink_api_key': self.key}})
            subprocess.run([*curl, '-X', 'PUT', api + HOOK, '-d', body], check=True, capture_output=True, timeout=20)
            device = self.server.simulate_abp(APPLICATION, self.key, 'curl')
            wait_until(lambda: len(endpoint.requests) == 3, 'three uplinks')
            _, headers, _ = endpoint.requests[-1]
            push = headers['X-Downlink-Push'].replace('http://localhost:1885/api/v3', api)
            subprocess.run(['curl', '-sSf', '-H', f'Authorization: Bearer {headers["X-Downlink-Apikey"]}', push, '-d',
                            '{"downlinks":[{"f_port":1,"frm_payload":"AQ=="}]}'], check=True, capture_output=True, timeout=20)
            self.assertEqual(len(self.queue(device)), 1)


@unittest.skipUnless(shutil.which('nginx'), 'nginx is not installed')
class BehindNginx(WebhookCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-e2e-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.certificate = make_certificate(self.folder)
        self.settings = {**SETTINGS, 'as.webhooks.tls.ca': self.certificate[0]}
        super().setUp()

    def nginx(self, endpoint):
        """A port without and one with TLS and HTTP/2, both in front of `endpoint` and with a limit of requests."""
        plain, tls = free_port(), free_port()
        folder, (certificate, key) = self.folder, self.certificate
        (folder / 'nginx.conf').write_text(f'''daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
            events {{ }}
            http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
            uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; limit_req_zone $server_name zone=z:1m rate=50r/s;
            server {{ listen 127.0.0.1:{plain}; listen 127.0.0.1:{tls} ssl http2; ssl_certificate {certificate};
            ssl_certificate_key {key}; limit_req zone=z burst=5 nodelay; limit_req_status 429;
            location / {{ proxy_pass {endpoint.url()}; proxy_set_header X-Protocol $server_protocol; }} }} }}''')
        nginx = subprocess.Popen(['nginx', '-c', str(folder / 'nginx.conf'), '-p', str(folder), '-e', str(folder / 'error.log')],
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        return plain, tls

    def test_a_real_web_server_takes_messages_and_asks_for_patience(self):
        with Endpoint() as endpoint:
            plain, _ = self.nginx(endpoint)
            self.hook(f'http://127.0.0.1:{plain}')
            self.uplinks('nginx', 150, devices=8, rate=200)
            wait_until(lambda: len(endpoint.requests) >= 150, 'all through nginx', 60)
            self.assert_each_in_order(endpoint.messages(), 150)

    def test_http_2_is_spoken_where_it_is_offered(self):
        with Endpoint() as endpoint:
            _, tls = self.nginx(endpoint)
            self.hook(f'https://localhost:{tls}')
            self.uplinks('two', 20, devices=4)
            wait_until(lambda: len(endpoint.requests) >= 20, 'all over HTTP/2', 60)
            self.assert_each_in_order(endpoint.messages(), 20)
            self.assertEqual({headers['X-Protocol'] for _, headers, _ in endpoint.requests}, {'HTTP/2.0'})


if __name__ == '__main__':
    unittest.main()
