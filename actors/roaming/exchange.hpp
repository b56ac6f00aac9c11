// A request to a partner as an HTTP request, and its HTTP answer as a message. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "actors/roaming/config.hpp"
#include "protocol/backend_interfaces/message.hpp"

namespace ff::roaming {

struct Sender {
  NetId net_id;
  std::string ns_id;  // 16 hex digits; empty: none
};

/// Error: missing_ns_id.
Result<net::http_client::ClientRequest> request_to(const config::RoamingPartner& partner,
                                                   const Sender& sender, std::uint32_t transaction,
                                                   backend_interfaces::MessageType type,
                                                   backend_interfaces::Body body);

/// Whatever the result in it. Error: partner_unavailable, for what is no answer to this request.
Result<backend_interfaces::Body> answer_of(const config::RoamingPartner& partner,
                                           const Result<net::http_client::ClientAnswer>& answer,
                                           std::uint32_t transaction,
                                           backend_interfaces::MessageType type);

/// The result of any answer; success for a request.
backend_interfaces::Outcome result_of(const backend_interfaces::Body& body);

}  // namespace ff::roaming
