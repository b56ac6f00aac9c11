// The messages on the console's socket of events, as values and as text. Not what becomes of them:
// console_events.hpp. [spec events-cluster-discovery §5]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/events.pb.h"

namespace ff::api {

inline constexpr ErrorDef message_type{"pkg/console/internal/events/protocol", "message_type",
                                       Code::invalid_argument, "invalid message type `{type}`"};
inline constexpr ErrorDef malformed_message{"pkg/console/internal/events/protocol",
                                            "malformed_message", Code::invalid_argument,
                                            "malformed message"};

struct ConsoleRequest {
  enum class Kind : std::uint8_t { subscribe, unsubscribe };
  Kind kind = Kind::subscribe;
  std::uint64_t id = 0;                          ///< The client's; 0 when it gives none.
  ttn::lorawan::v3::StreamEventsRequest wanted;  ///< Of `subscribe`.
};

/// Unknown keys are ignored. Errors: those above, and those of the API's JSON.
Result<ConsoleRequest> parse_console_request(std::string_view text);

/// That what was asked for is done.
std::string console_done(ConsoleRequest::Kind kind, std::uint64_t id);
/// An event of a subscription; empty if it can not be said in JSON.
std::string console_event(std::uint64_t id, const ttn::lorawan::v3::Event& event);
/// `error`: as the API says it, in JSON.
std::string console_error(std::uint64_t id, std::string_view error);

}  // namespace ff::api
