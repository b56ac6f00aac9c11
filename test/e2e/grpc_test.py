"""The API over gRPC with a client in another language: registries, field masks, errors, queues, streams, limits."""
import base64
import datetime
import socket
import unittest

import grpc

from grpc_client import API, GrpcClient, GrpcError, mask
from harness import Server, wait_until

APPLICATION = 'grpc-app'
ADMIN = {'userIds': {'userId': 'admin'}}
KEY = '2B7E151628AED2A6ABF7158809CF4F3C'
CLUSTER_KEY = '00112233445566778899AABBCCDDEEFF'


def hexa(text):
    """Bytes in protobuf's JSON form."""
    return base64.b64encode(bytes.fromhex(text)).decode()


def device_ids(device_id, application=APPLICATION, **euis):
    return {'deviceId': device_id, 'applicationIds': {'applicationId': application},
            **{name: hexa(eui) for name, eui in euis.items()}}


def innermost(details):
    while details.HasField('cause'):
        details = details.cause
    return details


class GrpcTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(**{'as.device-last-seen.flush-interval': '1s', 'cluster.keys': CLUSTER_KEY}).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.client = GrpcClient(f'127.0.0.1:{cls.server.ports["grpc"]}', cls.server.admin_key)
        cls.addClassCleanup(cls.client.__exit__)
        cls.call = cls.client.call
        cls.create_application(APPLICATION)
        cls.key = cls.create_key('RIGHT_APPLICATION_ALL').key

    @classmethod
    def create_application(cls, application_id, **fields):
        return cls.call('ApplicationRegistry/Create', {
            'application': {'ids': {'applicationId': application_id}, **fields}, 'collaborator': ADMIN})

    @classmethod
    def create_key(cls, *rights, application=APPLICATION):
        return cls.call('ApplicationAccess/CreateAPIKey', {
            'applicationIds': {'applicationId': application}, 'name': 'e2e', 'rights': list(rights)})

    def refused(self, method, request=None, **kwargs):
        """The error of a call that has to fail."""
        with self.assertRaises(GrpcError) as caught:
            self.call(method, request, **kwargs)
        return caught.exception

    def assert_error(self, error, code, name):
        self.assertEqual((error.code, error.name), (code, name), error)


def raw_call(port, path, **headers):
    """One call with header values that no gRPC library sends; what the server says within a second."""
    def literal(text):
        return bytes([len(text)]) + text
    fields = {b':method': b'POST', b':scheme': b'http', b':path': path.encode(), b':authority': b'localhost', b'te': b'trailers',
              b'content-type': b'application/grpc', **{name.replace('_', '-').encode(): value for name, value in headers.items()}}
    block = b''.join(b'\x00' + literal(name) + literal(value) for name, value in fields.items())

    def frame(kind, flags, stream, payload):
        return len(payload).to_bytes(3, 'big') + bytes([kind, flags]) + stream.to_bytes(4, 'big') + payload
    with socket.create_connection(('127.0.0.1', port), timeout=5) as peer:
        peer.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0, b'') + frame(1, 4, 1, block) + frame(0, 1, 1, bytes(5)))
        peer.settimeout(1)
        answer = b''
        try:
            while more := peer.recv(65536):
                answer += more
        except TimeoutError:
            pass
        return answer


