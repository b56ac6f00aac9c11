// `ns.*`: devices' network sessions. Defaults are the reference's. [spec configuration-and-metrics
// §5]
#include "config/schema/schema.hpp"

namespace ff::config {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Knob> mac_settings_knobs() {
  const auto exponent = optional(count<std::uint8_t>(0, 15));
  return {
      {"ns.default-mac-settings.adr-margin", "Safety margin of the data rate algorithm, dB.", "15",
       one(number(-100, 100), FF_PLACE(ns.default_mac_settings.adr_margin_db))},
      {"ns.default-mac-settings.desired-rx1-delay",
       "From the end of an uplink to the first receive window, seconds.", "5",
       one(whole_seconds(1, 15), FF_PLACE(ns.default_mac_settings.desired_rx1_delay))},
      {"ns.default-mac-settings.desired-max-duty-cycle",
       "Devices may send 1/2^n of the time; empty leaves it to the device.", "",
       one(exponent, FF_PLACE(ns.default_mac_settings.desired_max_duty_cycle))},
      {"ns.default-mac-settings.desired-adr-ack-limit-exponent",
       "Devices ask for a sign of life after 2^n uplinks; empty leaves it to the region.", "",
       one(exponent, FF_PLACE(ns.default_mac_settings.desired_adr_ack_limit_exponent))},
      {"ns.default-mac-settings.desired-adr-ack-delay-exponent",
       "… and give up a data rate after 2^n more; empty leaves it to the region.", "",
       one(exponent, FF_PLACE(ns.default_mac_settings.desired_adr_ack_delay_exponent))},
      {"ns.default-mac-settings.class-b-timeout", "How long a class B device may take to confirm.",
       "10m",
       one(duration(seconds{1}, hours{24}), FF_PLACE(ns.default_mac_settings.class_b_timeout))},
      {"ns.default-mac-settings.class-c-timeout", "How long a class C device may take to confirm.",
       "5m",
       one(duration(seconds{1}, hours{24}), FF_PLACE(ns.default_mac_settings.class_c_timeout))},
      {"ns.default-mac-settings.status-time-periodicity",
       "How often devices are asked for battery and margin; 0: never.", "24h",
       one(duration(seconds{0}, hours{24 * 366}),
           FF_PLACE(ns.default_mac_settings.status_time_periodicity))},
      {"ns.default-mac-settings.status-count-periodicity",
       "… and after how many uplinks; 0: never.", "200",
       one(count<std::uint32_t>(0, 1'000'000),
           FF_PLACE(ns.default_mac_settings.status_count_periodicity))},
  };
}

}  // namespace

std::vector<Knob> network_server_knobs() {
  std::vector<Knob> rows = {
      {"ns.net-id", "The network's NetID; 000000 and 000001 are for experiments.", "000000",
       one(net_id(), FF_PLACE(ns.net_id))},
      {"ns.dev-addr-prefixes",
       "Where new device addresses are taken from; empty: what the NetID implies.", "",
       many(dev_addr_prefix(), FF_PLACE(ns.dev_addr_prefixes))},
      {"ns.application-dev-addr-prefixes",
       "Applications whose devices get addresses of their own, which no other application's get.",
       "",
       many(application_dev_addr_prefixes(), FF_PLACE(ns.application_dev_addr_prefixes),
            Shape::map)},
      {"ns.deduplication-window",
       "How long copies of an uplink are collected before it is handled.", "200ms",
       one(duration(milliseconds{1}, seconds{10}), FF_PLACE(ns.deduplication_window))},
      {"ns.cooldown-window", "How long after that late copies are recognised and dropped.", "1s",
       one(duration(milliseconds{1}, minutes{1}), FF_PLACE(ns.cooldown_window))},
      {"ns.downlink-priorities.join-accept", "Priority of join-accepts at the gateway.", "highest",
       one(tx_priority(), FF_PLACE(ns.join_accept_priority))},
      {"ns.downlink-priorities.mac-commands",
       "Priority of downlinks that carry MAC commands alone.", "highest",
       one(tx_priority(), FF_PLACE(ns.mac_command_priority))},
      {"ns.downlink-priorities.max-application-downlink",
       "The highest priority an application can ask for.", "high",
       one(tx_priority(), FF_PLACE(ns.max_application_priority))},
      {"ns.downlink-queue-capacity", "Application downlinks that may wait for one device.", "10000",
       one(count<std::size_t>(1, 1'000'000), FF_PLACE(ns.downlink_queue_capacity))},
      {"ns.confirmed-transmissions-max",
       "How often a device before LoRaWAN 1.0.4 may send one confirmed uplink; further repetitions "
       "are dropped.",
       "15", one(count<std::uint32_t>(1, 20), FF_PLACE(ns.confirmed_transmissions_max))},
      {"ns.request-timeout",
       "How long a gateway may take to answer; a join server has until the last window of the "
       "join.",
       "3s", one(duration(milliseconds{100}, minutes{1}), FF_PLACE(ns.request_timeout))},
      {"ns.adr.algorithm",
       "What adapts data rates: reference never lowers one, two-way does when the link degrades.",
       "reference", one(adr_algorithm(), FF_PLACE(ns.adr.algorithm))},
      {"ns.adr.exceptions",
       "Applications, or devices as application.device, with an algorithm of their own.", "",
       many(adr_exception(), FF_PLACE(ns.adr.exceptions), Shape::map)},
      {"ns.session-idle", "A silent device's session leaves the memory after this.", "1m",
       one(duration(minutes{1}, hours{24}), FF_PLACE(ns.session_idle))},
      {"ns.device-kek-label",
       "Label of the key vault's key that session keys are wrapped with at rest; empty: the "
       "server's own.",
       "", one(label_or_nothing(), FF_PLACE(ns.device_kek_label))},
      {"ns.interop.config-source", "Where other networks' join servers are listed; empty: nowhere.",
       "", one(directory_source(), FF_PLACE(ns.interop.source))},
      {"ns.interop.directory", "Folder with config.yml and a file for each join server.", "",
       one(path_or_nothing(), FF_PLACE(ns.interop.directory))},
      {"ns.interop.id", "NSID of this network server, for Backend Interfaces 1.1.", "",
       one(label_or_nothing(), FF_PLACE(ns.interop.id))},
  };
  for (auto& row : mac_settings_knobs()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace ff::config
