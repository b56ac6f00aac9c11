// What an operator agreed with another network about each other's devices: one file a partner,
// beside those of join servers. Values; read by config/load/roaming.hpp. Not what is done with it
// (actors/roaming).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/interop.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::config {

/// Frames in one direction; 0: no limit.
struct RoamingLimits {
  std::uint32_t uplinks_per_minute = 0;
  std::uint32_t uplinks_per_day = 0;
  std::uint32_t downlinks_per_minute = 0;
  std::uint32_t downlinks_per_day = 0;
  bool operator==(const RoamingLimits&) const = default;
};

/// Its devices under our gateways: we forward.
struct RoamingForward {
  bool allowed = false;
  std::vector<DevAddrPrefix> dev_addr_prefixes;  // empty: the one that its NetID implies
  /// Of devices that join for it; the JoinEUI's join server is asked about others.
  std::vector<JoinEuiPrefix> join_euis;
  RoamingLimits limits;
};

/// Our devices under its gateways: we are their home.
struct RoamingAccept {
  bool allowed = false;
  bool joins = true;                             // devices may join there
  std::vector<DevAddrPrefix> dev_addr_prefixes;  // empty: any of ours
  /// How long it may send a device's uplinks without asking again; 0: it asks for each.
  std::chrono::seconds lifetime{0};
  std::string kek_label;  // what session keys are wrapped with for it; empty: in clear
  RoamingLimits limits;
};

struct RoamingPartner {
  std::string name;  // of its file
  NetId net_id;
  InteropJoinServer access;  // host, TLS, headers, protocol; no join server's paths
  std::string path;          // without a slash in front
  /// How long it may take to answer: with a join its join server is asked meanwhile.
  Duration timeout = std::chrono::seconds{4};
  RoamingForward forward;
  RoamingAccept accept;
};

}  // namespace ff::config
