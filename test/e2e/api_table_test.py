"""Every method and every HTTP binding of the API: is it served, who may call it, what does it say to a wrong request. Prints the table.

The interface is test/golden/api: methods, bindings, and which checks the reference makes. Over gRPC and over HTTP each method is called by
nobody, by a user without rights, with an invalid request, and by who may: as a user, or as another process of the cluster.
"""
import collections
import http.client
import pathlib
import unittest

import grpc

import api_requests
from grpc_client import API, DEADLINE, GrpcClient
from harness import Server

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'api'
CLUSTER_KEY = '00112233445566778899AABBCCDDEEFF'
STREAM_SECONDS = 0.7

# Components that do not run here yet, and methods between the processes of a cluster.
COMPONENTS_ELSEWHERE = {'DCS', 'GCS', 'PBA', 'QRG', 'DTC'}
NOT_SERVED = {
    'As/GetLinkStats',  # The reference does not either.
    # Between components, which are actors here: ADR 31.
    'NsAs/HandleUplink', 'NsGs/ScheduleDownlink', 'AsNs/DownlinkQueueReplace', 'AsNs/DownlinkQueuePush', 'AsNs/DownlinkQueueList',
    'GsNs/HandleUplink', 'GsNs/ReportTxAcknowledgment',
}
# What only gateways call, in gateway_test.
OF_GATEWAYS = {'GtwGs/LinkGateway', 'GtwGs/GetConcentratorConfig'}
# Its credentials are the password in the request.
OPEN = {'UserRegistry/Create', 'UserRegistry/UpdatePassword', 'UserAccess/CreateLoginToken'}
# Refuses who may not by what it finds.
DENIED_LATER = {'AppJs/GetAppSKey'}
# What a second call, by another binding, meets.
MET_TOO = {
    'UserRegistry/UpdatePassword': {'UNAUTHENTICATED'},
    'UserRegistry/CreateTemporaryPassword': {'INVALID_ARGUMENT'},
    'ContactInfoRegistry/RequestValidation': {'PERMISSION_DENIED'},
    'EmailValidationRegistry/RequestValidation': {'PERMISSION_DENIED'},
    'ApplicationRegistry/IssueDevEUI': {'INVALID_ARGUMENT'},  # It is not enabled.
}
HTTP_STATUS = {
    'OK': 200, 'INVALID_ARGUMENT': 400, 'UNAUTHENTICATED': 401, 'PERMISSION_DENIED': 403, 'NOT_FOUND': 404, 'ALREADY_EXISTS': 409,
    'FAILED_PRECONDITION': 400, 'ABORTED': 409, 'RESOURCE_EXHAUSTED': 429, 'UNIMPLEMENTED': 501,
}
# What a well-formed request of someone who may can still meet: nothing is as the request supposes.
MET = {'OK', 'NOT_FOUND', 'FAILED_PRECONDITION', 'ALREADY_EXISTS', 'DEADLINE_EXCEEDED'}


def rows(name):
    lines = (GOLDEN / name).read_text().splitlines()
    return [dict(zip(lines[0].split('\t'), line.split('\t'))) for line in lines[1:]]


def name_of(row):
    return f'{row["service"].removeprefix("ttn.lorawan.v3.")}/{row["rpc"]}'


METHODS = {name_of(row): row['component'] for row in rows('methods.tsv')}
BINDINGS = collections.defaultdict(list)
for binding in rows('bindings.tsv'):
    BINDINGS[name_of(binding)].append(binding)
CHECKS = collections.defaultdict(list)
for check in rows('checks.tsv'):
    CHECKS[name_of(check)].append(check)


def is_served(method):
    return METHODS[method] not in COMPONENTS_ELSEWHERE and method not in NOT_SERVED


def kinds(method):
    return {check['check'] for check in CHECKS[method] if check['check'] and not check['check'].endswith('?')}


def is_cluster(method):
    """Other processes of the cluster may, and nobody else."""
    return kinds(method) == {'ClusterAuthorized'} or method == 'NotificationService/Create' or 'CryptoService/' in method


def is_public(method):
    """Nobody has to say who he is."""
    return method in OPEN or bool(CHECKS[method]) and all(check['check'] == 'none' for check in CHECKS[method])


def is_for_users(method):
    """Every user may, as far as nothing private is asked for."""
    if is_public(method) or method in DENIED_LATER:
        return True
    if not kinds(method):  # The reference has probes at most, for search and purge.
        return method.startswith('EntityRegistrySearch/')
    needed = {kind for kind in kinds(method) if not kind.startswith('List')}
    return needed <= {'none', 'AuthInfo', 'RequireAuthenticated'} or 'RequireAuthenticated' in needed and not method.endswith('/Create')


def is_stream(binding):
    return name_of(binding) in ('AppAs/Subscribe', 'Events/Stream')