class Registries(GrpcTest):
    def test_an_application_lives_its_life_by_field_masks(self):
        ids = {'applicationId': 'life'}
        created = self.create_application('life', name='Life', description='of an application')
        self.assertEqual((created.ids.application_id, created.name), ('life', 'Life'))
        self.assertGreater(created.created_at.seconds, 1_500_000_000)

        bare = self.call('ApplicationRegistry/Get', {'applicationIds': ids})
        self.assertEqual((bare.ids.application_id, bare.name), ('life', ''))
        self.assertEqual(bare.created_at, created.created_at)
        named = self.call('ApplicationRegistry/Get', {'applicationIds': ids, 'fieldMask': mask('name')})
        self.assertEqual((named.name, named.description), ('Life', ''))

        updated = self.call('ApplicationRegistry/Update', {
            'application': {'ids': ids, 'name': 'ignored', 'attributes': {'colour': 'blue'}},
            'fieldMask': mask('attributes', 'description')})
        self.assertEqual(dict(updated.attributes), {'colour': 'blue'})
        self.assertGreater(updated.updated_at.ToNanoseconds(), created.updated_at.ToNanoseconds())
        after = self.call('ApplicationRegistry/Get', {'applicationIds': ids, 'fieldMask': mask('name', 'description')})
        self.assertEqual((after.name, after.description), ('Life', ''), 'named and zero: cleared; not named: kept')

        listed, metadata = self.client.call_with_metadata(
            'ApplicationRegistry/List', {'fieldMask': mask('name'), 'order': 'application_id', 'limit': 1, 'page': 2})
        self.assertEqual([application.name for application in listed.applications], ['Life'])
        self.assertEqual(metadata['x-total-count'], '2')

        self.call('ApplicationRegistry/Delete', ids)
        self.assert_error(self.refused('ApplicationRegistry/Get', {'applicationIds': ids}),
                          grpc.StatusCode.NOT_FOUND, 'pkg/identityserver/store:application_not_found')
        taken = self.refused('ApplicationRegistry/Create', {'application': {'ids': ids}, 'collaborator': ADMIN})
        self.assertEqual(taken.code, grpc.StatusCode.ALREADY_EXISTS)

    def test_a_device_has_its_part_in_each_of_the_four_registries(self):
        ids = device_ids('four', devEui='0102030405060708', joinEui='70B3D57ED0000001')
        device = {'ids': ids, 'name': 'Four'}
        self.call('EndDeviceRegistry/Create', {'endDevice': device})
        self.call('JsEndDeviceRegistry/Set', {
            'endDevice': {'ids': ids, 'rootKeys': {'appKey': {'key': hexa(KEY)}}}, 'fieldMask': mask('root_keys.app_key.key')})
        self.call('NsEndDeviceRegistry/Set', {
            'endDevice': {'ids': ids, 'frequencyPlanId': 'EU_863_870', 'lorawanVersion': 'MAC_V1_0_3',
                          'lorawanPhyVersion': 'PHY_V1_0_3_REV_A', 'supportsJoin': True},
            'fieldMask': mask('frequency_plan_id', 'lorawan_version', 'lorawan_phy_version', 'supports_join')})
        self.call('AsEndDeviceRegistry/Set', {
            'endDevice': {'ids': ids, 'formatters': {'upFormatter': 'FORMATTER_CAYENNELPP'}}, 'fieldMask': mask('formatters')})

        def get(registry, *paths):
            return self.call(f'{registry}/Get', {'endDeviceIds': ids, 'fieldMask': mask(*paths)})
        self.assertEqual(get('EndDeviceRegistry', 'name').name, 'Four')
        self.assertEqual(get('NsEndDeviceRegistry', 'frequency_plan_id').frequency_plan_id, 'EU_863_870')
        self.assertFalse(get('NsEndDeviceRegistry').supports_join, 'not asked for')
        formatters = get('AsEndDeviceRegistry', 'formatters').formatters
        self.assertEqual(formatters.up_formatter, API.pool.FindEnumTypeByName(
            'ttn.lorawan.v3.PayloadFormatter').values_by_name['FORMATTER_CAYENNELPP'].number)
        self.assertEqual(get('JsEndDeviceRegistry', 'root_keys.app_key.key').root_keys.app_key.key, bytes.fromhex(KEY))

        listed = self.call('EndDeviceRegistry/List', {'applicationIds': {'applicationId': APPLICATION}})
        self.assertIn('four', [device.ids.device_id for device in listed.end_devices])
        self.call('EndDeviceRegistry/Update', {'endDevice': {'ids': ids, 'name': 'Renamed'}, 'fieldMask': mask('name')})
        self.assertEqual(get('EndDeviceRegistry', 'name').name, 'Renamed')

        for registry in ('AsEndDeviceRegistry', 'NsEndDeviceRegistry', 'JsEndDeviceRegistry', 'EndDeviceRegistry'):
            with self.subTest(registry=registry):
                self.call(f'{registry}/Delete', ids)
                error = self.refused(f'{registry}/Get', {'endDeviceIds': ids})
                self.assertEqual(error.code, grpc.StatusCode.NOT_FOUND, error)
                self.assertTrue(error.name.endswith('_not_found'), error.name)

    def test_euis_of_a_device_are_nobody_elses(self):
        self.create_application('their-app')
        euis = {'devEui': '0102030405060709', 'joinEui': '70B3D57ED0000001'}
        radio = {'frequencyPlanId': 'EU_863_870', 'lorawanVersion': 'MAC_V1_0_3', 'lorawanPhyVersion': 'PHY_V1_0_3_REV_A', 'supportsJoin': True}
        paths = mask('frequency_plan_id', 'lorawan_version', 'lorawan_phy_version', 'supports_join')
        ids = device_ids('owner', **euis)
        theirs = {**ids, 'deviceId': 'thief', 'applicationIds': {'applicationId': 'their-app'}}
        self.call('NsEndDeviceRegistry/Set', {'endDevice': {'ids': ids, **radio}, 'fieldMask': paths})
        error = self.refused('NsEndDeviceRegistry/Set', {'endDevice': {'ids': theirs, **radio}, 'fieldMask': paths})
        self.assert_error(error, grpc.StatusCode.ALREADY_EXISTS, 'pkg/internal/registry:end_device_euis_taken')
        self.assertEqual((error.attributes['device_id'], error.attributes['application_id']), ('owner', APPLICATION))
        self.call('NsEndDeviceRegistry/Set', {'endDevice': {'ids': ids, **radio}, 'fieldMask': paths})
        # Who was not made does not keep what it asked for.
        other = {**theirs, 'devEui': hexa('010203040506070A')}
        self.refused('NsEndDeviceRegistry/Set', {'endDevice': {'ids': other, **radio, 'frequencyPlanId': 'NO_SUCH_PLAN'}, 'fieldMask': paths})
        mine = device_ids('mine', devEui='010203040506070A', joinEui=euis['joinEui'])
        self.call('NsEndDeviceRegistry/Set', {'endDevice': {'ids': mine, **radio}, 'fieldMask': paths})
        self.call('NsEndDeviceRegistry/Delete', ids)
        self.call('NsEndDeviceRegistry/Set', {'endDevice': {'ids': theirs, **radio}, 'fieldMask': paths})

    def test_a_gateway_lives_its_life_and_has_its_eui_alone(self):
        gateway = {'ids': {'gatewayId': 'gtw-life', 'eui': hexa('AA555A0000000001')}, 'frequencyPlanId': 'EU_863_870'}
        self.call('GatewayRegistry/Create', {'gateway': gateway, 'collaborator': ADMIN})
        ids = {'gatewayId': 'gtw-life'}
        read = self.call('GatewayRegistry/Get', {'gatewayIds': ids, 'fieldMask': mask('frequency_plan_ids')})
        self.assertEqual(list(read.frequency_plan_ids), ['EU_863_870'])
        self.assertEqual(read.ids.eui, bytes.fromhex('AA555A0000000001'))
        taken = self.refused('GatewayRegistry/Create', {
            'gateway': {**gateway, 'ids': {**gateway['ids'], 'gatewayId': 'gtw-other'}}, 'collaborator': ADMIN})
        self.assert_error(taken, grpc.StatusCode.ALREADY_EXISTS, 'pkg/identityserver:gateway_eui_taken')
        self.assertEqual(taken.attributes['gateway_id'], 'gtw-life')
        self.call('GatewayRegistry/Update', {'gateway': {'ids': ids, 'statusPublic': True}, 'fieldMask': mask('status_public')})
        listed = self.call('GatewayRegistry/List', {'fieldMask': mask('status_public')})
        self.assertEqual([(one.ids.gateway_id, one.status_public) for one in listed.gateways], [('gtw-life', True)])
        found = self.call('GatewayRegistry/GetIdentifiersForEUI', {'eui': hexa('AA555A0000000001')})
        self.assertEqual(found.gateway_id, 'gtw-life')
        self.call('GatewayRegistry/Delete', ids)
        self.assert_error(self.refused('GatewayRegistry/Get', {'gatewayIds': ids}),
                          grpc.StatusCode.NOT_FOUND, 'pkg/identityserver/store:gateway_not_found')


