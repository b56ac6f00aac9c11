"""The examples of the documentation, run as a reader would run them."""
import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import BIN, Server, free_port, wait_until

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / 'app' / 'docs' / 'examples'


class Examples(unittest.TestCase):
    def setUp(self):
        self.server = Server(**{'as.webhooks.allow-networks': '127.0.0.0/8'})
        self.server.settings['as.webhooks.downlink.public-address'] = f'http://127.0.0.1:{self.server.ports["http"]}/api/v3'
        self.server.start()
        self.addCleanup(self.server.__exit__)
        # application.sh leaves its key beside the scripts.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-examples-'))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(EXAMPLES, self.folder, dirs_exist_ok=True)
        self.receiver_port = free_port()
        self.environment = {
            'PATH': os.environ['PATH'], 'API': f'http://127.0.0.1:{self.server.ports["http"]}/api/v3', 'MQTT_HOST': '127.0.0.1',
            'MQTT_PORT': str(self.server.ports['mqtt']), 'DATA': str(self.server.directory / 'data'),
            'RECEIVER': f'http://127.0.0.1:{self.receiver_port}', 'SECONDS_MAX': '90', **self.make_device()}
        self.not_run = {path.name for path in EXAMPLES.iterdir()} - {'README.md', 'environment.sh'}

    def make_device(self):
        """A device that the simulator has, in the words of device.sh."""
        text = subprocess.run([str(BIN / 'farfield-sim'), 'devices', '--count', '1', '--activation', 'otaa', '--version', '1.0.3', '--region',
                               'EU868', '--prefix', 'dev'], check=True, capture_output=True, text=True, timeout=30).stdout
        self.devices = self.folder / 'devices.csv'
        self.devices.write_text(text)
        row = next(csv.DictReader(io.StringIO(text)))
        self.device = row['device_id']
        return {'DEVICE': row['device_id'], 'DEV_EUI': row['dev_eui'], 'JOIN_EUI': row['join_eui'], 'APP_KEY': row['app_key']}

    def start(self, script, *arguments, stdout=subprocess.PIPE):
        self.not_run.discard(script)
        process = subprocess.Popen([f'./{script}', *arguments], cwd=self.folder, env=self.environment, stdout=stdout,
                                   stderr=subprocess.STDOUT, text=True)
        if process.stdout:
            self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def run_script(self, script):
        process = self.start(script)
        out = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 0, out)
        return out

    def test_all_of_them_do_what_they_say(self):
        heard = self.folder / 'heard'
        with open(heard, 'w') as file:
            self.start('receiver.py', str(self.receiver_port), stdout=file)
        self.run_script('application.sh')
        self.assertEqual((self.folder / 'traffic-key').stat().st_mode & 0o777, 0o600)
        self.assertIn(f'{self.device} is registered', self.run_script('device.sh'))
        key = (self.folder / 'traffic-key').read_text().strip()
        self.server.simulate('--devices', self.devices, '--application', 'my-app', '--mqtt-user', 'my-app', '--mqtt-password', key, '--gateways', 1,
                             '--uplinks', 1, '--expect-joined', 1, '--expect-delivered', 1)
        self.assertIn('AQID', self.run_script('downlink.sh'))
        self.assertIn('"temperature":21.4', self.run_script('formatter.sh'))
        self.run_script('webhook.sh')
        seen = self.folder / 'events'
        with open(seen, 'w') as file:
            self.start('events.sh', stdout=file)
        wait_until(lambda: '"name":"events.stream.start"' in seen.read_text(), 'the stream of events')
        subscriber = self.start('mqtt.sh')
        # It is heard once it has subscribed.
        wait_until(lambda: self.run_script('simulate.sh') and subscriber.poll() is not None, 'an uplink by MQTT', 60)
        topic, message = subscriber.communicate(timeout=30)[0].split(' ', 1)
        self.assertEqual(topic, f'v3/my-app/devices/{self.device}/up')
        message = json.loads(message)
        self.assertTrue(message['simulated'])
        self.assertEqual(message['uplink_message']['decoded_payload'], {'temperature': 21.4})
        wait_until(lambda: f'downlink queued for {self.device} 200\n' in heard.read_text(), 'the answer of the webhook\'s receiver')
        self.assertIn(f"/up {self.device} {{'temperature': 21.4}}\n", heard.read_text())
        queue = self.server.api('GET', f'/as/applications/my-app/devices/{self.device}/down')['downlinks']
        self.assertEqual([one['frm_payload'] for one in queue], ['AQID', 'AQ=='])
        table = self.run_script('history.sh').splitlines()
        self.assertGreaterEqual(len(table), 2, table)
        self.assertIn(self.device, table[1])
        self.run_script('replay.sh')
        wait_until(lambda: '"name":"as.up.data.forward"' in seen.read_text(), 'the event of an uplink')
        for line in seen.read_text().splitlines()[:-1]:
            self.assertIn('name', json.loads(line)['result'])
        self.assertEqual(self.not_run, set(), 'examples that this test does not know')


if __name__ == '__main__':
    unittest.main()
