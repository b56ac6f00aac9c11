// Where the DNS says that a service of a domain is: SRV records [RFC 2782]. Look-ups block for
// seconds when a server is silent: for commands, not for the server's threads. Not addresses of
// hosts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/address/endpoint.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"

namespace ff::net::dns {

inline constexpr ErrorDef lookup_failed{"pkg/net/dns", "lookup_failed", Code::unavailable,
                                        "look-up of `{name}` failed: {reason}"};
inline constexpr ErrorDef malformed_answer{"pkg/net/dns", "malformed_answer", Code::unavailable,
                                           "the DNS server's answer can not be read"};

struct Service {
  std::uint16_t priority = 0;  ///< The lowest first.
  std::uint16_t weight = 0;    ///< Of those with one priority: how often it is the first.
  std::uint16_t port = 0;
  std::string host;  ///< Never empty.
  bool operator==(const Service&) const = default;
};

/// At most so many are read of one answer.
inline constexpr std::size_t services_max = 64;

struct Resolver {
  /// Of IPv4; nothing: those of /etc/resolv.conf.
  std::optional<Endpoint> server;
  /// Seconds that each of two attempts waits for a server, 1 to 30.
  int patience = 2;
};

/// The records of `_service._tcp.example.com`, in no order. Empty when the domain, or the record,
/// is not there, or says that there is no such service. Errors: lookup_failed, malformed_answer.
Result<std::vector<Service>> find_services(const std::string& name, const Resolver& resolver);

/// The same of an answer as it came; total on any bytes. Error: malformed_answer.
Result<std::vector<Service>> services_in(ByteView answer);

/// In the order to try them [RFC 2782]: by priority, and among those by chance and weight.
std::vector<Service> in_order(std::vector<Service> services, Random& random);

}  // namespace ff::net::dns
