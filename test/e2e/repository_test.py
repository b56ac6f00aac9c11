"""The device repository end to end: imported from a folder and an archive, served, and its scripts decoding the payloads of simulated
devices and of simulated messages."""
import base64
import json
import pathlib
import shutil
import subprocess
import tarfile
import unittest

from endpoint import Endpoint
from harness import BIN, ApiError, Server, Subscriber, wait_until

REPOSITORY = pathlib.Path(__file__).resolve().parents[2] / 'app' / 'repository'
APPLICATION = 'catalogued'
CLIMATE = {'brand_id': 'farfield-sensors', 'model_id': 'climate-one', 'hardware_version': 'rev A', 'firmware_version': '1.0',
           'band_id': 'EU_863_870'}
RADIO = {'data_rate': {'lora': {'bandwidth': 125000, 'spreading_factor': 7}}, 'frequency': '868100000'}
BY_REPOSITORY = {'up_formatter': 'FORMATTER_REPOSITORY', 'down_formatter': 'FORMATTER_REPOSITORY'}


class RepositoryCase(unittest.TestCase):
    def setUp(self):
        self.server = Server(**{'as.webhooks.allow-networks': '127.0.0.0/8', 'dr.assets-base-url': 'https://assets.example',
                                'dr.directory': ''})
        self.addCleanup(self.server.__exit__)

    def importer(self, *arguments):
        command = [str(BIN / 'farfield'), 'dr', 'import', *map(str, arguments),
                   f'--storage.directory={self.server.directory / "data"}']
        return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=self.server.directory)

    def start(self):
        """A server that has a data directory, and an application."""
        self.server.start()
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)

    def imported(self):
        """Started, with our repository."""
        self.start()
        self.assertEqual(self.server.stop(), 0)
        done = self.importer(REPOSITORY)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.server.start()

    def device(self, name, version_ids=None, formatters=None):
        ids = {'device_id': name, 'application_ids': {'application_id': APPLICATION}}
        device = {'ids': ids}
        if version_ids:
            device['version_ids'] = version_ids
        if formatters:
            device['formatters'] = formatters
        self.server.api('PUT', f'/as/applications/{APPLICATION}/devices/{name}',
                        {'end_device': device, 'field_mask': {'paths': ['version_ids', 'formatters']}})

    def simulate(self, device, body):
        return self.server.api('POST', f'/as/applications/{APPLICATION}/devices/{device}/up/simulate', body)


class Import(RepositoryCase):
    def test_a_folder_and_an_archive_are_imported_step_by_step(self):
        self.start()
        busy = self.importer(REPOSITORY)
        self.assertEqual(busy.returncode, 75, 'the store is the server\'s')
        self.assertEqual(self.server.api('GET', '/dr/brands'), {})
        self.assertEqual(self.server.stop(), 0)

        done = self.importer(REPOSITORY)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'^(\d+) files: \1 imported, 0 unchanged, 0 removed, 0 wrong\n$')
        self.assertIn('ISM2400', done.stderr)
        self.assertRegex(self.importer(REPOSITORY).stdout, r'^(\d+) files: 0 imported, \1 unchanged, 0 removed, 0 wrong\n$')

        copy = self.server.directory / 'copy'
        shutil.copytree(REPOSITORY, copy)
        (copy / 'vendor/farfield-sensors/valve-two.yaml').write_text('name: [')
        (copy / 'vendor/north-harbour/decoders/buoy.js').unlink()
        model = copy / 'vendor/farfield-sensors/climate-one.yaml'
        model.write_text(model.read_text().replace('name: Climate One', 'name: Climate Two'))
        archive = self.server.directory / 'lorawan-devices.tar.gz'
        with tarfile.open(archive, 'w:gz') as tar:
            tar.add(copy, 'lorawan-devices-master')
        done = self.importer(archive)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn('vendor/farfield-sensors/valve-two.yaml: line ', done.stderr)
        self.assertRegex(done.stdout, r'^\d+ files: 1 imported, \d+ unchanged, 1 removed, 1 wrong\n$')
        self.assertEqual(self.importer(self.server.directory / 'nothing').returncode, 66)
        self.assertEqual(self.importer(archive, 'more').returncode, 64)

        self.server.start()
        models = self.server.api('GET', '/dr/models?field_mask=name')['models']
        self.assertEqual([one['name'] for one in models], ['Climate Two', 'Valve Two', 'Buoy Light'])

    def test_a_server_imports_what_is_put_beside_it_when_it_starts(self):
        self.server.settings['dr.directory'] = REPOSITORY
        self.start()
        wait_until(lambda: self.server.api('GET', '/dr/brands').get('brands'), 'the brands are there')
        template = self.server.api('GET', '/dr/vendors/64001/profiles/1/template')
        self.assertEqual(template['end_device']['version_ids'], CLIMATE)
        self.assertIn('device repository imported', self.server.log.read_text())


