// Downlinks as applications send them: `{"downlinks":[…]}` over MQTT, webhooks and pub/sub.
// Not the rules of the queue (counters, retries, sessions): the device pipeline's. [spec
// message-formats §1, §5]
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::application_json {

inline constexpr ErrorDef malformed_json{"pkg/applicationserver/io/web", "decode_body",
                                         Code::invalid_argument, "decode body: {reason}"};
inline constexpr ErrorDef invalid_downlink{"pkg/applicationserver/io/web", "validate_body",
                                           Code::invalid_argument, "invalid `{field}`: {reason}"};

/// How deep objects and lists of a payload may be nested. A level is three messages of protobuf's
/// Struct, and readers of protobuf stop at a hundred.
inline constexpr std::size_t payload_depth_max = 30;

struct DownlinkLimits {
  std::size_t document_size = std::size_t{1} << 20U;  // bytes
  std::size_t downlinks = 20'000;                     // twice the network server's queue
  std::size_t correlation_ids = 100;                  // of one downlink
  std::size_t gateways = 32;                          // of one downlink
};

/// Names in snake_case or camelCase, enums by name or number, either base64, null as absent;
/// unknown members are ignored. A decoded payload is kept as its text, of which every subscriber
/// can make what it needs: its numbers are finite, its depth is bounded. Values out of the bounds
/// of [spec application-server §7.2] are invalid_downlink; anything that is not JSON is
/// malformed_json. Total on any text.
Result<std::vector<ApplicationDownlink>> parse_downlinks(std::string_view json,
                                                         const DownlinkLimits& limits = {});

}  // namespace ff::application_json
