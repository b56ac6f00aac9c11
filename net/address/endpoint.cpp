#include "net/address/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace ff::net {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
/// The longest text of an IPv6 address is 45 characters; inet_pton needs a terminated copy.
constexpr std::size_t address_text_max = 45;

template <class Int>
std::optional<Int> parse_number(std::string_view text) {
  Int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> parse_address(int family, std::string_view text) {
  if (text.empty() || text.size() > address_text_max) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::array<std::uint8_t, N> bytes{};
  if (inet_pton(family, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

std::optional<Endpoint> parse_v6(std::string_view host, std::uint16_t port) {
  std::uint32_t scope = 0;
  if (auto percent = host.find('%'); percent != std::string_view::npos) {
    auto number = parse_number<std::uint32_t>(host.substr(percent + 1));
    if (!number) return std::nullopt;
    scope = *number;
    host = host.substr(0, percent);
  }
  auto bytes = parse_address<16>(AF_INET6, host);
  if (!bytes) return std::nullopt;
  return Endpoint::v6(*bytes, port, scope);
}

std::optional<Endpoint> parse_parts(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (!port || host.empty()) return std::nullopt;
  if (host.front() == '[') {
    if (host.back() != ']') return std::nullopt;
    return parse_v6(host.substr(1, host.size() - 2), *port);
  }
  auto bytes = parse_address<4>(AF_INET, host);
  if (!bytes) return std::nullopt;
  return Endpoint::v4(*bytes, *port);
}

}  // namespace

Endpoint Endpoint::v4(const std::array<std::uint8_t, 4>& address, std::uint16_t port) noexcept {
  Endpoint endpoint;
  std::copy(address.begin(), address.end(), endpoint.bytes_.begin());
  endpoint.port_ = port;
  endpoint.is_v4_ = true;
  return endpoint;
}

Endpoint Endpoint::v6(const std::array<std::uint8_t, 16>& address, std::uint16_t port,
                      std::uint32_t scope) noexcept {
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.begin())) {
    return v4({address[12], address[13], address[14], address[15]}, port);
  }
  Endpoint endpoint;
  endpoint.bytes_ = address;
  endpoint.scope_ = scope;
  endpoint.port_ = port;
  return endpoint;
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  auto endpoint = parse_parts(text);
  if (!endpoint) return fail(invalid_endpoint, {{"text", text}});
  return *endpoint;
}

Result<Endpoint> Endpoint::parse_listen(std::string_view text) {
  constexpr std::string_view loopback_name = "localhost:";
  if (text.starts_with(':')) return parse("[::]" + std::string(text));
  if (text.starts_with(loopback_name)) {
    return parse("127.0.0.1:" + std::string(text.substr(loopback_name.size())));
  }
  return parse(text);
}

bool Endpoint::is_loopback() const noexcept {
  if (is_v4_) return bytes_[0] == 127;
  return bytes_[15] == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto b) { return b == 0; });
}

bool Endpoint::is_any() const noexcept {
  return std::all_of(bytes_.begin(), bytes_.end(), [](auto b) { return b == 0; });
}

Endpoint Endpoint::with_port(std::uint16_t port) const noexcept {
  auto copy = *this;
  copy.port_ = port;
  return copy;
}

std::string Endpoint::address_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

std::string Endpoint::to_string() const {
  auto port_text = ":" + std::to_string(port_);
  if (is_v4_) return address_text() + port_text;
  auto scope_text = scope_ == 0 ? std::string() : "%" + std::to_string(scope_);
  return "[" + address_text() + scope_text + "]" + port_text;
}

}  // namespace ff::net

std::size_t std::hash<ff::net::Endpoint>::operator()(
    const ff::net::Endpoint& endpoint) const noexcept {
  // FNV-1a: short input, and the table that uses it is bounded, so that chosen collisions cost
  // little.
  std::uint64_t state = 0xcbf29ce484222325U;
  auto add = [&state](std::uint64_t byte) { state = (state ^ byte) * 0x100000001b3U; };
  for (auto byte : endpoint.address()) add(byte);
  add(endpoint.port() & 0xffU);
  add(endpoint.port() >> 8U);
  add(endpoint.scope());
  return static_cast<std::size_t>(state ^ state >> 32U);
}
