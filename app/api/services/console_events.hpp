// Events for the console: one WebSocket with any number of subscriptions, which the client numbers.
// No method of the gRPC API. [spec events-cluster-discovery §5]
#pragma once

#include "app/api/services/event_subscriptions.hpp"
#include "net/http/handler.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::api {

inline constexpr ErrorDef already_subscribed{"pkg/console/internal/events/subscriptions",
                                             "already_subscribed", Code::already_exists,
                                             "already subscribed with ID `{id}`"};
inline constexpr ErrorDef not_subscribed{"pkg/console/internal/events/subscriptions",
                                         "not_subscribed", Code::not_found,
                                         "not subscribed with ID `{id}`"};
inline constexpr ErrorDef console_no_identifiers{"pkg/console/internal/events/subscriptions",
                                                 "no_identifiers", Code::invalid_argument,
                                                 "no identifiers"};
/// The reference has no bound.
inline constexpr ErrorDef too_many_subscriptions{"pkg/console/internal/events/subscriptions",
                                                 "too_many_subscriptions", Code::resource_exhausted,
                                                 "more than `{max}` subscriptions"};
inline constexpr ErrorDef rate_exceeded{"pkg/console/internal/events", "rate_exceeded",
                                        Code::resource_exhausted, "request rate exceeded"};
inline constexpr ErrorDef unknown_caller{"pkg/console/internal/events", "unknown_caller",
                                         Code::internal, "unknown caller type `{type}`"};

/// Of one socket.
inline constexpr std::size_t console_subscriptions_max = 64;
/// Messages of a client that wait for an answer; one more ends the socket.
inline constexpr std::size_t console_requests_max = 64;
/// Events that wait to be written; one more ends the socket: a client comes back and asks for what
/// it has missed.
inline constexpr std::size_t console_events_max = 1024;

struct ConsoleEventPorts {
  std::shared_ptr<Authenticator> authenticator;
  EventSources sources;
  net::RateLimit limit;                       ///< Class `http:console:internal:events`.
  std::function<std::string()> new_error_id;  ///< 32 hex digits. Any thread.
  MakeRandom make_random;
};

/// Serves `GET /api/v3/console/internal/events/`, and leaves everything else to `next`. The caller
/// is known by the token among the subprotocols, else by `Authorization`; asked for again with
/// every message.
net::http::HttpHandler make_console_events(ConsoleEventPorts ports, net::http::HttpHandler next);

}  // namespace ff::api
