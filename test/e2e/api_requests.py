"""A small valid and an invalid request for every method of the API, and what HTTP makes of them. In the JSON form with proto field names.

Requests are made from the descriptors: identifiers of the entities that the test has created, and by name what a method asks for besides.
"""
import base64
import copy
import json
import re
import urllib.parse

from google.protobuf import json_format

from grpc_client import API, mask
from harness import ApiError

APPLICATION, DEVICE, GATEWAY = 'table-app', 'table-dev', 'table-gtw'
ORGANIZATION, CLIENT, USER = 'table-org', 'table-client', 'table-user'
DEPTH_MAX = 4
UNSET = object()

IDENTIFIERS = {
    'ApplicationIdentifiers': {'application_id': APPLICATION},
    'ClientIdentifiers': {'client_id': CLIENT},
    'EndDeviceIdentifiers': {'device_id': DEVICE, 'application_ids': {'application_id': APPLICATION}},
    'GatewayIdentifiers': {'gateway_id': GATEWAY},
    'OrganizationIdentifiers': {'organization_id': ORGANIZATION},
    'UserIdentifiers': {'user_id': USER},
    'OrganizationOrUserIdentifiers': {'user_ids': {'user_id': USER}},
    'EntityIdentifiers': {'application_ids': {'application_id': APPLICATION}},
    'ApplicationWebhookIdentifiers': {'application_ids': {'application_id': APPLICATION}, 'webhook_id': 'table-hook'},
    'ApplicationWebhookTemplateIdentifiers': {'template_id': 'table-template'},
    'ApplicationPubSubIdentifiers': {'application_ids': {'application_id': APPLICATION}, 'pub_sub_id': 'table-pubsub'},
    'ApplicationPackageAssociationIdentifiers': {
        'end_device_ids': {'device_id': DEVICE, 'application_ids': {'application_id': APPLICATION}}, 'f_port': 5},
    'ApplicationPackageDefaultAssociationIdentifiers': {'application_ids': {'application_id': APPLICATION}, 'f_port': 5},
    'MACSettingsProfileIdentifiers': {'application_ids': {'application_id': APPLICATION}, 'profile_id': 'table-profile'},
    'EndDeviceVersionIdentifiers': {'brand_id': 'some-brand', 'model_id': 'some-model', 'firmware_version': '1.0', 'band_id': 'EU_863_870'},
    'VersionIdentifiers': {},
}

API_KEY = {'name': 'table'}
EUI = '70B3D57ED0000001'
COLLABORATOR = {'ids': {'user_ids': {'user_id': USER}}}
DEVICE_IDS_AND_EUIS = {**IDENTIFIERS['EndDeviceIdentifiers'], 'dev_eui': EUI, 'join_eui': EUI}
RELAY = {'serving': {'second_channel': {'data_rate_index': 1, 'frequency': 868300000, 'ack_offset': 'RELAY_SECOND_CH_ACK_OFFSET_0'},
                     'default_channel_index': 0, 'cad_periodicity': 'RELAY_CAD_PERIODICITY_1_SECOND'}}
UPLINK = {'f_port': 1, 'frm_payload': 'A2cBEA==', 'rx_metadata': [{'gateway_ids': {'gateway_id': GATEWAY}}],
          'settings': {'data_rate': {'lora': {'bandwidth': 125000, 'spreading_factor': 7, 'coding_rate': '4/5'}}, 'frequency': 868100000}}
DOWNLINK = {'f_port': 1, 'frm_payload': 'AQBk/w==', 'session_key_id': 'AQID'}

