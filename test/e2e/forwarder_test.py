"""UDP packet forwarders as they are: counters that drift and wrap, power cuts, lines that lose, double and reorder."""
import pathlib
import unittest

from harness import Server
from udp_tap import PULL_ACK, PULL_RESP, PUSH_ACK, TwoPortTap

APPLICATION = 'forwarders'


class Case(unittest.TestCase):
    SETTINGS = {}

    def setUp(self):
        self.server = Server(**self.SETTINGS).start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)

    def simulate(self, *flags, gateways=3, **kwargs):
        return self.server.simulate('--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key,
                                    '--region', 'EU868', '--version', '1.0.3', '--confirmed-ratio', 1, '--gateways', gateways, '--copies', 2, *flags, **kwargs)


class Forwarders(Case):
    def test_windows_are_met_over_drift_and_rollover(self):
        # The counters wrap after five seconds. Devices leave their windows open: RX1 opens after five seconds.
        report = self.simulate('--activation', 'otaa', '--count', 6, '--prefix', 'drift', '--uplinks', 24, '--rate', 0.6, '--seed', 31,
                               '--gateway-drift-ppm', 10, '--gateway-counter', 2**32 - 5_000_000, '--line-delay-max', 0.05)
        self.assertEqual(report['joins']['joined'], 6, report)
        self.assertEqual(report['uplinks']['lost'], 0, report)
        self.assertEqual(report['uplinks']['duplicated'], 0, report)
        self.assertEqual(report['downlinks']['reception']['wrong_time'], 0, report)
        self.assertEqual(report['downlinks']['tx_ack']['NONE'], report['downlinks']['requested'], report)
        self.assertEqual(sum(report['violations'].values()), 0, report)

    def test_restarts_and_bad_lines_repeat_nothing(self):
        # Windows of a repetition have closed before the next uplink.
        report = self.simulate('--activation', 'abp', '--count', 40, '--prefix', 'bad', '--duration', 60, '--period', 25,
                               '--confirmed-attempts', 2, '--seed', 32,
                               '--gateway-drift-ppm', 10, '--gateway-restart-interval', 25, '--first-dev-eui', 'FEFFF00000010001',
                               '--line-loss', 0.02, '--line-duplicates', 0.1, '--line-delay-max', 0.08)
        self.assertGreaterEqual(report['gateway_restarts'], 2, report)
        self.assertGreaterEqual(report['uplinks']['delivered'], report['uplinks']['sent'] * 0.95, report)
        self.assertEqual(report['uplinks']['duplicated'], 0, report)
        self.assertEqual(report['downlinks']['reception']['wrong_time'], 0, report)
        # How many depends on which gateway has its power when a window opens; 30 of 77 were seen.
        self.assertGreater(report['uplinks']['acknowledged'], 10, report)
        self.assertEqual(sum(report['violations'].values()), 0, report)
        stats = self.server.api('GET', '/gs/gateways/sim-0016c001ff000000/connection/stats')
        self.assertGreater(int(stats['uplink_count']), 20, stats)

    def test_an_end_in_order_remembers_every_gateway(self):
        gateways = 300
        report = self.server.simulate('--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key,
                                      '--region', 'EU868', '--version', '1.0.3', '--activation', 'abp', '--count', 50, '--prefix', 'end',
                                      '--gateways', gateways, '--copies', 4, '--uplinks', 200, '--rate', 100, '--seed', 33)
        self.assertEqual(report['uplinks']['lost'], 0, report)
        text = self.server.request('GET', '/metrics')[1]
        received = int(next(line.split()[-1] for line in text.splitlines() if line.startswith('ttn_lw_gs_uplink_received_total{protocol="udp"}')))
        # Well before any of them writes its statistics by itself.
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.assertNotIn('not all gateways were remembered', self.server.log.read_text(errors='replace'))
        self.server.start()
        ids = [one['ids']['gateway_id'] for one in self.server.api('GET', '/users/admin/gateways?limit=1000')['gateways']]
        self.assertEqual(len(ids), gateways)
        all_stats = [self.server.api('GET', f'/gs/gateways/{one}/connection/stats') for one in ids]
        self.assertTrue(all('disconnected_at' in stats for stats in all_stats))
        self.assertEqual(sum(int(stats.get('uplink_count', 0)) for stats in all_stats), received)


class SeveralSockets(Case):
    """One port, shared by sockets between which the kernel spreads senders."""
    SETTINGS = {'gs.udp.frontends': 3}

    def test_a_gateway_of_two_ports_has_one_connection_and_its_downlinks(self):
        gateways = 12
        with TwoPortTap(self.server.ports['udp']) as tap:
            report = self.simulate('--activation', 'otaa', '--count', 12, '--prefix', 'two-ports', '--uplinks', 48, '--rate', 2, '--seed', 34,
                                   gateways=gateways, gateway_port=tap.port)
            heard = tap.heard_types()
        self.assertEqual(report['joins']['joined'], 12, report)
        self.assertEqual(report['uplinks']['lost'], 0, report)
        self.assertEqual(report['uplinks']['duplicated'], 0, report)
        self.assertEqual(sum(report['violations'].values()), 0, report)
        # Whichever sockets its ports came to.
        self.assertEqual(heard[True], {PUSH_ACK: gateways})
        self.assertEqual(set(heard[False]), {PULL_ACK, PULL_RESP})
        self.assertEqual(heard[False][PULL_ACK], gateways)
        self.assertGreater(heard[False][PULL_RESP], 1)
        metrics = self.server.request('GET', '/metrics')[1].splitlines()
        self.assertIn(f'ttn_lw_gs_connected_gateways{{protocol="udp"}} {gateways}', metrics)
        self.assertFalse([line for line in metrics if line.startswith('ttn_lw_gs_gateways_disconnected_total')])
        port = f':{self.server.ports["udp"]:04X}'
        sockets = [line.split()[1] for line in pathlib.Path('/proc/net/udp').read_text().splitlines()[1:]]
        self.assertEqual(sum(one.endswith(port) for one in sockets), 3)


if __name__ == '__main__':
    unittest.main()
