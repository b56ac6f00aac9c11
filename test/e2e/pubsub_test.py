"""Pub/sub integrations end to end: the built server, simulated devices, mosquitto and nats-server as brokers. Every message at least
once, in order per device, also over kills of either side."""
import base64
import http.client
import json
import os
import shutil
import signal
import tempfile
import unittest

from brokers import PASSWORD, USER, Certificates, Mosquitto, MqttClient, Nats, NatsClient, WebSocketRelay
from harness import ApiError, Server, wait_until
from nats_keys import USER as NATS_USER
from nats_keys import Key, Operator

APPLICATION = 'pub-app'
PUBSUB = f'/as/pubsub/{APPLICATION}/pubsub-1'
STATUS = f'/farfield{PUBSUB}/status'
SETTINGS = {'as.pubsub.allow-networks': '127.0.0.0/8 ::1', 'as.pubsub.cursor-interval': '200ms', 'as.pubsub.connect-timeout': '3s',
            'as.pubsub.acknowledge-timeout': '5s'}


class PubSubCase(unittest.TestCase):
    settings = SETTINGS

    def setUp(self):
        self.server = Server(**self.settings).start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)

    def pubsub(self, **fields):
        """Sets the integration with what is given; uplinks at base/up if nothing else is said."""
        fields = {'format': 'json', 'base_topic': 'lora', 'uplink_message': {'topic': 'up'}, **fields}
        return self.server.api('PUT', PUBSUB, {'pubsub': fields})

    def mqtt(self, url, **fields):
        options = {'server_url': url, 'username': USER, 'password': PASSWORD, 'publish_qos': 'AT_LEAST_ONCE',
                   'subscribe_qos': 'AT_LEAST_ONCE', **fields.pop('mqtt', {})}
        return self.pubsub(mqtt=options, **fields)

    def nats(self, url, **fields):
        return self.pubsub(nats={'server_url': url}, **fields)

    def status(self):
        return self.server.api('GET', STATUS)

    def connected(self, seconds=30):
        wait_until(lambda: self.status().get('state') == 'CONNECTED', 'it is connected', seconds)

    def uplinks(self, prefix, count, devices=3, rate=50, **kwargs):
        self.seed = getattr(self, 'seed', 0) + 1
        return self.server.simulate(
            '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key, '--region', 'EU868',
            '--activation', 'abp', '--version', '1.0.3', '--count', devices, '--prefix', prefix, '--uplinks', count, '--rate', rate,
            '--seed', self.seed, **kwargs)

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

    @staticmethod
    def distinct(messages):
        return len({(one['end_device_ids']['device_id'], one['uplink_message'].get('f_cnt', 0)) for one in list(messages)})

    def downlink(self, device, application=APPLICATION, **fields):
        return {'end_device_ids': {'device_id': device, 'application_ids': {'application_id': application}},
                'downlinks': [{'f_port': 5, 'frm_payload': 'AQI=', **fields}]}

    def check_downlinks(self, publish, heard, separator):
        """Push and replace by `publish(topic, body)`; `heard()` gives what the broker has of downlink_queued."""
        device = self.uplinks('down', 2, devices=1) and self.server.api(
            'GET', f'/applications/{APPLICATION}/devices')['end_devices'][0]['ids']['device_id']
        queue = f'/as/applications/{APPLICATION}/devices/{device}/down'
        publish(f'lora{separator}push', self.downlink(device))
        publish(f'lora{separator}push', self.downlink(device))
        wait_until(lambda: len(self.server.api('GET', queue).get('downlinks', [])) == 2, 'two are queued')
        wait_until(lambda: len(heard()) == 2, 'the broker hears of them')
        self.assertIn('as:pubsub:pubsub-1:', json.dumps(heard()[0]))
        publish(f'lora{separator}replace', self.downlink(device, f_port=7))
        wait_until(lambda: [one['f_port'] for one in self.server.api('GET', queue)['downlinks']] == [7], 'one is left')
        failed = 'farfield_as_pubsub_downlinks_failed_total'
        publish(f'lora{separator}push', self.downlink(device, application='another'))
        publish(f'lora{separator}push', {'nonsense': True})
        wait_until(lambda: self.metric(failed) == 2, 'two are refused')
        self.assertEqual(len(self.server.api('GET', queue)['downlinks']), 1)

    def assert_no_secrets_in_log(self):
        self.assertNotIn(PASSWORD, self.server.log.read_text(errors='replace'))