# What a method needs beyond identifiers, merged over what the descriptors give; UNSET takes a field away.
MORE = {
    'ContactInfoRegistry/RequestValidation': {'application_ids': UNSET, 'user_ids': IDENTIFIERS['UserIdentifiers']},
    'ContactInfoRegistry/Validate': {'id': 'some-id', 'token': 'some-token'},
    'EmailValidationRegistry/Validate': {'id': 'some-id', 'token': 'some-token'},
    'UserRegistry/Create': {'user': {'ids': {'user_id': 'table-new-user'}, 'primary_email_address': 'new@example.com', 'password': 'Correct-horse-1'}},
    'UserRegistry/Update': {'user': {'name': 'Table'}, 'field_mask': 'name'},
    'UserRegistry/UpdatePassword': {'new': 'Correct-horse-2', 'old': 'Correct-horse-0'},
    'UserAccess/CreateAPIKey': {**API_KEY, 'rights': ['RIGHT_USER_INFO']},
    'UserAccess/UpdateAPIKey': {'api_key': {'id': 'SOMEKEYID', 'name': 'x'}, 'field_mask': 'name'},
    'UserAccess/GetAPIKey': {'key_id': 'SOMEKEYID'},
    'UserAccess/DeleteAPIKey': {'key_id': 'SOMEKEYID'},
    'UserInvitationRegistry/Send': {'email': 'guest@example.com'},
    'UserInvitationRegistry/Delete': {'email': 'guest@example.com'},
    'UserSessionRegistry/Delete': {'session_id': 'some-session'},
    'As/SetLink': {'link': {'default_formatters': {'up_formatter': 'FORMATTER_CAYENNELPP'}}},
    'AppAs/SimulateUplink': {'uplink_message': UPLINK},
    'AppAs/DownlinkQueuePush': {'downlinks': [{'f_port': 1, 'frm_payload': 'AQI='}]},
    'AppAs/DownlinkQueueReplace': {'downlinks': []},
    'AppAs/EncodeDownlink': {'downlink': DOWNLINK, 'formatter': 'FORMATTER_CAYENNELPP'},
    'AppAs/DecodeUplink': {'uplink': UPLINK, 'formatter': 'FORMATTER_CAYENNELPP'},
    'AppAs/DecodeDownlink': {'downlink': DOWNLINK, 'formatter': 'FORMATTER_CAYENNELPP'},
    'AsEndDeviceRegistry/Set': {'end_device': {'ids': DEVICE_IDS_AND_EUIS, 'formatters': {'up_formatter': 'FORMATTER_CAYENNELPP'}}, 'field_mask': 'formatters'},
    'AsEndDeviceBatchRegistry/Delete': {'device_ids': ['other-dev']},
    'ApplicationUpStorage/GetStoredApplicationUp': {'type': 'uplink_message'},
    'ApplicationUpStorage/GetStoredApplicationUpCount': {'type': 'uplink_message'},
    'ApplicationPackageRegistry/SetAssociation': {'association': {'package_name': 'alcsync-v1'}, 'field_mask': 'package_name'},
    'ApplicationPackageRegistry/SetDefaultAssociation': {'default': {'package_name': 'alcsync-v1'}, 'field_mask': 'package_name'},
    'Events/FindRelated': {'correlation_id': 'some-correlation'},
    'NsRelayConfigurationService/CreateRelay': {'settings': RELAY},
    'NsRelayConfigurationService/UpdateRelay': {'settings': RELAY, 'field_mask': 'mode.serving'},
    'NsRelayConfigurationService/CreateRelayUplinkForwardingRule': {'index': 1, 'rule': {'device_id': DEVICE, 'session_key_id': 'AQID'}},
    'NsRelayConfigurationService/UpdateRelayUplinkForwardingRule': {'index': 1, 'rule': {'device_id': DEVICE, 'session_key_id': 'AQID'}, 'field_mask': 'device_id'},
    'NsRelayConfigurationService/GetRelayUplinkForwardingRule': {'index': 1},
    'NsRelayConfigurationService/DeleteRelayUplinkForwardingRule': {'index': 1},
    'NotificationService/Create': {'notification_type': 'api_key_created', 'receivers': ['NOTIFICATION_RECEIVER_COLLABORATOR'], 'sender_ids': UNSET},
    'NotificationService/UpdateStatus': {'ids': ['2f1ab2a1-4c3d-4c39-9d4c-0f8c2f9f8f11'], 'status': 'NOTIFICATION_STATUS_SEEN'},
    'ApplicationWebhookRegistry/Set': {'webhook': {'base_url': 'https://example.com/hook', 'format': 'json', 'template_ids': UNSET}, 'field_mask': 'base_url,format'},
    'ApplicationPubSubRegistry/Set': {'pubsub': {'nats': {'server_url': 'nats://example.com:4222'}, 'format': 'json'}, 'field_mask': 'provider.nats,format'},
    'DeviceRepository/GetBrand': {'brand_id': 'some-brand'},
    'DeviceRepository/GetModel': {'brand_id': 'some-brand', 'model_id': 'some-model'},
    'DeviceRepository/GetTemplate': {'end_device_profile_ids': UNSET},
    'GatewayRegistry/Create': {'gateway': {'ids': {'gateway_id': 'table-new-gtw'}}},
    'GatewayRegistry/Update': {'gateway': {'name': 'Table'}, 'field_mask': 'name'},
    'GatewayRegistry/GetIdentifiersForEUI': {'eui': EUI},
    'GatewayAccess/CreateAPIKey': {**API_KEY, 'rights': ['RIGHT_GATEWAY_INFO']},
    'GatewayAccess/UpdateAPIKey': {'api_key': {'id': 'SOMEKEYID', 'name': 'x'}, 'field_mask': 'name'},
    'GatewayAccess/GetAPIKey': {'key_id': 'SOMEKEYID'},
    'GatewayAccess/DeleteAPIKey': {'key_id': 'SOMEKEYID'},
    'GatewayAccess/SetCollaborator': {'collaborator': {**COLLABORATOR, 'rights': ['RIGHT_GATEWAY_INFO']}},
    'GatewayBatchAccess/AssertRights': {'required': {'rights': ['RIGHT_GATEWAY_INFO']}},
    'ClientRegistry/Create': {'client': {'ids': {'client_id': 'table-new-client'}}},
    'ClientRegistry/Update': {'client': {'name': 'Table'}, 'field_mask': 'name'},
    'ClientAccess/SetCollaborator': {'collaborator': {**COLLABORATOR, 'rights': ['RIGHT_CLIENT_INFO']}},
    'EndDeviceRegistry/Create': {'end_device': {'ids': {**DEVICE_IDS_AND_EUIS, 'device_id': 'table-new-dev'}}},
    'EndDeviceRegistry/Update': {'end_device': {'name': 'Table'}, 'field_mask': 'name'},
    'EndDeviceRegistry/GetIdentifiersForEUIs': {'dev_eui': EUI, 'join_eui': EUI},
    'EndDeviceRegistry/BatchUpdateLastSeen': {'updates': [{'ids': IDENTIFIERS['EndDeviceIdentifiers'], 'last_seen_at': '2026-01-01T00:00:00Z'}]},
    'EndDeviceBatchRegistry/Get': {'device_ids': [DEVICE]},
    'EndDeviceBatchRegistry/Delete': {'device_ids': ['other-dev']},
    'EndDeviceTemplateConverter/Convert': {'format_id': 'some-format'},
    'ApplicationRegistry/Create': {'application': {'ids': {'application_id': 'table-new-app'}}},
    'ApplicationRegistry/Update': {'application': {'name': 'Table'}, 'field_mask': 'name'},
    'ApplicationAccess/CreateAPIKey': {**API_KEY, 'rights': ['RIGHT_APPLICATION_INFO']},
    'ApplicationAccess/UpdateAPIKey': {'api_key': {'id': 'SOMEKEYID', 'name': 'x'}, 'field_mask': 'name'},
    'ApplicationAccess/GetAPIKey': {'key_id': 'SOMEKEYID'},
    'ApplicationAccess/DeleteAPIKey': {'key_id': 'SOMEKEYID'},
    'ApplicationAccess/SetCollaborator': {'collaborator': {**COLLABORATOR, 'rights': ['RIGHT_APPLICATION_INFO']}},
    'OrganizationRegistry/Create': {'organization': {'ids': {'organization_id': 'table-new-org'}}},
    'OrganizationRegistry/Update': {'organization': {'name': 'Table'}, 'field_mask': 'name'},
    'OrganizationAccess/CreateAPIKey': {**API_KEY, 'rights': ['RIGHT_ORGANIZATION_INFO']},
    'OrganizationAccess/UpdateAPIKey': {'api_key': {'id': 'SOMEKEYID', 'name': 'x'}, 'field_mask': 'name'},
    'OrganizationAccess/GetAPIKey': {'key_id': 'SOMEKEYID'},
    'OrganizationAccess/DeleteAPIKey': {'key_id': 'SOMEKEYID'},
    'OrganizationAccess/SetCollaborator': {'collaborator': {**COLLABORATOR, 'rights': ['RIGHT_ORGANIZATION_INFO']}},
    'OAuthAuthorizationRegistry/DeleteToken': {'id': 'SOMETOKEN'},
    'NsJs/HandleJoin': {'raw_payload': 'AAEAANB+1bNwAQAA0H7Vs3ABAAAAAAA=', 'dev_addr': '26011234', 'selected_mac_version': 'MAC_V1_0_3',
                        'net_id': '000013', 'downlink_settings': {}},
    'NsJs/GetNwkSKeys': {'session_key_id': 'AQID', 'dev_eui': EUI, 'join_eui': EUI},
    'AsJs/GetAppSKey': {'session_key_id': 'AQID', 'dev_eui': EUI, 'join_eui': EUI},
    'AppJs/GetAppSKey': {'session_key_id': 'AQID', 'dev_eui': EUI, 'join_eui': EUI},
    'NetworkCryptoService/JoinRequestMIC': {'ids': DEVICE_IDS_AND_EUIS, 'lorawan_version': 'MAC_V1_0_3', 'payload': 'AQID'},
    'NetworkCryptoService/JoinAcceptMIC': {'payload_request': {'ids': DEVICE_IDS_AND_EUIS, 'lorawan_version': 'MAC_V1_0_3', 'payload': 'AQID'},
                                           'join_request_type': 'REJOIN_CONTEXT', 'dev_nonce': '0001'},
    'NetworkCryptoService/EncryptJoinAccept': {'ids': DEVICE_IDS_AND_EUIS, 'lorawan_version': 'MAC_V1_0_3', 'payload': 'AAECAwQFBgcICQoLDA0ODw=='},
    'NetworkCryptoService/EncryptRejoinAccept': {'ids': DEVICE_IDS_AND_EUIS, 'lorawan_version': 'MAC_V1_1', 'payload': 'AAECAwQFBgcICQoLDA0ODw=='},
    'NetworkCryptoService/DeriveNwkSKeys': {'ids': DEVICE_IDS_AND_EUIS, 'lorawan_version': 'MAC_V1_0_3', 'join_nonce': '000001', 'dev_nonce': '0001', 'net_id': '000013'},
    'NetworkCryptoService/GetNwkKey': {'ids': DEVICE_IDS_AND_EUIS},
    'ApplicationCryptoService/DeriveAppSKey': {'ids': DEVICE_IDS_AND_EUIS, 'lorawan_version': 'MAC_V1_0_3', 'join_nonce': '000001', 'dev_nonce': '0001', 'net_id': '000013'},
    'ApplicationCryptoService/GetAppKey': {'ids': DEVICE_IDS_AND_EUIS},
    'JsEndDeviceRegistry/Set': {'end_device': {'ids': DEVICE_IDS_AND_EUIS, 'root_keys': {'app_key': {'key': '00112233445566778899AABBCCDDEEFF'}}},
                                'field_mask': 'root_keys.app_key.key'},
    'JsEndDeviceRegistry/Provision': {'provisioner_id': 'microchip', 'list': {'join_eui': EUI, 'end_device_ids': [IDENTIFIERS['EndDeviceIdentifiers']]}},
    'JsEndDeviceBatchRegistry/Delete': {'device_ids': ['other-dev']},
    'ApplicationActivationSettingRegistry/Set': {'settings': {'home_net_id': '000013'}, 'field_mask': 'home_net_id'},
    'Ns/GetDefaultMACSettings': {'frequency_plan_id': 'EU_863_870', 'lorawan_phy_version': 'PHY_V1_0_3_REV_A'},
    'NsEndDeviceRegistry/Set': {
        'end_device': {'ids': DEVICE_IDS_AND_EUIS, 'frequency_plan_id': 'EU_863_870', 'lorawan_version': 'MAC_V1_0_3',
                       'lorawan_phy_version': 'PHY_V1_0_3_REV_A', 'supports_join': True},
        'field_mask': 'frequency_plan_id,lorawan_version,lorawan_phy_version,supports_join'},
    'NsEndDeviceBatchRegistry/Delete': {'device_ids': ['other-dev']},
    'NsMACSettingsProfileRegistry/Create': {'mac_settings_profile': {'mac_settings': {'use_adr': True}}},
    'NsMACSettingsProfileRegistry/Update': {'mac_settings_profile': {'mac_settings': {'use_adr': True}}, 'mac_settings_profile_ids': UNSET},
}
# In place of the first identifier that is made wrong.
TOO_MANY = {'limit': 5000}
INVALID = {
    **{f'EntityRegistrySearch/Search{kind}': TOO_MANY for kind in ('Applications', 'Clients', 'Gateways', 'Organizations', 'Users')},
    'UserRegistry/List': TOO_MANY,
    'UserInvitationRegistry/List': TOO_MANY,
    'UserInvitationRegistry/Send': {'email': 'nobody'},
    'UserInvitationRegistry/Delete': {'email': 'nobody'},
    'ContactInfoRegistry/Validate': {'id': ''},
    'EmailValidationRegistry/Validate': {'id': ''},
    'Events/FindRelated': {'correlation_id': ''},
    'NsJs/HandleJoin': {'raw_payload': 'AQID'},
    'NsJs/GetNwkSKeys': {'session_key_id': 'A' * 4000},
    'AsJs/GetAppSKey': {'session_key_id': 'A' * 4000},
    'AppJs/GetAppSKey': {'session_key_id': 'A' * 4000},
}


