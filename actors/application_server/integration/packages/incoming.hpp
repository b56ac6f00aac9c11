// A message of the outbox as packages look at it: what was received, and how it was heard. The one
// place of this folder that reads messages of the API, beside events.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/result.hpp"
#include "protocol/lora_cloud/geolocation.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::application_server::packages {

struct ReceivedUplink {
  std::uint8_t f_port = 0;
  std::uint32_t f_cnt = 0;
  Bytes frm_payload;            // empty also when it stays encrypted
  std::string decoded_payload;  // a JSON object; empty: none
  std::uint32_t frequency = 0;  // Hz
  /// Nothing where it is not certain.
  std::optional<std::uint8_t> data_rate_index;
  /// When the frame ended, as well as is known: by the GPS of a gateway, or else when the first one
  /// handed it over.
  UtcTime received_at;
  /// Of gateways that know where they are.
  lora_cloud::Frame receptions;
  bool operator==(const ReceivedUplink&) const = default;
};

struct Incoming {
  DeviceIdentifiers ids;
  CorrelationIds correlation_ids;
  UtcTime received_at;
  std::optional<ReceivedUplink> uplink;  // nothing: a join-accept
  bool operator==(const Incoming&) const = default;
};

/// Of an uplink or a join-accept. Error: malformed_message.
Result<Incoming> read_incoming(const ApplicationId& application_id, const OutboxMessage& message);

}  // namespace ff::application_server::packages