class ApiTable(unittest.TestCase):
    answers = collections.defaultdict(dict)

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**{'cluster.keys': CLUSTER_KEY, 'is.admin-rights.all': 'true'}).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.client = GrpcClient(f'127.0.0.1:{cls.server.ports["grpc"]}')
        cls.addClassCleanup(cls.client.__exit__)
        cls.admin = f'Bearer {cls.server.admin_key}'
        api_requests.create_entities(cls.server)
        stranger = cls.server.api('POST', '/users/table-stranger/api-keys', {'name': 'stranger', 'rights': ['RIGHT_ALL']})
        cls.stranger = f'Bearer {stranger["key"]}'

    def over_grpc(self, method, request, credentials):
        """(name of the code, message) of a call's end."""
        path, request_type, response_type = API.method(f'ttn.lorawan.v3.{method}')
        service, rpc = method.split('/')
        streams = API.pool.FindServiceByName(f'ttn.lorawan.v3.{service}').FindMethodByName(rpc).server_streaming
        metadata = [('authorization', credentials)] if credentials else []
        message = api_requests.message(method, request)
        serialize = request_type.SerializeToString
        try:
            if streams:
                call = self.client.channel.unary_stream(path, serialize, response_type.FromString)
                collections.deque(call(message, timeout=STREAM_SECONDS, metadata=metadata), maxlen=0)
            else:
                self.client.channel.unary_unary(path, serialize, response_type.FromString)(message, timeout=DEADLINE, metadata=metadata)
        except grpc.RpcError as error:
            return error.code().name, error.details()
        return 'OK', ''

    def over_http(self, binding, request, credentials):
        """(status, body) of a call by a binding; of a stream that is not refused, 200."""
        path, body = api_requests.http_request(request, binding['path'], binding['body'])
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=DEADLINE)
        try:
            connection.request(binding['method'], f'/api/v3{path}', body, {'Authorization': credentials} if credentials else {})
            response = connection.getresponse()
            return response.status, '' if is_stream(binding) else response.read().decode(errors='replace')
        finally:
            connection.close()

    def check(self, who, method, request, credentials, expected):
        """Every way to call a method ends with one of the codes `expected`."""
        if expected is MET:
            expected = MET | MET_TOO.get(method, set())
        code, message = self.over_grpc(method, request, credentials)
        with self.subTest(method=method, by=who, over='gRPC'):
            self.assertIn(code, expected, f'{message}; request {request}')
        statuses = {HTTP_STATUS[one] for one in expected if one in HTTP_STATUS}
        for binding in BINDINGS[method]:
            if not api_requests.has_place(request, binding['body']):
                continue
            status, body = self.over_http(binding, request, credentials)
            with self.subTest(method=method, by=who, over=f'{binding["method"]} {binding["path"]}'):
                self.assertIn(status, statuses, body)
            self.answers[binding['method'], binding['path']][who] = status
        self.answers[method][who] = code

    def served(self):
        return [method for method in METHODS if is_served(method) and method not in OF_GATEWAYS]

    def may(self, method):
        return f'ClusterKey {CLUSTER_KEY}' if is_cluster(method) else self.admin

    def test_1_what_is_not_served_says_so(self):
        for method in METHODS:
            if not is_served(method):
                self.check('holder', method, api_requests.valid(method), self.may(method), {'UNIMPLEMENTED'})

    def test_2_nobody_gets_nothing_that_is_not_public(self):
        for method in self.served():
            expected = MET if is_public(method) else {'UNAUTHENTICATED', 'PERMISSION_DENIED'}
            self.check('nobody', method, api_requests.valid(method), None, expected)

    def test_3_a_stranger_gets_what_everyone_gets(self):
        for method in self.served():
            expected = {'INVALID_ARGUMENT'} if is_cluster(method) else MET if is_for_users(method) else {'PERMISSION_DENIED'}
            self.check('stranger', method, api_requests.valid(method), self.stranger, expected)

    def test_4_an_invalid_request_is_refused(self):
        for method in self.served():
            request = api_requests.invalid(method)
            if request is not None:
                self.check('invalid', method, request, self.may(method), {'INVALID_ARGUMENT'})

    def test_5_whoever_may_is_served(self):
        # First what reads and writes, then what deletes.
        for method in sorted(self.served(), key=lambda name: any(word in name for word in ('/Delete', '/Purge'))):
            self.check('holder', method, api_requests.valid(method), self.may(method), MET)

    @classmethod
    def tearDownClass(cls):
        columns = ('nobody', 'stranger', 'invalid', 'holder')
        print(f'\n{"method or binding":90}' + ''.join(f'{column:18}' for column in columns))
        for method, component in METHODS.items():
            print(f'{component:4}{method:86}' + ''.join(f'{cls.answers[method].get(column, "-"):18}' for column in columns))
            for one in BINDINGS[method]:
                answers = cls.answers[one['method'], one['path']]
                print(f'       {one["method"]:7}{one["path"]:76}' + ''.join(f'{answers.get(column, "-")!s:18}' for column in columns))
        served = sum(map(is_served, METHODS))
        print(f'{served} of {len(METHODS)} methods served; {sum(len(BINDINGS[method]) for method in METHODS if is_served(method))} of '
              f'{sum(map(len, BINDINGS.values()))} bindings')


if __name__ == '__main__':
    unittest.main()