def create_entities(server):
    """What the requests are about, as far as it is not there; and a user who has nothing to do with it, `table-stranger`."""
    for user in (USER, 'table-stranger'):
        create(server, '/users', 'user', {'ids': {'user_id': user}, 'primary_email_address': f'{user}@example.com',
                                          'password': 'Correct-horse-0', 'state': 'STATE_APPROVED'})
    create(server, '/users/admin/applications', 'application', {'ids': {'application_id': APPLICATION}})
    create(server, '/users/admin/gateways', 'gateway', {'ids': {'gateway_id': GATEWAY}, 'frequency_plan_ids': ['EU_863_870']})
    create(server, '/users/admin/organizations', 'organization', {'ids': {'organization_id': ORGANIZATION}})
    create(server, '/users/admin/clients', 'client', {'ids': {'client_id': CLIENT}})
    create(server, f'/applications/{APPLICATION}/devices', 'end_device', {'ids': DEVICE_IDS_AND_EUIS})


def create(server, path, name, entity):
    try:
        server.api('POST', path, {name: entity})
    except ApiError as error:
        if error.status != 409:
            raise


def merged(base, more):
    out = copy.deepcopy(base)
    for name, value in more.items():
        if value is UNSET:
            out.pop(name, None)
        elif isinstance(value, dict) and isinstance(out.get(name), dict):
            out[name] = merged(out[name], value)
        else:
            out[name] = copy.deepcopy(value)
    return out


