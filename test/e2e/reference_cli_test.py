"""The calls that an unmodified ttn-lw-cli makes, in its order and over TLS, with a token that it got by logging in (spec cli §2, §6, §8)."""
import base64
import unittest

import grpc

from grpc_client import GrpcError, mask
from oauth_test import AUTHORIZE, PASSWORD, OAuthServer

APPLICATION = 'food-safety'
APP_IDS = {'applicationId': APPLICATION}
GATEWAY = 'roof'
ADDRESSES = ('network_server_address', 'application_server_address', 'join_server_address')
HOST = 'localhost'
KEY = '2B7E151628AED2A6ABF7158809CF4F3C'
PLAN = {'frequencyPlanId': 'EU_863_870_TTN', 'lorawanVersion': 'MAC_V1_0_3', 'lorawanPhyVersion': 'PHY_V1_0_3_REV_A'}
PLAN_PATHS = ('frequency_plan_id', 'lorawan_version', 'lorawan_phy_version')


def hexa(text):
    """Bytes in protobuf's JSON form."""
    return base64.b64encode(bytes.fromhex(text)).decode()


def device_ids(device_id, **more):
    return {'deviceId': device_id, 'applicationIds': APP_IDS, **more}


class ReferenceCli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = OAuthServer().start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.api('POST', '/users', {'user': {'ids': {'user_id': 'ada'}, 'password': PASSWORD,
                                                   'primary_email_address': 'ada@example.org', 'state': 'STATE_APPROVED'}})
        cls.client = cls.server.client(cls.login())
        cls.addClassCleanup(cls.client.__exit__)
        cls.call = cls.client.call
        cls.owner = {'userIds': {'userId': 'ada'}}
        # applications create food-safety --user-id ada
        cls.call('ApplicationRegistry/Create', {'application': {
            'ids': APP_IDS, 'name': 'Food', 'networkServerAddress': HOST, 'applicationServerAddress': HOST, 'joinServerAddress': HOST},
            'collaborator': cls.owner})

    @classmethod
    def login(cls):
        """`login`: the browser's part and the command line's; its token."""
        browser = cls.server.browser()
        page = browser.get(AUTHORIZE.format('local-callback'))
        answer = browser.submit(page.form('/oauth/login'), follow=False, user_id='ada', password=PASSWORD)
        while not answer.location.startswith('http://localhost:11885/'):
            answer = browser.request('GET', answer.location)
        code = answer.location.split('code=')[1].split('&')[0]
        status, token = cls.server.token({'grant_type': 'authorization_code', 'client_id': 'cli', 'code': code,
                                                          'redirect_uri': 'local-callback'})
        assert status == 200, token
        return token['access_token']

    def refused(self, method, request):
        with self.assertRaises(GrpcError) as caught:
            self.call(method, request)
        return caught.exception

    def set(self, registry, device, *paths):
        return self.call(f'{registry}/Set', {'endDevice': device, 'fieldMask': mask(*paths)})

    def get(self, registry, ids, *paths):
        return self.call(f'{registry}/Get', {'endDeviceIds': ids, 'fieldMask': mask(*paths)})

    def create(self, device, is_paths, js=None, ns=(), as_=()):
        """`end-devices create`, from the look at the application on."""
        self.call('ApplicationRegistry/Get', {'applicationIds': APP_IDS, 'fieldMask': mask(*ADDRESSES)})
        part = lambda *names: {'ids': device['ids'], **{name: device[name] for name in names if name in device}}
        self.call('EndDeviceRegistry/Create', {'endDevice': part(*is_paths)})
        if js is not None:
            self.set('JsEndDeviceRegistry', part('rootKeys', 'networkServerAddress', 'applicationServerAddress'), *js)
        # Both are called, even with nothing of theirs.
        self.set('NsEndDeviceRegistry', part('frequencyPlanId', 'lorawanVersion', 'lorawanPhyVersion', 'supportsJoin', 'session',
                                             'macSettings'), *ns)
        self.set('AsEndDeviceRegistry', part('session', 'formatters'), *as_)

    def create_otaa(self, device_id, dev_eui):
        ids = device_ids(device_id, devEui=hexa(dev_eui), joinEui=hexa('70B3D57ED0000001'))
        self.create({'ids': ids, 'name': 'Cold room', **PLAN, 'supportsJoin': True, 'networkServerAddress': HOST,
                     'applicationServerAddress': HOST, 'joinServerAddress': HOST, 'rootKeys': {'appKey': {'key': hexa(KEY)}}},
                    ('name', 'networkServerAddress', 'applicationServerAddress', 'joinServerAddress', 'lorawanVersion', 'lorawanPhyVersion',
                     'frequencyPlanId', 'supportsJoin'),
                    js=('network_server_address', 'application_server_address', 'root_keys.app_key.key'),
                    ns=(*PLAN_PATHS, 'supports_join'), as_=())
        return ids

    def delete(self, ids):
        """`end-devices delete`; the join server only with both EUIs."""
        found = self.get('EndDeviceRegistry', ids, *ADDRESSES)
        full = {**ids, 'devEui': base64.b64encode(found.ids.dev_eui).decode(), 'joinEui': base64.b64encode(found.ids.join_eui).decode()}
        full = full if found.ids.dev_eui and found.ids.join_eui else ids
        self.call('AsEndDeviceRegistry/Delete', full)
        self.call('NsEndDeviceRegistry/Delete', full)
        if full is not ids:
            self.call('JsEndDeviceRegistry/Delete', full)
        self.call('EndDeviceRegistry/Delete', ids)

    def test_otaa_device_from_create_to_delete(self):
        self.create_otaa('cold-room', '0102030405060701')
        ids = device_ids('cold-room')
        # get: the identity server first, with the addresses; then the others.
        found = self.get('EndDeviceRegistry', ids, 'name', *ADDRESSES)
        self.assertEqual((found.name, found.network_server_address, found.join_server_address), ('Cold room', HOST, HOST))
        named = {**ids, 'devEui': hexa('0102030405060701'), 'joinEui': hexa('70B3D57ED0000001')}
        self.assertEqual(self.get('JsEndDeviceRegistry', named, 'root_keys').root_keys.app_key.key, bytes.fromhex(KEY))
        self.assertEqual(self.get('AsEndDeviceRegistry', named, 'formatters').formatters.up_formatter, 0)
        network = self.get('NsEndDeviceRegistry', named, *PLAN_PATHS, 'supports_join', 'mac_settings')
        self.assertEqual((network.frequency_plan_id, network.supports_join), ('EU_863_870_TTN', True))
        # set: name at the identity server; a MAC setting; a formatter.
        self.get('EndDeviceRegistry', ids, *ADDRESSES)
        self.call('EndDeviceRegistry/Update', {'endDevice': {'ids': named, 'name': 'Room 7'}, 'fieldMask': mask('name')})
        self.set('JsEndDeviceRegistry', {'ids': named})
        self.set('NsEndDeviceRegistry', {'ids': named, 'macSettings': {'rx1Delay': {'value': 'RX_DELAY_5'}}}, 'mac_settings.rx1_delay')
        self.set('AsEndDeviceRegistry', {'ids': named, 'formatters': {'upFormatter': 'FORMATTER_CAYENNELPP'}}, 'formatters.up_formatter')
        self.assertEqual(self.get('NsEndDeviceRegistry', named, 'mac_settings.rx1_delay').mac_settings.rx1_delay.value, 5)
        self.assertEqual(self.get('EndDeviceRegistry', ids, 'name').name, 'Room 7')
        # reset of a device that joins.
        self.get('EndDeviceRegistry', ids, *ADDRESSES)
        self.call('NsEndDeviceRegistry/ResetFactoryDefaults',
                  {'endDeviceIds': named, 'fieldMask': mask('mac_state', 'session')})
        self.get('AsEndDeviceRegistry', named, 'session', 'pending_session')
        # As far as its own list of what can be set has them.
        self.set('AsEndDeviceRegistry', {'ids': named}, 'session.last_a_f_cnt_down')
        counters = ('last_dev_nonce', 'used_dev_nonces', 'last_join_nonce')
        self.get('JsEndDeviceRegistry', named, *counters)
        self.set('JsEndDeviceRegistry', {'ids': named}, *counters)
        self.delete(ids)
        for registry in ('EndDeviceRegistry', 'NsEndDeviceRegistry', 'AsEndDeviceRegistry', 'JsEndDeviceRegistry'):
            error = self.refused(f'{registry}/Get', {'endDeviceIds': named})
            self.assertEqual(error.code, grpc.StatusCode.NOT_FOUND, registry)
            self.assertTrue(error.details.name, registry)

    def test_abp_device(self):
        # create --abp --with-session
        address = self.call('Ns/GenerateDevAddr', {}).dev_addr
        self.assertEqual(len(address), 4)
        ids = device_ids('gate', devAddr=base64.b64encode(address).decode())
        key = {'key': hexa(KEY)}
        session = {'devAddr': base64.b64encode(address).decode(),
                   'keys': {'sessionKeyId': hexa('01'), 'fNwkSIntKey': key, 'appSKey': key}}
        self.create({'ids': ids, **PLAN, 'networkServerAddress': HOST, 'applicationServerAddress': HOST, 'session': session},
                    ('networkServerAddress', 'applicationServerAddress', 'lorawanVersion', 'lorawanPhyVersion', 'frequencyPlanId'),
                    ns=(*PLAN_PATHS, 'supports_join', 'session.dev_addr', 'session.keys.f_nwk_s_int_key.key', 'session.keys.session_key_id'),
                    as_=('session.dev_addr', 'session.keys.app_s_key.key', 'session.keys.session_key_id'))
        network = self.get('NsEndDeviceRegistry', ids, 'session', 'supports_join')
        self.assertEqual((network.session.dev_addr, network.supports_join), (address, False))
        self.assertEqual(self.get('AsEndDeviceRegistry', ids, 'session').session.keys.app_s_key.key, bytes.fromhex(KEY))
        # downlinks
        queue = {'endDeviceIds': ids, 'downlinks': [{'fPort': 2, 'frmPayload': hexa('0102'), 'priority': 'NORMAL'}]}
        self.call('AppAs/DownlinkQueuePush', queue)
        self.assertEqual([item.f_port for item in self.call('AppAs/DownlinkQueueList', ids).downlinks], [2])
        self.call('AppAs/DownlinkQueueReplace', {'endDeviceIds': ids})
        self.assertEqual(len(self.call('AppAs/DownlinkQueueList', ids).downlinks), 0)
        # reset of a device that does not join
        self.call('NsEndDeviceRegistry/ResetFactoryDefaults', {'endDeviceIds': ids})
        self.set('AsEndDeviceRegistry', {'ids': ids, 'session': session}, 'session.last_a_f_cnt_down')
        self.delete(device_ids('gate'))

    def test_partial_device_is_cleaned_up(self):
        """What `create` does after a failure, and that it can be done again."""
        ids = device_ids('half', devEui=hexa('0102030405060702'), joinEui=hexa('70B3D57ED0000001'))
        self.call('EndDeviceRegistry/Create', {'endDevice': {'ids': ids, 'joinServerAddress': HOST}})
        self.assertEqual(self.get('EndDeviceRegistry', device_ids('half'), *ADDRESSES).join_server_address, HOST)
        again = self.refused('EndDeviceRegistry/Create', {'endDevice': {'ids': ids}})
        self.assertEqual(again.code, grpc.StatusCode.ALREADY_EXISTS)
        for registry in ('AsEndDeviceRegistry', 'NsEndDeviceRegistry', 'JsEndDeviceRegistry'):
            self.assertEqual(self.refused(f'{registry}/Delete', ids).code, grpc.StatusCode.NOT_FOUND, registry)
        self.call('EndDeviceRegistry/Delete', ids)
        self.create_otaa('half', '0102030405060702')
        self.delete(device_ids('half'))

    def test_lists_searches_and_batches(self):
        for i in range(3):
            self.create_otaa(f'batch-{i}', f'01020304050607A{i}')
        listed, metadata = self.client.call_with_metadata('EndDeviceRegistry/List', {
            'applicationIds': APP_IDS, 'fieldMask': mask('name'), 'limit': 2, 'page': 1, 'order': 'device_id'})
        self.assertEqual([device.ids.device_id for device in listed.end_devices], ['batch-0', 'batch-1'])
        self.assertGreaterEqual(int(metadata['x-total-count']), 3)
        found = self.call('EntityRegistrySearch/SearchApplications', {
            'idContains': 'food', 'fieldMask': mask('name')})
        self.assertEqual([application.ids.application_id for application in found.applications], [APPLICATION])
        devices = self.call('EndDeviceRegistrySearch/SearchEndDevices', {
            'applicationIds': APP_IDS, 'idContains': 'batch', 'fieldMask': mask('name')})
        self.assertEqual(len(devices.end_devices), 3)
        ids = [f'batch-{i}' for i in range(3)]
        batch = {'applicationIds': APP_IDS, 'deviceIds': ids}
        found = self.call('EndDeviceBatchRegistry/Get', {**batch, 'deviceIds': [*ids, 'nobody'], 'fieldMask': mask(*ADDRESSES)})
        self.assertEqual(len(found.end_devices), 3, 'unknown ids are left out')
        for service in ('JsEndDeviceBatchRegistry', 'AsEndDeviceBatchRegistry', 'NsEndDeviceBatchRegistry', 'EndDeviceBatchRegistry'):
            self.call(f'{service}/Delete', batch)
        self.assertEqual(len(self.call('EndDeviceBatchRegistry/Get', batch).end_devices), 0)

    def test_gateway_with_its_api_key(self):
        ids = {'gatewayId': GATEWAY, 'eui': hexa('0011223344556677')}
        self.call('GatewayRegistry/Create', {'gateway': {
            'ids': ids, 'gatewayServerAddress': HOST, 'frequencyPlanIds': ['EU_863_870_TTN'], 'enforceDutyCycle': True,
            'scheduleAnytimeDelay': '0.530s'}, 'collaborator': self.owner})
        key = self.call('GatewayAccess/CreateAPIKey', {'gatewayIds': ids, 'name': 'link', 'rights': ['RIGHT_GATEWAY_LINK']})
        self.assertTrue(key.key.startswith('NNSXS.'))
        self.assertEqual([one.id for one in self.call('GatewayAccess/ListAPIKeys', {'gatewayIds': ids}).api_keys], [key.id])
        self.call('GatewayAccess/UpdateAPIKey', {'gatewayIds': ids, 'apiKey': {'id': key.id, 'name': 'uplink'}, 'fieldMask': mask('name')})
        self.assertEqual(self.call('GatewayAccess/GetAPIKey', {'gatewayIds': ids, 'keyId': key.id}).name, 'uplink')
        eui = self.call('GatewayRegistry/GetIdentifiersForEUI', {'eui': ids['eui']})
        self.assertEqual(eui.gateway_id, GATEWAY)
        self.call('GatewayRegistry/Update', {'gateway': {'ids': ids, 'name': 'Roof'}, 'fieldMask': mask('name')})
        self.assertEqual(self.call('GatewayRegistry/Get', {'gatewayIds': ids, 'fieldMask': mask('name')}).name, 'Roof')
        stats = self.refused('Gs/GetGatewayConnectionStats', ids)
        self.assertEqual(stats.code, grpc.StatusCode.NOT_FOUND)
        self.call('GatewayRegistry/Delete', {'gatewayId': GATEWAY})
        self.assertEqual([one.ids.gateway_id for one in self.call('GatewayRegistry/List', {}).gateways], [])
        self.call('GatewayRegistry/Restore', {'gatewayId': GATEWAY})
        self.assertEqual([one.ids.gateway_id for one in self.call('GatewayRegistry/List', {}).gateways], [GATEWAY])

    def test_api_keys_and_collaborators_of_an_application(self):
        key = self.call('ApplicationAccess/CreateAPIKey', {'applicationIds': APP_IDS, 'name': 'mqtt',
                                                           'rights': ['RIGHT_APPLICATION_TRAFFIC_READ']})
        with self.server.client(key.key) as mqtt:
            info = mqtt.call('EntityAccess/AuthInfo').api_key
            self.assertEqual((info.api_key.id, info.entity_ids.application_ids.application_id), (key.id, APPLICATION))
            with self.assertRaises(GrpcError) as refused:
                mqtt.call('ApplicationRegistry/Delete', APP_IDS)
            self.assertEqual(refused.exception.code, grpc.StatusCode.PERMISSION_DENIED)
        self.call('ApplicationAccess/DeleteAPIKey', {'applicationIds': APP_IDS, 'keyId': key.id})
        self.assertEqual(len(self.call('ApplicationAccess/ListAPIKeys', {'applicationIds': APP_IDS}).api_keys), 0)
        members = self.call('ApplicationAccess/ListCollaborators', {'applicationIds': APP_IDS}).collaborators
        self.assertEqual([one.ids.user_ids.user_id for one in members], ['ada'])
        rights = self.call('ApplicationAccess/ListRights', APP_IDS).rights
        self.assertGreater(len(rights), 10)

    def test_events_of_an_application(self):
        events = self.client.stream('Events/Stream', {'identifiers': [{'applicationIds': APP_IDS}], 'tail': 0})
        self.addCleanup(events.cancel)
        self.assertEqual(events.next().name, 'events.stream.start')
        self.call('ApplicationRegistry/Update', {'application': {'ids': APP_IDS, 'description': 'x'}, 'fieldMask': mask('description')})
        event = events.next_where(lambda event: event.name == 'application.update')
        self.assertEqual(event.identifiers[0].application_ids.application_id, APPLICATION)
        self.assertEqual((event.authentication.type, event.authentication.token_type), ('bearer', 'AccessToken'))
        self.assertEqual(event.authentication.token_id, self.call('EntityAccess/AuthInfo').oauth_access_token.id)
        self.assertIn('127.0.0.1', event.remote_ip)
        self.assertIn('grpc', event.user_agent)
        ids = self.create_otaa('watched', '0102030405060703')
        names = set()
        wanted = {'end_device.create', 'ns.end_device.create', 'as.end_device.create', 'js.end_device.create'}
        while not wanted <= names:
            event = events.next()
            names.add(event.name)
            if event.name in wanted:
                self.assertEqual(event.authentication.token_type, 'AccessToken', event.name)
        self.delete({key: ids[key] for key in ('deviceId', 'applicationIds')})

    def test_configuration_that_it_asks_for(self):
        self.assertTrue(self.call('Configuration/ListFrequencyPlans', {}).frequency_plans)
        self.assertTrue(self.call('Configuration/ListBands', {}).descriptions)
        self.assertTrue(self.call('Configuration/GetPhyVersions', {}).version_info)
        self.assertEqual(len(self.call('Ns/GetNetID', {}).net_id), 3)
        self.assertTrue(self.call('Ns/GetDeviceAddressPrefixes', {}).dev_addr_prefixes)
        self.call('Ns/GetDefaultMACSettings', {'frequencyPlanId': 'EU_863_870_TTN', 'lorawanPhyVersion': 'PHY_V1_0_3_REV_A'})
        self.call('Js/GetDefaultJoinEUI', {})
        self.call('Is/GetConfiguration', {})
        bad = self.refused('EndDeviceRegistry/Update', {'endDevice': {'ids': device_ids('nobody')}, 'fieldMask': mask('mac_state')})
        self.assertEqual((bad.code, bad.details.name), (grpc.StatusCode.INVALID_ARGUMENT, 'field_mask_paths'))


if __name__ == '__main__':
    unittest.main(verbosity=2)
