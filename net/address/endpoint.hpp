// Endpoint: an IP address and port as a value, the same for datagrams and streams.
// Not for host names: those are resolved by a stream connector (net/stream) and never kept.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::net {

/// `{text}` is not an address of the expected form.
inline constexpr ErrorDef invalid_endpoint{"net/address", "invalid_endpoint",
                                           Code::invalid_argument, "invalid endpoint `{text}`"};

/// IPv4 or IPv6 address and port. An IPv4-mapped IPv6 address is always held as the IPv4 address it
/// maps, so that one peer has one value whatever socket it was seen on. A cheap, thread-safe value.
class Endpoint {
 public:
  /// `[::]:0`.
  Endpoint() = default;
  static Endpoint v4(const std::array<std::uint8_t, 4>& address, std::uint16_t port) noexcept;
  /// `scope` is the interface index of a link-local address, else 0.
  static Endpoint v6(const std::array<std::uint8_t, 16>& address, std::uint16_t port,
                     std::uint32_t scope = 0) noexcept;

  /// `192.0.2.1:1700`, `[2001:db8::1]:1700`, `[fe80::1%2]:1700`. No host names, no omitted parts.
  static Result<Endpoint> parse(std::string_view text);
  /// As `parse`, and the forms of a listen address: `:1885` is every address of the machine
  /// (`[::]`, both families), `localhost:1885` is 127.0.0.1.
  static Result<Endpoint> parse_listen(std::string_view text);

  bool is_v4() const noexcept { return is_v4_; }
  bool is_loopback() const noexcept;
  /// True for 0.0.0.0 and `::`.
  bool is_any() const noexcept;
  std::uint16_t port() const noexcept { return port_; }
  std::uint32_t scope() const noexcept { return scope_; }
  Endpoint with_port(std::uint16_t port) const noexcept;
  /// 4 or 16 bytes in network order, valid as long as this value.
  ByteView address() const noexcept {
    return is_v4_ ? ByteView(bytes_).first(4) : ByteView(bytes_);
  }

  /// The address alone, `192.0.2.1` or `2001:db8::1`.
  std::string address_text() const;
  /// The form `parse` reads.
  std::string to_string() const;

  auto operator<=>(const Endpoint&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint32_t scope_ = 0;
  std::uint16_t port_ = 0;
  bool is_v4_ = false;
};

}  // namespace ff::net

template <>
struct std::hash<ff::net::Endpoint> {
  std::size_t operator()(const ff::net::Endpoint& endpoint) const noexcept;
};
