// What the network server is configured with. Defaults are the reference's. [spec network-server
// §1.2]
#pragma once

#include "actors/network_server/session/adr_choice.hpp"
#include "actors/network_server/shard/state.hpp"
#include "protocol/mac/retransmission.hpp"
#include "protocol/mac/settings.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "protocol/types/dev_addr_allocation.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::network_server {

struct Config {
  NetId net_id;
  DevAddrPlan addresses;
  ShardLimits limits;
  mac::MacSettings default_mac_settings;
  AdrChoice adr;
  std::size_t downlink_queue_capacity = 10'000;
  TxPriority join_accept_priority = TxPriority::highest;
  TxPriority mac_command_priority = TxPriority::highest;
  TxPriority max_application_priority = TxPriority::high;
  /// The store's: sessions that were written before a backup was restored count on from there.
  /// [storage/directory]
  std::uint64_t counter_jump = 0;
  /// Keys at rest; null: in clear.
  storage::KeySealPtr key_seal;
  /// Whether other networks' join servers are asked when ours does not know a device.
  bool interop = false;
  /// Of one confirmed uplink of a device before 1.0.4, its repetitions included. [spec
  /// network-server §5]
  std::uint32_t confirmed_transmissions_max = mac::default_confirmed_transmissions_max;
  /// How long a gateway may take to answer. A join server has until the last window of the join.
  Duration request_timeout = std::chrono::seconds{3};
};

}  // namespace ff::network_server
