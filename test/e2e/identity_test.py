"""Users, organizations, collaborators and rights over real sockets: a second user registers, is given rights and loses them at once."""
import json
import subprocess
import unittest

import grpc

from grpc_client import GrpcClient, GrpcError, mask
from harness import Server, wait_until

APPLICATION = 'weather'
IDS = {'applicationId': APPLICATION}
PASSWORD = 'Secret99x'


class Identity(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.mails = self.server.directory / 'mails'
        # With all rights an admin makes users' first keys, for there are no account pages in this test.
        self.server.settings = {'is.email.dir': self.mails, 'is.admin-rights.all': 'true'}
        self.server.start()
        self.addCleanup(self.server.__exit__)
        self.client = GrpcClient(f'127.0.0.1:{self.server.ports["grpc"]}', self.server.admin_key)
        self.addCleanup(self.client.__exit__)

    def call(self, method, request=None, key=None):
        return self.client.call(method, request or {}, key=key)

    def refused(self, method, request, key):
        """(code, name) of a call that is refused."""
        with self.assertRaises(GrpcError) as caught:
            self.client.call(method, request, key=key)
        return caught.exception.code, caught.exception.name

    def register(self, user):
        """A user who registers without credentials, and an API key that an admin makes for that user."""
        self.call('UserRegistry/Create', {'user': {
            'ids': {'userId': user}, 'password': PASSWORD, 'primaryEmailAddress': f'{user}@example.org'}}, key='')
        return self.call('UserAccess/CreateAPIKey', {
            'userIds': {'userId': user}, 'name': 'all', 'rights': ['RIGHT_ALL']}).key

    def collaborator(self, user, *rights):
        return {'applicationIds': IDS, 'collaborator': {'ids': {'userIds': {'userId': user}}, 'rights': list(rights)}}

    def mail(self, label):
        """What follows the label in the newest mail that has it."""
        def find():
            for path in sorted(self.mails.glob('*.eml'), reverse=True):
                for line in path.read_text().splitlines():
                    if line.startswith(label):
                        return line[len(label):]
            return None
        return wait_until(find, f'a mail with "{label}"')

    def curl(self, method, path, key, body=None):
        """(status, JSON, headers) of a request by curl."""
        command = ['curl', '-s', '-S', '-i', '-X', method, f'http://127.0.0.1:{self.server.ports["http"]}/api/v3{path}',
                   '-H', f'Authorization: Bearer {key}']
        if body is not None:
            command += ['-H', 'Content-Type: application/json', '-d', json.dumps(body)]
        done = subprocess.run(command, capture_output=True, timeout=20, check=True)
        head, _, text = done.stdout.decode().partition('\r\n\r\n')
        lines = head.split('\r\n')
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in lines[1:])}
        return int(lines[0].split()[1]), json.loads(text) if text else None, headers

    def test_a_collaborator_gets_rights_and_loses_them_at_once(self):
        ada, bob = self.register('ada'), self.register('bob')
        self.call('ApplicationRegistry/Create', {
            'application': {'ids': IDS, 'name': 'Weather'}, 'collaborator': {'userIds': {'userId': 'ada'}}}, key=ada)
        get = ('ApplicationRegistry/Get', {'applicationIds': IDS, 'fieldMask': mask('name')})
        denied = (grpc.StatusCode.PERMISSION_DENIED, 'pkg/auth/rights:no_application_rights')
        self.assertEqual(self.refused(*get, bob), denied)
        self.call('ApplicationAccess/SetCollaborator', self.collaborator('bob', 'RIGHT_APPLICATION_INFO'), key=ada)
        self.assertEqual(self.call(*get, key=bob).name, 'Weather')
        applications = self.call('ApplicationRegistry/List', {}, key=bob).applications
        self.assertEqual([one.ids.application_id for one in applications], [APPLICATION])
        self.assertEqual(self.refused('ApplicationAccess/SetCollaborator', self.collaborator('bob', 'RIGHT_APPLICATION_ALL'), bob)[1],
                         'pkg/auth/rights:insufficient_application_rights')
        self.assertEqual(self.refused('ApplicationAccess/SetCollaborator', self.collaborator('ada'), ada)[1],
                         'pkg/identityserver:application_needs_collaborator')
        self.call('ApplicationAccess/SetCollaborator', self.collaborator('bob'), key=ada)
        self.assertEqual(self.refused(*get, bob), denied)
        self.assertEqual(len(self.call('ApplicationRegistry/List', {}, key=bob).applications), 0)

    def test_members_of_an_organization_have_its_rights_over_http(self):
        ada, bob = self.register('ada'), self.register('bob')
        self.assertEqual(self.curl('POST', '/users/ada/organizations', ada, {'organization': {'ids': {'organization_id': 'org-1'}}})[0], 200)
        created = self.curl('POST', '/organizations/org-1/applications', ada, {'application': {'ids': {'application_id': APPLICATION}}})
        self.assertEqual(created[0], 200, created)
        path = f'/applications/{APPLICATION}?field_mask=name'
        status, body, _ = self.curl('GET', path, bob)
        self.assertEqual((status, body['details'][0]['name']), (403, 'no_application_rights'))
        member = {'collaborator': {'ids': {'user_ids': {'user_id': 'bob'}}, 'rights': ['RIGHT_APPLICATION_INFO', 'RIGHT_ORGANIZATION_INFO']}}
        self.assertEqual(self.curl('PUT', '/organizations/org-1/collaborators', ada, member)[0], 200)
        self.assertEqual(self.curl('GET', path, bob)[0], 200)
        status, body, headers = self.curl('GET', '/applications', bob)
        self.assertEqual((status, headers['x-total-count']), (200, '1'))
        self.assertEqual(body['applications'][0]['ids']['application_id'], APPLICATION)
        self.assertEqual(self.curl('DELETE', f'/applications/{APPLICATION}', bob)[0], 403)
        self.assertEqual(self.curl('DELETE', '/organizations/org-1/collaborators/user/bob', ada)[0], 200)
        self.assertEqual(self.curl('GET', path, bob)[0], 403)

    def test_accounts_and_rights_survive_a_restart_and_a_purge_does_too(self):
        ada, bob = self.register('ada'), self.register('bob')
        self.call('ApplicationRegistry/Create', {'application': {'ids': IDS}, 'collaborator': {'userIds': {'userId': 'ada'}}}, key=ada)
        self.call('ApplicationAccess/SetCollaborator', self.collaborator('bob', 'RIGHT_APPLICATION_ALL'), key=ada)
        self.server.kill()
        self.server.start()
        get = ('ApplicationRegistry/Get', {'applicationIds': IDS})
        wait_until(lambda: self.served(*get, bob), 'the application is read again')
        self.call('UserRegistry/Purge', {'userId': 'ada'})
        self.assertEqual(self.refused(*get, ada), (grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:api_key_not_found'))
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()
        wait_until(lambda: self.served(*get, bob), 'the application is read again')
        self.assertEqual(self.refused(*get, ada), (grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:api_key_not_found'))
        collaborators = self.call('ApplicationAccess/ListCollaborators', {'applicationIds': IDS}, key=bob).collaborators
        self.assertEqual([one.ids.user_ids.user_id for one in collaborators], ['bob'])

    def test_what_was_set_for_the_activation_of_devices_goes_with_the_application(self):
        create = ('ApplicationRegistry/Create', {'application': {'ids': IDS}, 'collaborator': {'userIds': {'userId': 'admin'}}})
        get = ('ApplicationActivationSettingRegistry/Get', {
            'applicationIds': IDS, 'fieldMask': mask('kek_label', 'application_server_id')})
        not_found = (grpc.StatusCode.NOT_FOUND, 'pkg/joinserver:application_activation_settings_not_found')
        self.call(*create)
        self.call('ApplicationActivationSettingRegistry/Set', {
            'applicationIds': IDS, 'settings': {'kekLabel': 'theirs', 'applicationServerId': 'as-1'},
            'fieldMask': mask('kek_label', 'application_server_id')})
        self.assertEqual(self.call(*get).kek_label, 'theirs')
        self.call('ApplicationRegistry/Delete', {'applicationId': APPLICATION})
        self.call('ApplicationRegistry/Purge', {'applicationId': APPLICATION})
        self.call(*create)
        wait_until(lambda: self.refused_or_served(*get) == not_found, 'the next application of that id has none')

    def refused_or_served(self, method, request):
        try:
            self.client.call(method, request)
            return None
        except GrpcError as error:
            return error.code, error.name

    def served(self, method, request, key):
        try:
            self.client.call(method, request, key=key)
            return True
        except GrpcError as error:
            if error.code == grpc.StatusCode.UNAVAILABLE:
                return False
            raise

    def test_a_forgotten_password_is_replaced_by_mail(self):
        self.register('ada')
        self.call('UserRegistry/CreateTemporaryPassword', {'userIds': {'userId': 'ada'}}, key='')
        temporary = self.mail('Temporary password: ')
        self.assertNotIn(temporary, self.server.log.read_text(), 'no secret is logged')
        change = {'userIds': {'userId': 'ada'}, 'old': temporary, 'new': 'Better100'}
        self.call('UserRegistry/UpdatePassword', change, key='')
        self.assertEqual(self.refused('UserRegistry/UpdatePassword', {**change, 'new': 'Better101'}, ''),
                         (grpc.StatusCode.UNAUTHENTICATED, 'pkg/identityserver:old_password'))
        self.call('UserRegistry/UpdatePassword', {**change, 'old': 'Better100', 'new': 'Better101'}, key='')

    def test_what_is_not_allowed_is_refused_with_its_reason(self):
        ada = self.register('ada')
        user = lambda **fields: {'user': {'ids': {'userId': 'bob'}, 'password': PASSWORD, 'primaryEmailAddress': 'bob@example.org', **fields}}
        invalid = grpc.StatusCode.INVALID_ARGUMENT
        for method, request, key, expected in (
                ('UserRegistry/Create', user(password='weak'), '', (invalid, 'pkg/identityserver:password_strength_min_length')),
                ('UserRegistry/Create', user(ids={'userId': 'root'}), '', (invalid, 'pkg/identityserver/blocklist:forbidden_id')),
                ('UserRegistry/Create', user(primaryEmailAddress='ada@example.org'), '',
                 (grpc.StatusCode.ALREADY_EXISTS, 'pkg/util/store:already_exists')),
                ('UserRegistry/List', {}, ada, (grpc.StatusCode.PERMISSION_DENIED, 'pkg/identityserver:permission_denied')),
                ('UserRegistry/Update', {'user': {'ids': {'userId': 'ada'}, 'admin': True}, 'fieldMask': mask('admin')}, ada,
                 (grpc.StatusCode.PERMISSION_DENIED, 'pkg/identityserver:update_admin_field')),
                ('UserRegistry/Delete', {'userId': 'admin'}, None,
                 (grpc.StatusCode.FAILED_PRECONDITION, 'pkg/identityserver/store:last_admin'))):
            with self.subTest(method=method, expected=expected):
                self.assertEqual(self.refused(method, request, key), expected)

    def test_gateways_are_deleted_in_batches_all_or_none(self):
        ada, bob = self.register('ada'), self.register('bob')
        for number, owner in (1, 'ada'), (2, 'ada'), (3, 'bob'):
            self.call('GatewayRegistry/Create', {'gateway': {'ids': {'gatewayId': f'gtw-{number}'}}, 'collaborator': {'userIds': {'userId': owner}}})
        ids = lambda *numbers: {'gatewayIds': [{'gatewayId': f'gtw-{number}'} for number in numbers]}
        count = lambda key: len(self.call('GatewayRegistry/List', {}, key=key).gateways)
        self.assertEqual(self.refused('GatewayBatchRegistry/Delete', ids(1, 3), ada), (grpc.StatusCode.PERMISSION_DENIED, 'pkg/identityserver:insufficient_rights'))
        self.assertEqual(count(ada), 2)
        link = {'required': {'rights': ['RIGHT_GATEWAY_LINK']}}
        self.call('GatewayBatchAccess/AssertRights', {**ids(1, 2), **link}, key=ada)
        self.assertEqual(self.refused('GatewayBatchAccess/AssertRights', {**ids(1, 3), **link}, ada)[0], grpc.StatusCode.PERMISSION_DENIED)
        self.call('GatewayBatchRegistry/Delete', ids(1, 2), key=ada)
        self.assertEqual((count(ada), count(bob)), (0, 1))

    def test_events_tell_of_changes(self):
        self.call('ApplicationRegistry/Create', {'application': {'ids': IDS}, 'collaborator': {'userIds': {'userId': 'admin'}}})
        stream = self.client.stream('Events/Stream', {'identifiers': [{'applicationIds': IDS}]})
        self.assertEqual(stream.next().name, 'events.stream.start')
        self.call('ApplicationRegistry/Update', {'application': {'ids': IDS, 'name': 'N'}, 'fieldMask': mask('name')})
        event = stream.next()
        self.assertEqual(event.name, 'application.update')
        self.assertEqual(event.identifiers[0].application_ids.application_id, APPLICATION)
        self.register('ada')
        self.call('ApplicationAccess/SetCollaborator', self.collaborator('ada', 'RIGHT_APPLICATION_INFO'))
        self.assertEqual(stream.next().name, 'application.collaborator.update')
        stream.cancel()


if __name__ == '__main__':
    unittest.main()
