"""Changes things of every kind through the API as fast as they are answered, and knows which of them were acknowledged.

A call that ends without an answer may have happened or not: what it changed is unknown until the next answer.
"""
import base64
import http.client
import json
import random
import threading
import time

from harness import ApiError

VERSIONS = {'lorawan_version': 'MAC_V1_0_3', 'lorawan_phy_version': 'PHY_V1_0_3_REV_A', 'frequency_plan_id': 'EU_863_870_TTN'}
PUSHED_MAX = 5000  # of one queue's 10,000
GONE = 404
TAKEN = 409


def is_status(call, *statuses):
    """Whether a call is answered with one of the statuses; other errors are raised."""
    try:
        call()
    except ApiError as error:
        if error.status not in statuses:
            raise
        return True
    return False


class Entity:
    """An application or a gateway: made, changed, deleted and restored by name."""

    def __init__(self, server, plural, kind, number):
        self.server, self.kind = server, kind
        self.id = f'kept-{number}'
        self.collection, self.path = f'/users/admin/{plural}', f'/{plural}/{self.id}'

    def put(self, number):
        change = lambda: self.server.api('PUT', self.path, {self.kind: {'name': number}, 'field_mask': {'paths': ['name']}})
        if not is_status(change, GONE):
            return
        if is_status(lambda: self.server.api('POST', self.collection, {self.kind: {'ids': {f'{self.kind}_id': self.id}, 'name': number}}), TAKEN):
            self.server.api('POST', self.path + '/restore', {})
            change()

    def delete(self):
        is_status(lambda: self.server.api('DELETE', self.path), GONE)

    def read(self):
        return self.server.api('GET', self.path + '?field_mask=name')['name']


class RegisteredDevice:
    """An end device as one of the components' registries has it."""

    # A number that each registry keeps: how it is written, and how it is read.
    FIELDS = {
        'is': ('name', str, lambda device: device['name']),
        'ns': ('mac_settings.status_time_periodicity', lambda number: {'status_time_periodicity': f'{number}s'},
               lambda device: device['mac_settings']['status_time_periodicity'][:-1]),
        'as': ('formatters', lambda number: {'up_formatter': 'FORMATTER_JAVASCRIPT', 'up_formatter_parameter': f'// {number}'},
               lambda device: device['formatters']['up_formatter_parameter'][3:]),
        'js': ('root_keys', lambda number: {'app_key': {'key': f'{int(number):032X}'}}, lambda device: str(int(device['root_keys']['app_key']['key'], 16))),
    }

    def __init__(self, server, application, component, number):
        self.server = server
        self.field, self.written, self.value_of = self.FIELDS[component]
        joins = component in ('ns', 'js')
        euis = {'dev_eui': f'FEFFF10{int(component == "ns")}{number:08X}', 'join_eui': 'FEFFF10000000000'} if joins else {}
        self.ids = {'device_id': f'kept-{component}-{number}', 'application_ids': {'application_id': application}, **euis}
        self.others = {'ns': {'supports_join': True, **VERSIONS}}.get(component, {})
        prefix = '' if component == 'is' else f'/{component}'
        self.path = f'{prefix}/applications/{application}/devices/{self.ids["device_id"]}'
        self.collection = f'/applications/{application}/devices'
        if component == 'js':  # which finds a device's EUIs there
            self.server.api('POST', self.collection, {'end_device': {'ids': self.ids}})
        self.is_entity = not prefix

    def put(self, number):
        device = {'ids': self.ids, self.field.split('.')[0]: self.written(number), **self.others}
        body = {'end_device': device, 'field_mask': {'paths': [self.field, *self.others]}}
        call = lambda: self.server.api('PUT', self.path, body)
        if not self.is_entity:
            call()
        elif is_status(call, GONE):
            self.server.api('POST', self.collection, body)

    def delete(self):
        is_status(lambda: self.server.api('DELETE', self.path), GONE)

    def read(self):
        return self.value_of(self.server.api('GET', f'{self.path}?field_mask={self.field}'))


