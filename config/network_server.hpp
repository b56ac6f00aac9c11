// What an operator decided about devices' network sessions: `ns`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/interop_client.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::config {

/// `ns.default-mac-settings`.
struct DefaultMacSettings {
  double adr_margin_db = 0;
  std::chrono::seconds desired_rx1_delay{};
  std::optional<std::uint8_t> desired_max_duty_cycle;          // exponent: 1/2^n
  std::optional<std::uint8_t> desired_adr_ack_limit_exponent;  // 2^n uplinks
  std::optional<std::uint8_t> desired_adr_ack_delay_exponent;  // 2^n uplinks
  Duration class_b_timeout{};
  Duration class_c_timeout{};
  Duration status_time_periodicity{};          // 0: off
  std::uint32_t status_count_periodicity = 0;  // 0: off
};

enum class AdrAlgorithm : std::uint8_t { reference, two_way };

/// One row of `ns.adr.exceptions`.
struct AdrException {
  std::string name;  // `application` or `application.device`
  AdrAlgorithm algorithm = AdrAlgorithm::reference;
  bool operator==(const AdrException&) const = default;
};

/// `ns.adr`.
struct Adr {
  AdrAlgorithm algorithm = AdrAlgorithm::reference;
  std::vector<AdrException> exceptions;
};

/// One row of `ns.application-dev-addr-prefixes`.
struct ApplicationDevAddrPrefixes {
  std::string application_id;
  std::vector<DevAddrPrefix> prefixes;  // at least one
  bool operator==(const ApplicationDevAddrPrefixes&) const = default;
};

/// `ns`.
struct NetworkServer {
  NetId net_id;
  std::vector<DevAddrPrefix> dev_addr_prefixes;  // empty: the prefix that the NetID implies
  std::vector<ApplicationDevAddrPrefixes> application_dev_addr_prefixes;
  Duration deduplication_window{};
  Duration cooldown_window{};
  TxPriority join_accept_priority = TxPriority::highest;
  TxPriority mac_command_priority = TxPriority::highest;
  TxPriority max_application_priority = TxPriority::high;
  std::size_t downlink_queue_capacity = 0;
  std::uint32_t confirmed_transmissions_max = 0;
  Duration request_timeout{};
  Duration session_idle{};
  Adr adr;
  DefaultMacSettings default_mac_settings;
  std::string device_kek_label;  // of keys at rest; empty: the server's own
  InteropClient interop;
};

}  // namespace ff::config