class Formatters(RepositoryCase):
    def test_simulated_messages_reach_every_output_decoded_and_change_nothing(self):
        self.imported()
        self.device('cold-room', CLIMATE, BY_REPOSITORY)
        before = self.server.api('GET', f'/as/applications/{APPLICATION}/devices/cold-room?field_mask=session,version_ids')
        with Endpoint() as endpoint, Subscriber(self.server, APPLICATION, self.key) as subscriber:
            self.server.api('PUT', f'/as/webhooks/{APPLICATION}/hook', {
                'webhook': {'base_url': endpoint.url(), 'format': 'json', 'uplink_message': {}, 'join_accept': {}},
                'field_mask': {'paths': ['base_url', 'format', 'uplink_message', 'join_accept']}})
            payload = base64.b64encode(bytes([0, 0xd6, 80])).decode()
            uplink = {'f_port': 2, 'f_cnt': 5, 'frm_payload': payload, 'settings': RADIO,
                      'rx_metadata': [{'gateway_ids': {'gateway_id': 'test'}, 'rssi': 42, 'snr': 4.25}]}
            # Until the client has subscribed.
            wait_until(lambda: self.simulate('cold-room', {'uplink_message': uplink}) == {} and not subscriber.messages.empty(),
                       'a message is there')
            message = subscriber.next_of('/up')
            self.assertTrue(message['simulated'])
            self.assertEqual(message['uplink_message']['decoded_payload'], {'temperature': 21.4, 'humidity': 40, 'button': True})
            self.assertEqual(message['uplink_message']['normalized_payload'], [{'air': {'temperature': 21.4, 'relativeHumidity': 40}}])
            self.assertEqual(message['uplink_message']['rx_metadata'][0]['rssi'], 42)
            self.assertTrue(subscriber.next_of('/up/normalized')['simulated'])
            self.simulate('cold-room', {'join_accept': {'session_key_id': 'AZT1', 'received_at': '2026-01-01T00:00:00Z'}})
            wait_until(lambda: any('join_accept' in one for one in endpoint.messages()), 'the join at the webhook')
            hooked = next(one for one in endpoint.messages() if 'uplink_message' in one)
            self.assertEqual(hooked['uplink_message']['decoded_payload']['temperature'], 21.4)
        self.assertEqual(self.server.api('GET', f'/as/applications/{APPLICATION}/devices/cold-room?field_mask=session,version_ids'), before)
        stored = self.server.request('GET', f'/api/v3/as/applications/{APPLICATION}/packages/storage/uplink_message', key=self.key)[1]
        self.assertTrue(json.loads(stored.splitlines()[0])['result']['simulated'])

        for body, status, name in (({'simulated': True, 'uplink_message': uplink}, 400, '"simulated"'), ({}, 400, 'up'),
                                   ({'uplink_message': {'f_port': 1}}, 400, 'settings')):
            with self.assertRaises(ApiError) as caught:
                self.simulate('cold-room', body)
            self.assertEqual(caught.exception.status, status, caught.exception.body)
            self.assertIn(name, caught.exception.body)
        with self.assertRaises(ApiError) as caught:
            self.simulate('unknown', {'uplink_message': uplink})
        self.assertEqual(caught.exception.status, 404)

    def test_downlinks_and_trials_use_the_repository_too(self):
        self.imported()
        device = self.server.simulate_abp(APPLICATION, self.key, 'down')
        self.device(device, CLIMATE, BY_REPOSITORY)
        queue = f'/as/applications/{APPLICATION}/devices/{device}/down'
        self.server.api('POST', f'{queue}/push', {'downlinks': [{'decoded_payload': {'interval': 600}}]})
        items = self.server.api('GET', queue)['downlinks']
        self.assertEqual((items[0]['f_port'], items[0]['frm_payload'], items[0]['decoded_payload']), (3, 'Alg=', {'interval': 600}))
        with self.assertRaises(ApiError) as caught:
            self.server.api('POST', f'{queue}/push', {'downlinks': [{'decoded_payload': {'interval': 1}}]})
        self.assertIn('interval has to be', caught.exception.body)

        def decode(**more):
            return self.server.api('POST', f'/as/applications/{APPLICATION}/devices/any/up/decode', {
                'formatter': 'FORMATTER_REPOSITORY', 'uplink': {'f_port': 1, 'frm_payload': 'ANZQ', 'settings': RADIO}, **more})
        self.assertEqual(decode(version_ids=CLIMATE)['uplink']['decoded_payload']['temperature'], 21.4)
        for version_ids, status, name in (({}, 400, 'no_version_identifiers'), ({**CLIMATE, 'band_id': 'AS_923'}, 404, 'no_profile_for_band')):
            with self.assertRaises(ApiError) as caught:
                decode(version_ids=version_ids)
            self.assertEqual(caught.exception.status, status, caught.exception.body)
            self.assertIn(name, caught.exception.body)

    def test_the_examples_of_our_own_codecs_are_true(self):
        self.imported()
        base = '/dr/brands/farfield-sensors/models/climate-one/1.0/EU_863_870/formatters/'
        for example in self.server.api('GET', base + 'uplink/decoder?field_mask=examples')['examples']:
            with self.subTest(example['description']):
                request = {'formatter': 'FORMATTER_REPOSITORY', 'version_ids': CLIMATE, 'uplink': {**example['input'], 'settings': RADIO}}
                path = f'/as/applications/{APPLICATION}/devices/any/up/decode'
                if example['output'].get('errors'):
                    with self.assertRaises(ApiError) as caught:
                        self.server.api('POST', path, request)
                    self.assertIn(example['output']['errors'][0], caught.exception.body)
                else:
                    self.assertEqual(self.server.api('POST', path, request)['uplink']['decoded_payload'], example['output']['data'])

    def test_vectors_refuse_a_formatter_that_fails_them(self):
        self.start()
        script = 'function decodeUplink(input) { return { data: { t: input.bytes[0] / %d } }; }'
        link, vectors = f'/as/applications/{APPLICATION}/link', f'/farfield/as/applications/{APPLICATION}/formatter-vectors'

        def save(divisor):
            return self.server.api('PUT', link, {'link': {'default_formatters': {
                'up_formatter': 'FORMATTER_JAVASCRIPT', 'up_formatter_parameter': script % divisor}},
                'field_mask': {'paths': ['default_formatters']}})
        save(10)
        self.server.api('PUT', vectors, {'vectors': [
            {'name': 'warm', 'encoded': {'f_port': 1, 'frm_payload': 'Lw=='}, 'decoded': {'data': {'t': 4.7}}}]})
        with self.assertRaises(ApiError) as caught:
            save(100)
        self.assertEqual(caught.exception.status, 400)
        self.assertIn('formatter_vector_failed', caught.exception.body)
        self.assertEqual(json.loads(caught.exception.body)['details'][0]['attributes']['vector'], 'warm')
        self.assertIn('/ 10 }', self.server.api('GET', link + '?field_mask=default_formatters')['default_formatters']['up_formatter_parameter'])
        self.assertEqual(self.server.api('POST', vectors + '/run', {}), {'results': [{'name': 'warm'}]})


if __name__ == '__main__':
    unittest.main()
