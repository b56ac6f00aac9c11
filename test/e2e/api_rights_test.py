"""Right by right: each method that needs rights on an entity is served to who has exactly those, and refused to who has all others.

Which rights a method needs is the reference's table (test/golden/api/checks.tsv). Methods whose needs come of the request, or that show less
to those who may less, are in api_table_test alone. Prints the table.
"""
import collections
import pathlib
import unittest

import grpc

import api_requests
from api_table_test import CHECKS, MET, MET_TOO, METHODS, OF_GATEWAYS, is_for_users, is_served
from grpc_client import API, DEADLINE, GrpcClient
from harness import Server

RIGHTS = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'rights' / 'rights.tsv'
STREAM_SECONDS = 0.5


class Kind:
    """A kind of entity: where its API keys are made, or, for clients, which have none, its members."""

    def __init__(self, name, path):
        self.name, self.path, self.rights, self.implied_by = name, path, [], collections.defaultdict(set)


KINDS = {
    'RequireApplication': Kind('application', f'/applications/{api_requests.APPLICATION}'),
    'RequireGateway': Kind('gateway', f'/gateways/{api_requests.GATEWAY}'),
    'RequireOrganization': Kind('organization', f'/organizations/{api_requests.ORGANIZATION}'),
    'RequireUser': Kind('user', f'/users/{api_requests.USER}'),
    'RequireClient': Kind('client', f'/clients/{api_requests.CLIENT}'),
}
for line in RIGHTS.read_text().splitlines()[1:]:
    right, _, of, implies, _ = line.split('\t')
    for kind in KINDS.values():
        if kind.name == of and not right.endswith('_ALL'):
            kind.rights.append(right)
        for implied in implies.split(',') if kind.name == of else ():
            kind.implied_by[implied].add(right)


class Need:
    """What one method needs. `plain`: always; `all`: and more that depends on the request."""

    def __init__(self, method):
        checks = [check for check in CHECKS[method] if check['check'] and not check['check'].endswith('?')]
        plain = [check for check in checks if not check.get('when')]
        self.method = method
        self.kind = KINDS.get(plain[0]['check']) if plain else None
        self.plain = {right for check in plain for right in check.get('rights', '').split(',')}
        self.dynamic = any(check.get('rights', '').startswith('=') for check in checks)
        self.all = self.plain | {right for check in checks for right in check.get('rights', '').split(',') if right.startswith('RIGHT_')}
        # Rights that depend on the request alone, other kinds of checks, and whole sets are not told apart here.
        self.is_testable = (self.kind is not None and all(check['check'] in KINDS for check in checks)
                            and len({check['check'] for check in checks}) == 1
                            and all(right in self.kind.rights for right in self.plain) and not is_for_users(method))


def needs():
    found = [Need(method) for method in METHODS if is_served(method) and method not in OF_GATEWAYS]
    return [need for need in found if need.is_testable]


class ApiRights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(**{'is.admin-rights.all': 'true'}).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.client = GrpcClient(f'127.0.0.1:{cls.server.ports["grpc"]}')
        cls.addClassCleanup(cls.client.__exit__)
        api_requests.create_entities(cls.server)
        cls.keys = {}
        cls.member = cls.server.api('POST', '/users/table-stranger/api-keys', {'name': 'all', 'rights': ['RIGHT_ALL']})['key']

    def key(self, kind, rights):
        """Credentials with exactly these rights on the entity of the kind."""
        rights = tuple(sorted(rights))
        if kind.name == 'client':
            self.server.api('PUT', f'{kind.path}/collaborators', {'collaborator': {
                'ids': {'user_ids': {'user_id': 'table-stranger'}}, 'rights': list(rights)}})
            return self.member
        if (kind, rights) not in self.keys:
            made = self.server.api('POST', f'{kind.path}/api-keys', {'name': 'rights', 'rights': list(rights)})
            self.keys[kind, rights] = made['key']
        return self.keys[kind, rights]

    def end_of(self, method, key):
        """(name of the code, message) of a call's end."""
        path, request_type, response_type = API.method(f'ttn.lorawan.v3.{method}')
        service, rpc = method.split('/')
        streams = API.pool.FindServiceByName(f'ttn.lorawan.v3.{service}').FindMethodByName(rpc).server_streaming
        message = api_requests.message(method, api_requests.valid(method))
        metadata = [('authorization', f'Bearer {key}')]
        try:
            if streams:
                call = self.client.channel.unary_stream(path, request_type.SerializeToString, response_type.FromString)
                collections.deque(call(message, timeout=STREAM_SECONDS, metadata=metadata), maxlen=0)
            else:
                self.client.channel.unary_unary(path, request_type.SerializeToString, response_type.FromString)(
                    message, timeout=DEADLINE, metadata=metadata)
        except grpc.RpcError as error:
            return error.code().name, error.details()
        return 'OK', ''

    def test_1_all_other_rights_are_not_enough(self):
        calls = 0
        for need in needs():
            for right in sorted(need.plain):
                others = set(need.kind.rights) - {right} - need.kind.implied_by[right]
                with self.subTest(method=need.method, without=right):
                    code, message = self.end_of(need.method, self.key(need.kind, others))
                    self.assertEqual(code, 'PERMISSION_DENIED', message)
                calls += 1
        print(f'{calls} calls by who lacks one right')

    def test_2_exactly_the_rights_are_enough(self):
        rows = []
        for need in sorted(needs(), key=lambda need: any(word in need.method for word in ('/Delete', '/Purge'))):
            rights = set(need.kind.rights) if need.dynamic else need.all
            with self.subTest(method=need.method, rights=rights):
                code, message = self.end_of(need.method, self.key(need.kind, rights))
                self.assertIn(code, MET | MET_TOO.get(need.method, set()), message)
            rows.append((need.method, ','.join(sorted(need.plain)), code))
            if code == 'OK' and need.method == f'{need.kind.name.capitalize()}Registry/Delete':
                self.server.api('POST', f'{need.kind.path}/restore', {})
        for method, rights, code in rows:
            print(f'{method:66}{rights:90}{code}')
        print(f'{len(rows)} of {len(METHODS)} methods served by exactly their rights')
        self.assertGreater(len(rows), 100)



if __name__ == '__main__':
    unittest.main()
