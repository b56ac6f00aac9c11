"""The command that a newcomer types first, `tools/run --check`, with the programs under test."""
import os
import pathlib
import subprocess
import sys
import unittest

from harness import BIN

DEMO = pathlib.Path(__file__).parents[2] / 'tools' / 'live' / 'demo.py'


class Demo(unittest.TestCase):
    def test_a_device_joins_sends_and_hears(self):
        done = subprocess.run([sys.executable, '-B', str(DEMO), '--check'], capture_output=True, text=True, timeout=200,
                              env={**os.environ, 'DEMO_BIN': str(BIN.resolve())})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for milestone in ('the server is healthy', 'an OTAA device has joined', '3 uplinks at the subscriber',
                          'a queued downlink left for the gateway', 'the device has received it'):
            self.assertRegex(done.stdout, rf'\d+\.\d s  {milestone}\n')


if __name__ == '__main__':
    unittest.main()