DOWN = {'downlink_push': {'topic': 'push'}, 'downlink_replace': {'topic': 'replace'}, 'downlink_queued': {'topic': 'queued'}}


class Mqtt(PubSubCase):
    def test_an_integration_is_set_used_changed_and_deleted(self):
        with Mosquitto() as broker, MqttClient(broker, 'lora/#') as observer:
            made = self.mqtt(f'mqtt://127.0.0.1:{broker.port}', **DOWN)
            self.assertIn('created_at', made)
            self.connected()
            self.uplinks('plain', 6)
            wait_until(lambda: len(observer.messages) == 6, 'six messages')
            self.assertEqual({topic for topic, _ in observer.messages}, {'lora/up'})
            self.assert_each_in_order([body for _, body in observer.messages], 6)
            self.assertEqual(self.status()['published'], '6')
            self.assertEqual(self.metric('ttn_lw_as_pubsub_integrations_started_total{provider="mqtt"}'), 1)
            self.check_downlinks(observer.publish, lambda: [body for topic, body in observer.messages if topic == 'lora/queued'], '/')
            # A change goes on with the next message, at another topic.
            self.server.api('PUT', PUBSUB, {'pubsub': {'uplink_message': {'topic': 'elsewhere'}}, 'field_mask': 'uplink_message'})
            self.connected()
            self.uplinks('again', 3)
            wait_until(lambda: sum(topic == 'lora/elsewhere' for topic, _ in observer.messages) == 3, 'three at the other topic')
            self.assertEqual(self.metric('ttn_lw_as_pubsub_integrations_stopped_total{provider="mqtt"}'), 1)
            got = self.server.api('GET', PUBSUB + '?field_mask=base_topic,provider.mqtt.server_url')
            self.assertEqual(got['mqtt'], {'server_url': f'mqtt://127.0.0.1:{broker.port}'})
            self.server.api('DELETE', PUBSUB)
            self.assertEqual(self.server.request('GET', '/api/v3' + PUBSUB, key=self.server.admin_key)[0], 404)
            self.assertEqual(self.metric('farfield_as_pubsub_connections'), 0)
        self.assert_no_secrets_in_log()

    def test_tls_with_client_certificates_at_every_quality_of_service(self):
        folder = tempfile.mkdtemp(prefix='farfield-e2e-')
        os.chmod(folder, 0o755)
        self.addCleanup(shutil.rmtree, folder)
        certificates = Certificates(folder)
        pem = {field: base64.b64encode(certificates.text(file)).decode()
               for field, file in (('tls_ca', 'ca.pem'), ('tls_client_cert', 'client.pem'), ('tls_client_key', 'client.key'))}
        with Mosquitto(certificates) as broker, MqttClient(broker, 'lora/#', certificates) as observer:
            for number, qos in enumerate(('AT_MOST_ONCE', 'AT_LEAST_ONCE', 'EXACTLY_ONCE'), 1):
                self.mqtt(f'mqtts://localhost:{broker.port}', mqtt={'use_tls': True, 'publish_qos': qos, **pem})
                self.connected()
                self.uplinks(f'tls{number}', 3)
                wait_until(lambda: len(observer.messages) == 3 * number, f'three with {qos}')
            # Without ours nobody is let in; and nobody vouches for the broker but its own authority.
            self.mqtt(f'mqtts://localhost:{broker.port}', mqtt={'use_tls': True, 'tls_ca': pem['tls_ca']})
            wait_until(lambda: 'last_failure' in self.status(), 'it is not let in')
            self.mqtt(f'mqtts://localhost:{broker.port}')
            wait_until(lambda: 'last_failure' in self.status(), 'it does not trust')
            self.assertEqual(self.status()['last_failure']['name'], 'connect_failed')
            self.assertNotEqual(self.status()['state'], 'CONNECTED')
        self.assertNotIn('PRIVATE KEY', self.server.log.read_text(errors='replace'))

    def test_web_sockets(self):
        with Mosquitto() as broker, WebSocketRelay(broker) as relay, MqttClient(broker, 'lora/#') as observer:
            self.mqtt(f'ws://127.0.0.1:{relay.port}/mqtt?who=me', mqtt={'headers': {'X-Who': 'farfield'}})
            self.connected()
            self.uplinks('ws', 3)
            wait_until(lambda: len(observer.messages) == 3, 'three messages')
            self.assertIn('GET /mqtt?who=me HTTP/1.1', relay.heads[0])
            self.assertIn('X-Who: farfield', relay.heads[0])

    def test_web_sockets_over_tls(self):
        folder = tempfile.mkdtemp(prefix='farfield-e2e-wss-')
        self.addCleanup(shutil.rmtree, folder)
        certificates = Certificates(folder)
        with Mosquitto() as broker, WebSocketRelay(broker, certificates) as relay, MqttClient(broker, 'lora/#') as observer:
            # Nobody has said that the relay's authority is to be trusted.
            self.mqtt(f'wss://localhost:{relay.port}/mqtt')
            wait_until(lambda: relay.failures, 'its certificate is refused')
            wait_until(lambda: 'last_failure' in self.status(), 'that is seen')
            self.assertEqual(relay.heads, [])
            tls = {'use_tls': True, 'tls_ca': base64.b64encode(certificates.text('ca.pem')).decode()}
            self.mqtt(f'wss://localhost:{relay.port}/mqtt?who=me', mqtt={**tls, 'headers': {'X-Who': 'farfield'}})
            self.connected()
            self.uplinks('wss', 3)
            wait_until(lambda: len(observer.messages) == 3, 'three messages')
            self.assertIn('GET /mqtt?who=me HTTP/1.1', relay.heads[0])
            self.assertIn('X-Who: farfield', relay.heads[0])

    def test_a_wrong_password_is_seen_and_can_be_mended(self):
        with Mosquitto() as broker, MqttClient(broker, 'lora/#') as observer:
            self.mqtt(f'mqtt://127.0.0.1:{broker.port}', mqtt={'password': 'wrong'})
            wait_until(lambda: 'last_failure' in self.status(), 'it fails')
            self.assertEqual(self.status()['last_failure']['cause']['name'], 'not_authorized')
            self.uplinks('early', 3)
            self.mqtt(f'mqtt://127.0.0.1:{broker.port}')
            wait_until(lambda: len(observer.messages) == 3, 'what came meanwhile arrives')

    def test_kills_of_the_broker_lose_nothing(self):
        broker = Mosquitto()
        self.addCleanup(broker.__exit__)
        broker.start()
        with MqttClient(broker, 'lora/#') as observer:
            self.mqtt(f'mqtt://127.0.0.1:{broker.port}')
            self.connected()
            total = 0
            for round_ in range(3):
                process, report = self.uplinks(f'broker{round_}', 60, devices=6, rate=60, background=True)
                wait_until(lambda: len(observer.messages) > total + 5, 'some arrive')
                broker.end()
                _, _ = process.communicate(timeout=120)
                self.assertEqual(process.returncode, 0)
                total += json.loads(report.read_text())['uplinks']['delivered']
                broker.start()
                wait_until(lambda: self.distinct(body for _, body in observer.messages) == total, 'all arrive', 90)
            self.assertEqual(total, 180)
            self.assert_each_in_order([body for _, body in observer.messages], total)
            self.assertGreater(self.metric('ttn_lw_as_pubsub_integrations_failed_total{provider="mqtt"}'), 2)
            print(f'mqtt over 3 ends of the broker: {total} messages, {len(observer.messages)} arrived')

    def test_kills_of_the_server_lose_nothing(self):
        with Mosquitto() as broker, MqttClient(broker, 'lora/#') as observer:
            self.mqtt(f'mqtt://127.0.0.1:{broker.port}')
            self.connected()
            total = 0
            for round_ in range(4):
                report = self.uplinks(f'kill{round_}', 60, devices=6, rate=300)
                total += report['uplinks']['delivered']
                self.server.kill()
                self.server.start()
            wait_until(lambda: self.distinct(body for _, body in observer.messages) == total, 'all arrive', 60)
            self.assertEqual(total, 240)
            self.assert_each_in_order([body for _, body in observer.messages], total)
            print(f'mqtt over 4 kills: {total} messages, {len(observer.messages)} arrived')


