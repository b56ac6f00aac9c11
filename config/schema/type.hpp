// Type<T>: how a value of a setting is read from text, written back, and described. One function
// per kind of value. Not the settings: see the area files beside this one.
#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace ff::config {

template <class T>
struct Type {
  std::string allowed;  // a noun phrase: "a duration from 1ms to 10s"
  /// Nothing if the text is not allowed.
  std::function<std::optional<T>(std::string_view text)> read;
  /// The canonical text; `read(write(x)) == x`.
  std::function<std::string(const T& value)> write;
  bool secret = false;
};

/// `1h30m`, `200ms`, `1.5s`, `0`; units h m s ms us ns. Nothing for other text, negative values and
/// overflow.
std::optional<Duration> parse_duration(std::string_view text);
/// The shortest of those forms.
std::string duration_text(Duration duration);
/// `64MiB`, `512KiB`, `1GiB`, `4096`.
std::optional<std::size_t> parse_size(std::string_view text);
std::string size_text(std::size_t bytes);

Type<bool> flag();
Type<double> number(double min, double max);
Type<Duration> duration(Duration min, Duration max);
/// A count of bytes.
Type<std::size_t> size(std::size_t min, std::size_t max);
/// 1 to 32768, one of the powers of two.
Type<std::uint32_t> power_of_two(std::uint32_t max);
/// Whole seconds written without unit, as the reference writes RX1 delays.
Type<std::chrono::seconds> whole_seconds(std::int64_t min, std::int64_t max);
/// `:1885`, `127.0.0.1:1885`, `[::1]:1885`, `localhost:1885`; empty: closed.
Type<std::string> listen_address();
/// `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.1`; whether it is one says who uses it.
Type<std::string> address_block();
/// A server to ask, `ns.example.com:1885`, or nothing.
Type<std::string> server_address();
/// Never printed.
Type<std::string> secret();
Type<std::string> any_text();
/// An http or https URL, a path of this server, or nothing; what may stand in a header and an
/// attribute.
Type<std::string> web_address();
/// Letters, digits, `_`, `-` and `.`, as in frequency plan ids; or nothing.
Type<std::string> name_or_nothing();
Type<std::filesystem::path> path();
Type<std::filesystem::path> path_or_nothing();
Type<NetId> net_id();
/// `26000000/7`.
Type<DevAddrPrefix> dev_addr_prefix();
/// `70B3D57ED0000000/36`.
Type<JoinEuiPrefix> join_eui_prefix();
Type<JoinEui> join_eui();
/// An entry `label=hex`. Never printed.
Type<Kek> kek();
/// 16, 24 or 32 bytes as hex. Never printed.
Type<Bytes> aes_key();
/// An entry `sender=file`.
Type<SenderClientCa> sender_client_ca();
/// Printable characters without white space, or nothing.
Type<std::string> label_or_nothing();

/// An entry `address=frequency plan id`; the plan may be empty.
Type<UdpListener> udp_listener();
/// A record with `name`, `max-per-min`, `max-burst` and `associations`.
Type<RateLimitingProfile> rate_limiting_profile();
/// An entry `application=26011000/20+26014000/20`.
Type<ApplicationDevAddrPrefixes> application_dev_addr_prefixes();
/// An entry `=26000000/7` or `cluster=26000000/7`: what goes to this cluster's network server;
/// `packetbroker=00000000/0`: what goes to Packet Broker. Others are refused.
/// [spec gateway-server §1.1: invalid_upstream_name]
Type<ForwardEntry> forward_entry();
Type<TxPriority> tx_priority();
/// An entry `mqtt=enabled`.
Type<PubSubProvider> pubsub_provider();

Type<DirectorySource> directory_source();

Type<AdrAlgorithm> adr_algorithm();
/// An entry `application=algorithm` or `application.device=algorithm`.
Type<AdrException> adr_exception();

/// Decimal.
template <std::unsigned_integral Int>
Type<Int> count(Int min, Int max) {
  return {"a whole number from " + std::to_string(min) + " to " + std::to_string(max),
          [min, max](std::string_view text) -> std::optional<Int> {
            Int value{};
            const auto* end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            if (error != std::errc{} || stop != end || value < min || value > max) return {};
            return value;
          },
          [](const Int& value) { return std::to_string(value); }};
}

/// One of the names. Each value appears once.
template <class Enum>
Type<Enum> choice(std::vector<std::pair<std::string_view, Enum>> names) {
  std::string allowed = "one of";
  for (const auto& [name, value] : names) {
    allowed += name.empty() ? " \"\"" : " " + std::string(name);
  }
  return {allowed,
          [names](std::string_view text) -> std::optional<Enum> {
            for (const auto& [name, value] : names) {
              if (name == text) return value;
            }
            return {};
          },
          [names](const Enum& value) {
            for (const auto& [name, named] : names) {
              if (named == value) return std::string(name);
            }
            return std::string();
          }};
}

/// Empty text is no value.
template <class T>
Type<std::optional<T>> optional(Type<T> type) {
  return {type.allowed + ", or empty",
          [type](std::string_view text) -> std::optional<std::optional<T>> {
            if (text.empty()) return std::optional<T>{};
            auto value = type.read(text);
            if (!value) return {};
            return std::optional<std::optional<T>>(std::in_place, *std::move(value));
          },
          [type](const std::optional<T>& value) { return value ? type.write(*value) : ""; },
          type.secret};
}

}  // namespace ff::config