def filled(descriptor, depth=0):
    """Identifiers of everything in a message that has some."""
    if descriptor.full_name.startswith('ttn.') and descriptor.name in IDENTIFIERS:
        return copy.deepcopy(IDENTIFIERS[descriptor.name])
    out = {}
    for field in descriptor.fields:
        kind = field.message_type
        if kind is None or field.containing_oneof or kind.GetOptions().map_entry or depth >= DEPTH_MAX:
            continue
        if kind.name in IDENTIFIERS or any(inner.name == 'ids' for inner in kind.fields):
            value = filled(kind, depth + 1)
            out[field.name] = [value] if field.label == field.LABEL_REPEATED else value
    return out


def contacts_removed(request):
    """Contacts are nobody's: a new entity's contacts have to be its collaborators."""
    if isinstance(request, dict):
        return {name: contacts_removed(value) for name, value in request.items()
                if name not in ('administrative_contact', 'technical_contact')}
    return [contacts_removed(value) for value in request] if isinstance(request, list) else request


def valid(method):
    _, request, _ = API.method(f'ttn.lorawan.v3.{method}')
    return merged(contacts_removed(filled(request.DESCRIPTOR)), MORE.get(method, {}))


def spoilt(request):
    """The request with its first identifier made wrong; None without one."""
    for name, value in request.items():
        if isinstance(value, str) and name.endswith('_id') and not name.endswith(('key_id', 'plan_id')):
            return {**request, name: 'Not An Id!'}
        for inner, wrap in ((value, lambda x: x), (value[0] if isinstance(value, list) and value else None, lambda x: [x])):
            if isinstance(inner, dict) and (bad := spoilt(inner)) is not None:
                return {**request, name: wrap(bad)}
    return None