class QueuedDownlinks:
    """Downlinks for a device that never speaks: what was acknowledged stays in its queue, in order."""

    def __init__(self, server, application):
        self.server = server
        self.path = f'/as/applications/{application}/devices/quiet/down'
        self.acknowledged, self.perhaps = [], set()
        ids = {'device_id': 'quiet', 'application_ids': {'application_id': application}, 'dev_addr': '26001234'}
        self.server.api('POST', f'/applications/{application}/devices', {'end_device': {'ids': ids}})
        session = {'dev_addr': '26001234', 'keys': {'session_key_id': 'AQI=', 'f_nwk_s_int_key': {'key': '11' * 16}}}
        self.server.api('PUT', f'/ns/applications/{application}/devices/quiet', {
            'end_device': {'ids': ids, 'session': session, **VERSIONS}, 'field_mask': {'paths': ['session', *VERSIONS]}})
        session = {'dev_addr': '26001234', 'keys': {'session_key_id': 'AQI=', 'app_s_key': {'key': '22' * 16}}}
        self.server.api('PUT', f'/as/applications/{application}/devices/quiet', {
            'end_device': {'ids': ids, 'session': session},
            'field_mask': {'paths': ['session.dev_addr', 'session.keys.session_key_id', 'session.keys.app_s_key.key']}})

    def push(self, number):
        item = {'f_port': 1, 'frm_payload': base64.b64encode(number.to_bytes(4, 'big')).decode()}
        self.perhaps.add(number)
        self.server.api('POST', self.path + '/push', {'downlinks': [item]})
        self.acknowledged.append(number)

    def check(self, test):
        queue = self.server.api('GET', self.path).get('downlinks', [])
        numbers = [int.from_bytes(base64.b64decode(item['frm_payload']), 'big') for item in queue]
        acknowledged = set(self.acknowledged)
        test.assertEqual([number for number in numbers if number in acknowledged], self.acknowledged)
        test.assertLessEqual(set(numbers), self.perhaps)
        counters = [item['f_cnt'] for item in queue]
        test.assertEqual(counters, sorted(set(counters)), 'a counter repeats')


class AcknowledgedWrites:
    """One thread that writes until stop(); then check()."""

    def __init__(self, server, application, seed):
        self.random = random.Random(seed)
        self.things = [Entity(server, plural, kind, number) for plural, kind in (('applications', 'application'), ('gateways', 'gateway')) for number in range(6)]
        self.things += [RegisteredDevice(server, application, component, number) for component in RegisteredDevice.FIELDS for number in range(6)]
        self.downlinks = QueuedDownlinks(server, application)
        self.expected = {}  # by number of the thing; None: deleted
        self.calls = 0
        self.failure = None
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self):
        try:
            while not self.ends.is_set():
                self._write()
        except Exception as refused:  # pylint: disable=broad-exception-caught
            self.failure = refused  # of stop(), in the test's own thread

    def _write(self):
        self.calls += 1
        which = self.random.randrange(len(self.things))
        deletes = self.random.random() < 0.3
        try:
            if self.random.random() < 0.25 and len(self.downlinks.perhaps) < PUSHED_MAX:
                return self.downlinks.push(self.calls)
            self.expected.pop(which, None)
            if deletes:
                self.things[which].delete()
            else:
                self.things[which].put(str(self.calls))
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return time.sleep(0.05)
        except ApiError as error:
            if error.status not in (502, 503):
                raise
            return time.sleep(0.05)
        self.expected[which] = None if deletes else str(self.calls)
        return None

    def stop(self):
        self.ends.set()
        self.thread.join(30)
        if self.failure:
            raise self.failure

    def check(self, test):
        test.assertFalse(self.thread.is_alive())
        test.assertGreater(len(self.expected), len(self.things) / 2, 'the API was written to')
        for which, value in self.expected.items():
            thing = self.things[which]
            if value is None:
                test.assertTrue(is_status(thing.read, GONE), f'{thing.path} was deleted')
            else:
                test.assertEqual(thing.read(), value, thing.path)
        self.downlinks.check(test)
