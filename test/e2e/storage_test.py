"""Messages of the past over HTTP: they are there after a kill, in order, page by page, and for those alone who may read them."""
import csv
import http.client
import io
import json
import unittest
import urllib.parse

from harness import ApiError, Server

APPLICATION = 'store-app'
PATH = f'/as/applications/{APPLICATION}/packages/storage/uplink_message'


class Storage(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)
        self.server.simulate(
            '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key, '--region', 'EU868',
            '--activation', 'abp', '--version', '1.0.3', '--count', 4, '--prefix', 'past', '--uplinks', 60, '--rate', 60, '--seed', 1)

    def get(self, path, key=None, accept='application/json'):
        """Messages and continuation token."""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=20)
        connection.request('GET', '/api/v3' + path, headers={'Authorization': f'Bearer {key or self.key}', 'Accept': accept})
        response = connection.getresponse()
        text = response.read().decode()
        token = response.getheader('X-Continuation-Token')
        connection.close()
        if response.status != 200:
            raise ApiError(response.status, text)
        return [json.loads(line)['result'] for line in text.splitlines() if line], token

    def test_the_past_outlives_a_kill_and_comes_in_order(self):
        self.server.kill()
        self.server.start()
        messages, token = self.get(PATH)
        self.assertEqual((len(messages), token), (60, None))
        times = [message['received_at'] for message in messages]
        self.assertEqual(times, sorted(times))
        paged, token = self.get(PATH + '?limit=25')
        while token:
            more, token = self.get(f'{PATH}?continuation_token={urllib.parse.quote(token, safe="")}')
            paged += more
        self.assertEqual(paged, messages)
        self.assertEqual(self.get(PATH + '?order=-received_at')[0], messages[::-1])
        middle = times[30]
        self.assertEqual(self.get(f'{PATH}?after={middle}')[0], messages[31:])
        device = messages[0]['end_device_ids']['device_id']
        own = [message for message in messages if message['end_device_ids']['device_id'] == device]
        device_path = PATH.replace('/packages', f'/devices/{device}/packages')
        self.assertEqual(self.get(device_path)[0], own)
        self.assertEqual(self.server.api('GET', device_path + '/count')['count'], {device: len(own)})
        self.assertEqual(sum(self.server.api('GET', PATH + '/count')['count'].values()), 60)

    def test_messages_come_over_http_as_they_are_sent(self):
        """AppAs.Subscribe over HTTP: a line a message, or events; with a right that is withdrawn it ends."""
        application = 'live-app'
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': application}}})
        key = self.server.application_key(application)
        ids = {'device_id': 'dev-live', 'application_ids': {'application_id': application}, 'dev_eui': '0102030405060708', 'join_eui': '00' * 8}
        self.server.api('PUT', f'/as/applications/{application}/devices/dev-live', {'end_device': {'ids': ids}, 'field_mask': {'paths': ['ids']}})
        uplink = {'f_port': 7, 'frm_payload': 'AQI=',
                  'settings': {'data_rate': {'lora': {'bandwidth': 125000, 'spreading_factor': 7}}, 'frequency': '868100000'}}
        path = f'/api/v3/farfield/as/applications/{application}/up'
        for accept in ('application/json', 'text/event-stream'):
            with self.subTest(accept=accept):
                connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=20)
                self.addCleanup(connection.close)
                connection.request('GET', path, headers={'Authorization': f'Bearer {key}', 'Accept': accept})
                response = connection.getresponse()  # Sent before there is a message.
                self.assertEqual((response.status, response.getheader('farfield-stream-open')), (200, None))
                self.server.api('POST', f'/as/applications/{application}/devices/dev-live/up/simulate', {'uplink_message': uplink})
                line = next(line for line in iter(response.readline, b'') if b'f_port' in line)
                message = json.loads(line.decode().removeprefix('data:'))
                message = message.get('result', message)
                self.assertEqual(message['end_device_ids']['device_id'], 'dev-live')
                self.assertEqual(message['uplink_message']['frm_payload'], 'AQI=')
        self.assertEqual(self.server.request('GET', path)[0], 401)
        weak = self.server.api('POST', f'/applications/{application}/api-keys', {'name': 'weak', 'rights': ['RIGHT_APPLICATION_INFO']})['key']
        self.assertEqual(self.server.request('GET', path, key=weak)[0], 403)

    def test_the_past_is_a_table_for_spreadsheets(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=20)
        connection.request('GET', '/api/v3' + PATH, headers={'Authorization': f'Bearer {self.key}', 'Accept': 'text/csv'})
        response = connection.getresponse()
        self.assertIn('text/csv', response.getheader('Content-Type'))
        rows = list(csv.DictReader(io.StringIO(response.read().decode())))
        connection.close()
        messages, _ = self.get(PATH)
        self.assertEqual([row['device_id'] for row in rows], [message['end_device_ids']['device_id'] for message in messages])

    def test_only_those_who_may_read_traffic_see_it(self):
        weak = self.server.api('POST', f'/applications/{APPLICATION}/api-keys',
                               {'name': 'weak', 'rights': ['RIGHT_APPLICATION_INFO']})['key']
        with self.assertRaises(ApiError) as refused:
            self.get(PATH, weak)
        self.assertEqual(refused.exception.status, 403)


if __name__ == '__main__':
    unittest.main()
