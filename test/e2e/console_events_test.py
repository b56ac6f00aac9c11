"""Events as the console gets them: a WebSocket with numbered subscriptions, its token among the subprotocols."""
import json
import unittest

from harness import Server
from station import CLOSE, PING, PONG, Refused, WebSocket

PATH = '/api/v3/console/internal/events/'
PROTOCOL = 'ttn.lorawan.v3.console.internal.events.v1'
APPLICATIONS = ('console-app-1', 'console-app-2')


class Console:
    """The socket of a page. Messages are dicts."""

    def __init__(self, server, token, path=PATH):
        offered = f'{PROTOCOL}, ttn.lorawan.v3.header.authorization.bearer.{token}'
        self.socket = WebSocket(('127.0.0.1', server.ports['http']), path,
                                headers=[f'Sec-WebSocket-Protocol: {offered}', 'Origin: https://console.example.com', 'Accept-Encoding: gzip'])

    def next(self):
        while True:
            opcode, payload = self.socket.receive()
            if opcode == PING:
                self.socket.send(payload, PONG)
            elif opcode == CLOSE:
                return {'type': 'close', 'reason': payload[2:].decode()}
            else:
                return json.loads(payload)

    def ask(self, **message):
        self.socket.send(json.dumps(message).encode())
        return self.next()

    def subscribe(self, number, *applications, **more):
        return self.ask(type='subscribe', id=number, identifiers=[{'application_ids': {'application_id': one}} for one in applications], **more)


class ConsoleEvents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(**{'rate-limiting.profiles': 'name=console;max-per-min=60;max-burst=20;associations=http:console:internal:events'}).start()
        cls.addClassCleanup(cls.server.__exit__)
        for application in APPLICATIONS:
            cls.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': application}}})

    def key(self, application=APPLICATIONS[0]):
        return self.server.api('POST', f'/applications/{application}/api-keys',
                               {'application_ids': {'application_id': application}, 'rights': ['RIGHT_APPLICATION_ALL']})

    def console(self, token, path=PATH):
        console = Console(self.server, token, path)
        self.addCleanup(console.socket.close)
        return console

    def update(self, application, name):
        self.server.api('PUT', f'/applications/{application}', {'application': {'name': name}, 'field_mask': {'paths': ['name']}})

    def test_a_page_hears_what_it_has_subscribed_to_until_it_no_longer_wants_to(self):
        console = self.console(self.server.admin_key)
        self.assertEqual(console.socket.headers['sec-websocket-protocol'], PROTOCOL)
        for number, application in enumerate(APPLICATIONS, 1):
            self.assertEqual(console.subscribe(number, application), {'type': 'subscribe', 'id': number})
        self.update(APPLICATIONS[1], 'changed')
        heard = console.next()
        self.assertEqual((heard['type'], heard['id'], heard['event']['name']), ('publish', 2, 'application.update'))
        self.assertEqual(heard['event']['identifiers'], [{'application_ids': {'application_id': APPLICATIONS[1]}}])
        self.assertEqual(console.ask(type='unsubscribe', id=2), {'type': 'unsubscribe', 'id': 2})
        self.update(APPLICATIONS[1], 'again')
        self.update(APPLICATIONS[0], 'changed')
        self.assertEqual(console.next()['id'], 1)
        past = self.console(self.server.admin_key)
        self.assertEqual(past.subscribe(1, APPLICATIONS[1], tail=1, names=['/^application\\./'])['type'], 'subscribe')
        self.assertEqual(past.next()['event']['name'], 'application.update')

    def test_a_key_sees_its_own_application_and_the_other_is_silent(self):
        console = self.console(self.key()['key'])
        self.assertEqual(console.subscribe(1, *APPLICATIONS)['type'], 'subscribe')
        self.update(APPLICATIONS[1], 'not seen')
        self.update(APPLICATIONS[0], 'seen')
        self.assertEqual(console.next()['event']['identifiers'], [{'application_ids': {'application_id': APPLICATIONS[0]}}])

    def test_what_can_not_be_done_is_an_error_in_the_apis_words(self):
        console = self.console(self.server.admin_key)
        console.subscribe(1, APPLICATIONS[0])
        for answer, code, name in ((console.subscribe(1, APPLICATIONS[0]), 6, 'already_subscribed'), (console.ask(type='unsubscribe', id=9), 5, 'not_subscribed'),
                                   (console.subscribe(2), 3, 'no_identifiers'), (console.subscribe(3, APPLICATIONS[0], names=['none']), 3, 'unknown_event_name')):
            self.assertEqual(answer['type'], 'error', answer)
            self.assertEqual((answer['error']['code'], answer['error']['details'][0]['name']), (code, name))
        self.assertEqual(console.ask(type='shout', id=1), {'type': 'close', 'reason': 'message_type'})

    def test_who_has_no_token_or_one_that_is_revoked_is_out(self):
        for token, path, status in (('NNSXS.NONE.NONE', PATH, 401), (self.server.admin_key, PATH[:-1], 404)):
            with self.assertRaises(Refused) as caught:
                self.console(token, path)
            self.assertEqual(caught.exception.status, status)
        key = self.key()
        console = self.console(key['key'])
        self.assertEqual(console.subscribe(1, APPLICATIONS[0])['type'], 'subscribe')
        self.server.api('DELETE', f'/applications/{APPLICATIONS[0]}/api-keys/{key["id"]}')
        heard = console.subscribe(2, APPLICATIONS[0])
        while heard['type'] == 'publish':  # that the key has gone
            heard = console.next()
        self.assertEqual(heard['type'], 'close', heard)

    def test_who_asks_too_often_is_cut_off(self):
        console = self.console(self.key()['key'])
        answers = [console.ask(type='unsubscribe', id=1)]
        while answers[-1]['type'] == 'error' and len(answers) < 40:
            answers.append(console.ask(type='unsubscribe', id=1))
        self.assertEqual(answers[-1], {'type': 'close', 'reason': 'rate_exceeded'})
        self.assertEqual(len(answers), 21)


if __name__ == '__main__':
    unittest.main()
