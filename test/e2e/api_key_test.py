"""Rights in motion: a key that is revoked, narrowed, deleted or left without its application stops working at once, everywhere."""
import subprocess
import unittest

import grpc

from grpc_client import GrpcClient, GrpcError, mask
from harness import Server, wait_until

APPLICATION = 'key-app'
IDS = {'applicationId': APPLICATION}
ADMIN = {'userIds': {'userId': 'admin'}}
GONE = (grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:api_key_not_found')


class ApiKeys(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.__exit__)
        self.client = GrpcClient(f'127.0.0.1:{self.server.ports["grpc"]}', self.server.admin_key)
        self.addCleanup(self.client.__exit__)
        self.client.call('ApplicationRegistry/Create', {'application': {'ids': IDS}, 'collaborator': ADMIN})
        self.key = self.create('RIGHT_APPLICATION_ALL')
        self.other = self.create('RIGHT_APPLICATION_ALL')

    def create(self, *rights):
        return self.client.call('ApplicationAccess/CreateAPIKey', {'applicationIds': IDS, 'name': 'k', 'rights': list(rights)})

    def update(self, key, *paths, **fields):
        return self.client.call('ApplicationAccess/UpdateAPIKey', {
            'applicationIds': IDS, 'apiKey': {'id': key.id, **fields}, 'fieldMask': mask(*paths)})

    def delete(self, key):
        self.client.call('ApplicationAccess/DeleteAPIKey', {'applicationIds': IDS, 'keyId': key.id})

    def outcome(self, key=None):
        """(code, name) of a call with the key; (OK, None) when it is served."""
        try:
            self.client.call('ApplicationRegistry/Get', {'applicationIds': IDS, 'fieldMask': mask('name')}, key=(key or self.key).key)
            return grpc.StatusCode.OK, None
        except GrpcError as error:
            return error.code, error.name

    def http_status(self):
        return self.server.request('GET', f'/api/v3/applications/{APPLICATION}', key=self.key.key)[0]

    def connects(self):
        """Whether an MQTT client with the key gets its connection and may subscribe."""
        # -E: ends when the subscription is acknowledged.
        done = subprocess.run(['mosquitto_sub', '-h', '127.0.0.1', '-p', str(self.server.ports['mqtt']), '-u', APPLICATION,
                               '-P', self.key.key, '-t', '#', '-E'], capture_output=True, timeout=20)
        return done.returncode == 0

    def subscribe(self):
        """A live stream of messages, begun."""
        stream = self.client.stream('AppAs/Subscribe', IDS, key=self.key.key)
        self.assertIn('x-request-id', dict(stream.call.initial_metadata()))
        return stream

    def simulate(self, prefix):
        self.server.simulate_abp(APPLICATION, self.other.key, prefix)

    def assert_dead(self):
        self.assertEqual((self.outcome(), self.http_status(), self.connects()), (GONE, 401, False))

    def assert_alive(self):
        self.assertEqual((self.outcome(), self.http_status(), self.connects()), ((grpc.StatusCode.OK, None), 200, True))

    def test_a_deleted_key_stops_working_at_once_and_for_good(self):
        self.assert_alive()  # The server remembers it now.
        self.delete(self.key)
        self.assert_dead()
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()
        self.assert_dead()

    def test_a_key_without_rights_is_deleted(self):
        self.assert_alive()
        self.update(self.key, 'rights')
        self.assert_dead()

    def test_a_narrowed_key_may_less_at_once(self):
        self.assert_alive()
        self.update(self.key, 'rights', rights=['RIGHT_APPLICATION_DEVICES_READ'])
        self.assertEqual(self.outcome(), (grpc.StatusCode.PERMISSION_DENIED, 'pkg/auth/rights:insufficient_application_rights'))
        rights = self.client.call('ApplicationAccess/ListRights', IDS, key=self.key.key).rights
        self.assertEqual(len(rights), 1)
        self.update(self.key, 'rights', rights=['RIGHT_APPLICATION_INFO'])
        self.assertEqual(self.outcome(), (grpc.StatusCode.OK, None))

    def test_a_key_of_a_deleted_application_stops_working(self):
        self.assert_alive()
        self.client.call('ApplicationRegistry/Delete', IDS)
        self.assert_dead()

    def test_a_subscriber_gets_messages_until_its_key_is_deleted(self):
        stream = self.subscribe()
        self.simulate('first')
        up = stream.next_where(lambda one: one.HasField('uplink_message'))
        self.assertTrue(up.end_device_ids.device_id.startswith('first'))
        self.assertEqual(up.uplink_message.rx_metadata[0].gateway_ids.gateway_id[:4], 'sim-')
        self.delete(self.key)
        self.simulate('second')
        while True:
            try:
                self.assertTrue(stream.next().end_device_ids.device_id.startswith('first'), 'nothing of after the deletion')
            except GrpcError as error:
                self.assertEqual((error.code, error.name), GONE)
                break

    def test_a_subscriber_that_leaves_is_forgotten(self):
        stream = self.subscribe()
        stream.cancel()
        self.assertEqual(stream.end().code, grpc.StatusCode.CANCELLED)
        text = 'ttn_lw_as_subscriptions_stopped_total{protocol="grpc"} 1'
        wait_until(lambda: text in self.server.request('GET', '/metrics')[1], text)


if __name__ == '__main__':
    unittest.main()