class NatsProvider(PubSubCase):
    def test_an_integration_publishes_and_takes_downlinks(self):
        with Nats() as broker, NatsClient(broker, 'lora.>') as observer:
            self.nats(f'nats://{USER}:{PASSWORD}@127.0.0.1:{broker.port}', **DOWN)
            self.connected()
            self.uplinks('plain', 6)
            wait_until(lambda: len(observer.messages) == 6, 'six messages')
            self.assertEqual({subject for subject, _ in observer.messages}, {'lora.up'})
            self.assert_each_in_order([body for _, body in observer.messages], 6)
            self.check_downlinks(observer.publish, lambda: [body for topic, body in observer.messages if topic == 'lora.queued'], '.')
            # It is down for a while.
            broker.end(signal.SIGKILL)
            wait_until(lambda: self.status()['state'] != 'CONNECTED', 'it is lost')
            self.uplinks('down-time', 6)
            broker.start()
            with NatsClient(broker, 'lora.>') as second:
                wait_until(lambda: self.distinct(body for topic, body in second.messages if topic == 'lora.up') == 6,
                           'all that came meanwhile', 90)
        self.assert_no_secrets_in_log()

    def test_credentials_are_a_jwt_and_the_seed_of_its_key(self):
        operator = Operator()

        def observe(nonce):
            return {'jwt': operator.observer_jwt, 'sig': operator.observer.sign(nonce)}
        with Nats(settings=operator.settings) as broker, NatsClient(broker, 'lora.>', login=observe) as observer:
            self.nats(f'nats://{operator.app_jwt}:{operator.observer.seed}@127.0.0.1:{broker.port}?auth=jwt')
            failure = wait_until(lambda: self.status().get('last_failure'), 'the seed of another key is refused')
            self.assertEqual(failure.get('cause', failure)['name'], 'not_authorized', failure)
            self.nats(f'nats://{operator.app_jwt}:{operator.app.seed}@127.0.0.1:{broker.port}?auth=jwt')
            self.connected()
            self.uplinks('jwt', 6)
            wait_until(lambda: len(observer.messages) == 6, 'six messages')
            self.assert_each_in_order([body for _, body in observer.messages], 6)
            log = self.server.log.read_text(errors='replace')
            self.assertNotIn(operator.app.seed, log)
            self.assertNotIn(operator.app_jwt, log)

    def test_a_key_without_a_jwt_signs_too(self):
        key = Key(NATS_USER)
        settings = ['authorization {', f'  users = [ {{nkey: {key.public}}}, {{user: {USER}, password: {PASSWORD}}} ]', '}']
        with Nats(settings=settings) as broker, NatsClient(broker, 'lora.>') as observer:
            self.nats(f'nats://{key.public}:{key.seed}@127.0.0.1:{broker.port}?auth=nkey')
            self.connected()
            self.uplinks('nkey', 3)
            wait_until(lambda: len(observer.messages) == 3, 'three messages')
            self.assertNotIn(key.seed, self.server.log.read_text(errors='replace'))

    def test_a_jet_stream_gets_everything_over_kills_of_both(self):
        broker = Nats(jetstream=True)
        self.addCleanup(broker.__exit__)
        broker.start()
        with NatsClient(broker) as client:
            made = client.request('$JS.API.STREAM.CREATE.LORA', {'name': 'LORA', 'subjects': ['lora.>'], 'storage': 'file',
                                                                 'num_replicas': 1, 'retention': 'limits', 'max_consumers': -1,
                                                                 'max_msgs': -1, 'max_bytes': -1, 'max_age': 0, 'discard': 'old'})
            self.assertNotIn('error', made)
        self.nats(f'nats://{USER}:{PASSWORD}@127.0.0.1:{broker.port}?jetstream=true')
        self.connected()
        total = 0
        for round_ in range(3):
            process, report = self.uplinks(f'stream{round_}', 60, devices=6, rate=60, background=True)
            wait_until(lambda: int(self.status().get('published', 0)) > 5, 'some are acknowledged')
            broker.end(signal.SIGKILL)
            process.communicate(timeout=120)
            total += json.loads(report.read_text())['uplinks']['delivered']
            self.server.kill()
            broker.start()
            self.server.start()
            self.connected()
        wait_until(lambda: self.status().get('held', 0) == 0 and int(self.status().get('behind', 0)) == 0, 'all are published', 90)
        with NatsClient(broker) as client:
            state = client.request('$JS.API.STREAM.INFO.LORA', {})['state']
            bodies = []
            for sequence in range(state['first_seq'], state['last_seq'] + 1):
                message = client.request('$JS.API.STREAM.MSG.GET.LORA', {'seq': sequence})['message']
                bodies.append(json.loads(base64.b64decode(message['data'])))
        self.assertEqual(total, 180)
        self.assert_each_in_order(bodies, total)
        # The stream drops repetitions by their id.
        self.assertEqual(len(bodies), total)
        print(f'nats over 3 kills of both: {total} messages, {len(bodies)} in the stream')

    def test_a_subject_without_a_stream_is_tried_again_until_there_is_one(self):
        with Nats(jetstream=True) as broker:
            self.nats(f'nats://{USER}:{PASSWORD}@127.0.0.1:{broker.port}?jetstream=true')
            self.connected()
            self.uplinks('nobody', 3)
            wait_until(lambda: self.metric('farfield_as_pubsub_messages_refused_total') > 0, 'it is refused')
            with NatsClient(broker) as client:
                client.request('$JS.API.STREAM.CREATE.LORA', {'name': 'LORA', 'subjects': ['lora.>'], 'storage': 'memory',
                                                              'num_replicas': 1, 'retention': 'limits', 'max_consumers': -1,
                                                              'max_msgs': -1, 'max_bytes': -1, 'max_age': 0, 'discard': 'old'})
                wait_until(lambda: client.request('$JS.API.STREAM.INFO.LORA', {})['state']['messages'] == 3, 'three messages', 60)

    def test_tls_with_an_authority_of_the_operator(self):
        folder = tempfile.mkdtemp(prefix='farfield-e2e-')
        self.addCleanup(shutil.rmtree, folder)
        certificates = Certificates(folder)
        with Nats(certificates) as broker, NatsClient(broker, 'lora.>', certificates=certificates) as observer:
            self.nats(f'tls://{USER}:{PASSWORD}@localhost:{broker.port}')
            wait_until(lambda: 'last_failure' in self.status(), 'it does not trust')
            self.server.stop()
            self.server.settings['as.pubsub.tls.ca'] = certificates.path('ca.pem')
            self.server.start()
            self.connected()
            self.uplinks('tls', 3)
            wait_until(lambda: len(observer.messages) == 3, 'three messages')