class Errors(GrpcTest):
    def test_details_are_those_of_the_reference(self):
        error = self.refused('ApplicationRegistry/Get', {'applicationIds': {'applicationId': 'no-such-app'}})
        self.assert_error(error, grpc.StatusCode.NOT_FOUND, 'pkg/identityserver/store:application_not_found')
        self.assertEqual(error.attributes, {'application_id': 'no-such-app'})
        self.assertEqual(error.details.message_format, 'application `{application_id}` not found')
        self.assertEqual(error.message, 'error:pkg/identityserver/store:application_not_found (application `no-such-app` not found)')
        self.assertEqual((error.details.code, error.rich_code), (5, 5))
        self.assertRegex(error.details.correlation_id, '^[0-9a-f]{32}$')

    def test_a_request_that_breaks_a_rule_says_which(self):
        error = self.refused('ApplicationRegistry/Create', {
            'application': {'ids': {'applicationId': 'Not An Id'}}, 'collaborator': ADMIN})
        self.assert_error(error, grpc.StatusCode.INVALID_ARGUMENT, 'pkg/errors:validation')
        self.assertEqual(innermost(error.details).attributes['field'], 'application_id')
        error = self.refused('ApplicationRegistry/Get', {
            'applicationIds': {'applicationId': APPLICATION}, 'fieldMask': mask('no_such_field')})
        self.assert_error(error, grpc.StatusCode.INVALID_ARGUMENT, 'pkg/rpcmiddleware/validator:field_mask_paths')
        self.assertEqual(error.attributes['forbidden_paths'], ['no_such_field'])

    def test_validation_is_before_authentication(self):
        error = self.refused('ApplicationRegistry/Get', {'applicationIds': {'applicationId': '?'}}, key='')
        self.assert_error(error, grpc.StatusCode.INVALID_ARGUMENT, 'pkg/errors:validation')

    def test_credentials_decide(self):
        get = ('ApplicationRegistry/Get', {'applicationIds': {'applicationId': APPLICATION}})
        self.assert_error(self.refused(*get, key=''), grpc.StatusCode.UNAUTHENTICATED, 'pkg/auth/rights:unauthenticated')
        self.assert_error(self.refused(*get, key='nonsense'), grpc.StatusCode.INVALID_ARGUMENT, 'pkg/auth:token')
        self.assert_error(self.refused(*get, key='', metadata=[('authorization', 'Basic Zm9vOmJhcg==')]),
                          grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:unsupported_authorization')
        kind, key_id, secret = self.server.admin_key.split('.')
        wrong = f'{kind}.{key_id}.{"A" * len(secret)}'
        self.assert_error(self.refused(*get, key=wrong), grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:invalid_authorization')
        unknown = f'{kind}.{"A" * len(key_id)}.{secret}'
        self.assert_error(self.refused(*get, key=unknown), grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:api_key_not_found')
        stranger = self.create_key('RIGHT_APPLICATION_INFO').key
        self.create_application('foreign')
        foreign = ('ApplicationRegistry/Get', {'applicationIds': {'applicationId': 'foreign'}, 'fieldMask': mask('name')})
        self.assert_error(self.refused(*foreign, key=stranger), grpc.StatusCode.PERMISSION_DENIED, 'pkg/auth/rights:no_application_rights')
        denied = self.refused('ApplicationRegistry/Delete', {'applicationId': APPLICATION}, key=stranger)
        self.assert_error(denied, grpc.StatusCode.PERMISSION_DENIED, 'pkg/auth/rights:insufficient_application_rights')
        self.assertEqual(denied.attributes['missing'], ['RIGHT_APPLICATION_DELETE'])

    def test_header_values_that_no_library_sends_do_no_harm(self):
        """gRPC ends a process that sends such a value on; nobody has to say who he is to try."""
        port = self.server.ports['grpc']
        for value in (b'\xff\x00\x80', b'caf\xc3\xa9', b'\x7f'):
            for name in ('x_request_id', 'user_agent', 'x_forwarded_for', 'x_real_ip', 'authorization', 'x_warning'):
                with self.subTest(name=name, value=value):
                    raw_call(port, '/ttn.lorawan.v3.EntityAccess/AuthInfo', **{name: value})
                    self.assertIsNone(self.server.process.poll())
        answer = raw_call(port, '/ttn.lorawan.v3.EntityAccess/AuthInfo', x_request_id=b'a\xffb')
        self.assertNotIn(b'a\xffb', answer)
        self.assertEqual(self.call('EntityAccess/AuthInfo').is_admin, True)

    def test_a_request_id_is_taken_or_made(self):
        info = ('EntityAccess/AuthInfo', {})
        _, metadata = self.client.call_with_metadata(*info, metadata=[('x-request-id', 'mine')])
        self.assertEqual(metadata['x-request-id'], 'mine')
        _, metadata = self.client.call_with_metadata(*info)
        self.assertEqual(len(metadata['x-request-id']), 26)

    def test_methods_that_are_not_served_are_unimplemented(self):
        for path in ('/ttn.lorawan.v3.ApplicationRegistry/NoSuchMethod', '/ttn.lorawan.v3.NoSuchService/Get', '/nonsense'):
            with self.subTest(path=path):
                with self.assertRaises(GrpcError) as caught:
                    self.client.call_raw(path)
                self.assertEqual(caught.exception.code, grpc.StatusCode.UNIMPLEMENTED)

    def test_probes_are_told_that_the_server_and_its_services_are_healthy(self):
        serving = b'\x08\x01'
        self.assertEqual(self.client.call_raw('/grpc.health.v1.Health/Check'), serving)
        for service in ('ttn.lorawan.v3.ApplicationRegistry', 'farfield.v1.EndDeviceImport'):
            self.assertEqual(self.client.call_raw('/grpc.health.v1.Health/Check', b'\x0a' + bytes([len(service)]) + service.encode()), serving, service)
        with self.assertRaises(GrpcError) as caught:
            self.client.call_raw('/grpc.health.v1.Health/Check', b'\x0a\x04none')
        self.assertEqual(caught.exception.code, grpc.StatusCode.NOT_FOUND)

    def test_tools_learn_the_api_by_reflection(self):
        """What grpcurl does without .proto files: the services, then the file that has a method, and what it imports."""
        path = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo'
        services = self.client.stream_raw(path, b'\x3a\x01*')
        for service in (b'ttn.lorawan.v3.ApplicationRegistry', b'ttn.lorawan.v3.Events', b'grpc.health.v1.Health'):
            self.assertIn(service, services)
        method = b'ttn.lorawan.v3.ApplicationRegistry.Create'
        self.assertIn(b'CreateApplicationRequest', self.client.stream_raw(path, b'\x22' + bytes([len(method)]) + method))

    def test_bytes_that_are_no_message_are_an_error_of_the_call_alone(self):
        with self.assertRaises(GrpcError):
            self.client.call_raw('/ttn.lorawan.v3.ApplicationRegistry/Get', b'\xff' * 20)
        self.call('ApplicationRegistry/Get', {'applicationIds': {'applicationId': APPLICATION}})

    def test_a_request_above_the_limit_is_refused_and_one_below_is_read(self):
        path = '/ttn.lorawan.v3.ApplicationRegistry/Get'
        unknown_field = lambda size: b'\xa2\x7d' + API.type('ApplicationIdentifiers')(application_id='x' * size).SerializeToString()[1:]
        with self.assertRaises(GrpcError) as caught:
            self.client.call_raw(path, unknown_field(16 << 20))
        self.assertEqual(caught.exception.code, grpc.StatusCode.RESOURCE_EXHAUSTED)
        with self.assertRaises(GrpcError) as caught:
            self.client.call_raw(path, unknown_field((16 << 20) - 100))
        self.assertEqual(caught.exception.name, 'pkg/errors:validation', 'read, and without an application')


class DownlinkQueues(GrpcTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = device_ids(cls.server.simulate_abp(APPLICATION, cls.key, 'queue'))

    def queue(self):
        return self.call('AppAs/DownlinkQueueList', self.ids).downlinks

    def test_downlinks_are_pushed_replaced_and_listed(self):
        def items(*payloads):
            return {'endDeviceIds': self.ids, 'downlinks': [
                {'fPort': 15, 'frmPayload': hexa(payload), 'priority': 'HIGH', 'correlationIds': ['mine']} for payload in payloads]}
        self.call('AppAs/DownlinkQueueReplace', items('01'))
        self.call('AppAs/DownlinkQueuePush', items('02', '03'))
        queue = self.queue()
        self.assertEqual([item.frm_payload.hex() for item in queue], ['01', '02', '03'])
        self.assertEqual([item.f_port for item in queue], [15, 15, 15])
        counters = [item.f_cnt for item in queue]
        self.assertEqual(counters, sorted(set(counters)))
        self.assertIn('mine', queue[0].correlation_ids)
        self.assertTrue(any(one.startswith('rpc:/ttn.lorawan.v3.AppAs/DownlinkQueueReplace:') for one in queue[0].correlation_ids))
        self.call('AppAs/DownlinkQueueReplace', items('04'))
        self.assertEqual([item.frm_payload.hex() for item in self.queue()], ['04'])
        self.call('AppAs/DownlinkQueueReplace', {'endDeviceIds': self.ids})
        self.assertEqual(len(self.queue()), 0)

    def test_a_device_that_is_not_there_has_no_queue(self):
        error = self.refused('AppAs/DownlinkQueueList', device_ids('nobody'))
        self.assertEqual(error.code, grpc.StatusCode.NOT_FOUND, error)
        self.assertTrue(error.name.endswith(':device_not_found'), error.name)


class Streams(GrpcTest):
    def simulate(self, prefix):
        self.server.simulate_abp(APPLICATION, self.key, prefix)

    def events(self, **kwargs):
        stream = self.client.stream('Events/Stream', {'identifiers': [{'applicationIds': {'applicationId': APPLICATION}}]}, **kwargs)
        self.assertEqual(stream.next().name, 'events.stream.start')
        return stream

    def test_events_of_an_application_are_streamed(self):
        stream = self.events()
        self.simulate('event')
        event = stream.next_where(lambda one: one.name == 'as.up.data.forward')
        self.assertTrue(event.identifiers[0].device_ids.device_id.startswith('event'))
        self.assertTrue(event.data.type_url.endswith('ttn.lorawan.v3.ApplicationUp'), event.data.type_url)
        up = API.type('ApplicationUp').FromString(event.data.value)
        self.assertGreater(len(up.uplink_message.rx_metadata), 0)
        stream.cancel()

    def test_a_stream_ends_when_its_client_cancels_or_its_deadline_passes(self):
        cancelled = self.events()
        cancelled.cancel()
        self.assertEqual(cancelled.end().code, grpc.StatusCode.CANCELLED)
        self.assertEqual(self.events(timeout=1).end().code, grpc.StatusCode.DEADLINE_EXCEEDED)
        # Nothing is left of them that could disturb a later one.
        stream = self.events()
        self.simulate('after')
        stream.next_where(lambda one: one.name == 'ns.up.data.process')
        stream.cancel()

    def by_cluster(self, method, request):
        """What another process of the cluster is answered."""
        return self.call(method, request, key='', metadata=[('authorization', f'ClusterKey {CLUSTER_KEY}')])

    def test_the_registry_knows_when_a_device_was_heard(self):
        stream = self.client.stream('AppAs/Subscribe', {'applicationId': APPLICATION})
        stream.call.initial_metadata()
        self.simulate('seen')
        ids = device_ids(stream.next().end_device_ids.device_id)
        stream.cancel()
        get = lambda: self.call('EndDeviceRegistry/Get', {'endDeviceIds': ids, 'fieldMask': mask('last_seen_at', 'activated_at')})
        device = wait_until(lambda: (one := get()).HasField('last_seen_at') and one, 'the device has been seen')
        self.assertTrue(device.HasField('activated_at'))
        # Other processes tell it, too; older times do not count, nor do unknown devices.
        later = device.last_seen_at.seconds + 100
        for seconds in (later, later - 50):
            at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()
            self.by_cluster('EndDeviceRegistry/BatchUpdateLastSeen', {'updates': [
                {'ids': ids, 'lastSeenAt': at}, {'ids': device_ids('no-such-device'), 'lastSeenAt': at}]})
        self.assertEqual(get().last_seen_at.seconds, later)

    def test_the_cluster_notifies_collaborators(self):
        created = self.by_cluster('NotificationService/Create', {
            'entityIds': {'applicationIds': {'applicationId': APPLICATION}}, 'notificationType': 'something_new',
            'receivers': ['NOTIFICATION_RECEIVER_COLLABORATOR']})
        listed = self.call('NotificationService/List', {'receiverIds': {'userId': 'admin'}}).notifications
        self.assertIn((created.id, 'something_new'), [(one.id, one.notification_type) for one in listed])

    def test_a_stream_without_rights_or_subjects_does_not_begin(self):
        request = {'identifiers': [{'applicationIds': {'applicationId': APPLICATION}}]}
        for wish, key, code, name in (
                (request, '', grpc.StatusCode.UNAUTHENTICATED, 'pkg/auth/rights:unauthenticated'),
                ({}, None, grpc.StatusCode.INVALID_ARGUMENT, 'pkg/events/grpc:no_identifiers')):
            with self.subTest(name=name):
                self.assert_error(self.client.stream('Events/Stream', wish, key=key).end(), code, name)

    def test_a_gateway_has_statistics_while_it_is_connected(self):
        stream = self.client.stream('AppAs/Subscribe', {'applicationId': APPLICATION})
        stream.call.initial_metadata()  # Sent when messages are coming.
        self.simulate('stats')
        gateway = stream.next().uplink_message.rx_metadata[0].gateway_ids.gateway_id
        stream.cancel()
        stats = self.call('Gs/GetGatewayConnectionStats', {'gatewayId': gateway})
        self.assertEqual(stats.protocol, 'udp')
        self.assertEqual(stats.gateway_remote_address.ip, '127.0.0.1')
        self.assertGreaterEqual(stats.uplink_count, 3)
        self.assertGreater(stats.last_uplink_received_at.seconds, 1_500_000_000)
        # A stranger may know when the gateway's status is public.
        of_stranger = ('Gs/GetGatewayConnectionStats', {'gatewayId': gateway})
        self.assert_error(self.refused(*of_stranger, key=self.key), grpc.StatusCode.PERMISSION_DENIED, 'pkg/auth/rights:no_gateway_rights')
        self.call('GatewayRegistry/Update', {
            'gateway': {'ids': {'gatewayId': gateway}, 'statusPublic': True}, 'fieldMask': mask('status_public')})
        self.assertEqual(self.call(*of_stranger, key=self.key).protocol, 'udp')
        error = self.refused('Gs/GetGatewayConnectionStats', {'gatewayId': 'not-connected'})
        self.assertEqual(error.code, grpc.StatusCode.NOT_FOUND, error)


class Ending(GrpcTest):
    def test_an_ending_server_ends_its_streams(self):
        subscriber = self.client.stream('AppAs/Subscribe', {'applicationId': APPLICATION})
        subscriber.call.initial_metadata()
        events = self.client.stream('Events/Stream', {'identifiers': [{'applicationIds': {'applicationId': APPLICATION}}]})
        self.assertEqual(events.next().name, 'events.stream.start')
        self.assertEqual(self.server.stop(10), 0, self.server.log_tail())
        for stream in (subscriber, events):
            self.assertIn(stream.end().code, (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE))


class Configuration(GrpcTest):
    def test_everyone_may_know_bands_and_plans(self):
        plans = self.call('Configuration/ListFrequencyPlans', {'baseFrequency': 868, 'gatewaysOnly': True}, key='').frequency_plans
        self.assertIn('EU_863_870', [plan.id for plan in plans])
        self.assertNotIn('EU_863_870_TTN', [plan.id for plan in plans], 'not for gateways')
        versions = self.call('Configuration/GetPhyVersions', {'bandId': 'EU_863_870'}, key='').version_info
        self.assertEqual(len(versions[0].phy_versions), 13)  # one more than the reference: RP002-1.0.5
        bands = self.call('Configuration/ListBands', {'bandId': 'EU_863_870', 'phyVersion': 'RP002_V1_0_3'}, key='').descriptions
        band = bands['EU_863_870'].band['RP002_V1_0_3']
        self.assertEqual([channel.frequency for channel in band.uplink_channels], [868_100_000, 868_300_000, 868_500_000])
        error = self.refused('Configuration/ListBands', {'bandId': 'NO_BAND'})
        self.assert_error(error, grpc.StatusCode.NOT_FOUND, 'pkg/band:band_not_found')


if __name__ == '__main__':
    unittest.main()