def invalid(method):
    """None: no request of the method is invalid."""
    request = valid(method)
    return merged(request, INVALID[method]) if method in INVALID else spoilt(request)


HEX = ('dev_eui', 'join_eui', 'eui', 'dev_addr', 'net_id', 'home_net_id', 'key', 'dev_nonce', 'join_nonce')


def grpc_json(value):
    """The same in protobuf's own JSON: bytes as base64, field masks in lower camel case."""
    if isinstance(value, list):
        return [grpc_json(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: mask(*inner.split(',')) if name == 'field_mask'
            else base64.b64encode(bytes.fromhex(inner)).decode() if name in HEX and isinstance(inner, str) else grpc_json(inner)
            for name, inner in value.items()}


def message(method, request):
    return json_format.ParseDict(grpc_json(request), API.method(f'ttn.lorawan.v3.{method}')[1]())


def field_at(request, path):
    for name in path.split('.'):
        request = request.get(name, '') if isinstance(request, dict) else ''
    return request


def without(request, path):
    name, _, rest = path.partition('.')
    if name not in request:
        return request
    if not rest:
        return {key: value for key, value in request.items() if key != name}
    return {**request, name: without(request[name], rest)}


def query_of(request, prefix=''):
    """`a.b=c` of every scalar; a list of messages has no place in a query."""
    for name, value in request.items():
        if isinstance(value, dict):
            yield from query_of(value, f'{prefix}{name}.')
        elif isinstance(value, list):
            yield from ((f'{prefix}{name}', one) for one in value if not isinstance(one, dict))
        else:
            yield f'{prefix}{name}', json.dumps(value) if isinstance(value, (bool, int)) else value


def of_organization(request, path):
    """The request with an organization where it has a user: `path` leads to what has either."""
    name, _, rest = path.partition('.')
    if name:
        return {**request, name: of_organization(request[name], rest)}
    others = {key: value for key, value in request.items() if key != 'user_ids'}
    return {**others, 'organization_ids': {'organization_id': request['user_ids']['user_id'].replace(USER, ORGANIZATION)}}


def has_place(request, body):
    """Whether a binding can carry the request: without a body there is no place for a list of messages."""
    return bool(body) or not any(isinstance(value, list) and value and isinstance(value[0], dict) for value in request.values())


NUMBERS = ('net_id', 'vendor_id', 'vendor_profile_id', 'index')


def http_request(request, path, body):
    """(path with query, body or None) of a request by one binding. Path parameters that the request does not have become `none` or 1."""
    if either := re.search(r'{(\w+)\.organization_ids\.organization_id}', path):
        if 'user_ids' in request.get(either[1], {}):
            request = of_organization(request, either[1])
    rest = request
    for parameter in re.findall(r'{([^}=]+)', path):
        value = field_at(request, parameter)
        path = path.replace(f'{{{parameter}}}', urllib.parse.quote(str(value), safe='') or ('1' if parameter.endswith(NUMBERS) else 'none'))
        rest = without(rest, parameter)
    if body == '*':
        return path, rest_json(rest)
    content = None
    if body:
        content = rest_json(field_at(rest, body) or {})
        rest = without(rest, body)
    query = urllib.parse.urlencode(list(query_of(rest)))
    return path + (f'?{query}' if query else ''), content


def rest_json(value):
    """Field masks are objects in the API's JSON."""
    if isinstance(value, dict):
        value = {name: {'paths': inner.split(',')} if name == 'field_mask' else inner for name, inner in value.items()}
    return json.dumps(value)