class Protection(PubSubCase):
    settings = {**SETTINGS, 'as.pubsub.allow-networks': '127.0.0.2/32'}

    def test_private_brokers_are_refused(self):
        with Mosquitto() as mosquitto, Nats() as nats:
            for set_ in (lambda: self.mqtt(f'mqtt://127.0.0.1:{mosquitto.port}'), lambda: self.mqtt(f'mqtts://localhost:{mosquitto.port}'),
                         lambda: self.nats(f'nats://localhost:{nats.port}')):
                set_()
                failure = wait_until(lambda: self.status().get('last_failure'), 'it is refused')
                self.assertEqual(failure.get('cause', failure)['name'], 'target_refused')

    def test_nonsense_is_refused_with_its_reason(self):
        for fields in ({'nats': {'server_url': 'mqtt://h'}}, {'mqtt': {'server_url': 'nonsense://h'}},
                       {'mqtt': {'server_url': 'mqtt://h'}, 'format': 'xml'}, {'mqtt': {'server_url': 'mqtt://h', 'client_id': 'x' * 24}},
                       {'mqtt': {'server_url': 'mqtt://h'}, 'uplink_message': {'topic': '#'}}, {'aws_iot': {'region': 'eu-west-1'}}, {}):
            with self.subTest(fields=fields), self.assertRaises(ApiError) as refused:
                self.pubsub(**fields)
            self.assertIn(refused.exception.status, (400, 404, 501), fields)


class Providers(PubSubCase):
    settings = {**SETTINGS, 'as.pubsub.providers': 'mqtt=warning nats=disabled'}

    def test_providers_can_be_discouraged_and_disabled(self):
        configuration = self.server.api('GET', '/as/configuration')['configuration']['pubsub']['providers']
        self.assertEqual(configuration, {'mqtt': 'WARNING', 'nats': 'DISABLED'})
        self.mqtt('mqtt://127.0.0.1:1')
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=20)
        connection.request('GET', '/api/v3' + PUBSUB, headers={'Authorization': f'Bearer {self.key}'})
        self.assertIn('deprecated', connection.getresponse().getheader('X-Warning'))
        connection.close()
        with self.assertRaises(ApiError) as refused:
            self.nats('nats://127.0.0.1:1')
        self.assertEqual(refused.exception.status, 400)
        self.assertIn('provider_disabled', refused.exception.body)
        self.assertEqual(self.server.api('GET', '/as/pubsub-formats')['formats']['json'], 'JSON')


if __name__ == '__main__':
    unittest.main()
