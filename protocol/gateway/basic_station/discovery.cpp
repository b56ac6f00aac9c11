#include "protocol/gateway/basic_station/discovery.hpp"

#include <algorithm>

#include "protocol/base/hex.hpp"
#include "protocol/gateway/basic_station/id6.hpp"
#include "protocol/gateway/basic_station/json_fields.hpp"
#include "protocol/gateway/basic_station/json_text.hpp"

namespace ff::gateway::basic_station {
namespace {

constexpr std::string_view id_prefix = "eui-";
constexpr std::size_t host_size_max = 80;

struct RawDiscovery {
  std::optional<std::uint64_t> eui;
};

bool read_router(JsonValue value, RawDiscovery& raw) {
  std::uint64_t number = 0;
  std::int64_t negative = 0;
  std::string_view text;
  if (value.get_uint64().get(number) == simdjson::SUCCESS) {
    raw.eui = number;
  } else if (value.get_int64().get(negative) == simdjson::SUCCESS) {
    // What some stations make of an EUI whose first bit is set.
    raw.eui = static_cast<std::uint64_t>(negative);
  } else if (value.get_string().get(text) == simdjson::SUCCESS) {
    if (const auto eui = parse_station_eui(text)) raw.eui = *eui;
  }
  return raw.eui.has_value();
}

constexpr JsonField<RawDiscovery> fields[] = {{"router", &read_router}};

}  // namespace

Result<GatewayEui> decode_discovery(ByteView text) {
  RawDiscovery raw;
  bool is_read = false;
  const auto read = [&](JsonObject root) {
    is_read = read_object(root, std::span<const JsonField<RawDiscovery>>(fields), raw);
  };
  if (!with_root(text, read)) return fail(invalid_json);
  if (!is_read) return fail(invalid_id6);
  if (raw.eui.value_or(0) == 0) return fail(empty_gateway_eui);
  return GatewayEui{*raw.eui};
}

std::string traffic_uri(bool tls, std::string_view host, GatewayEui eui) {
  return std::string(tls ? "wss://" : "ws://") + std::string(host) + "/traffic/" +
         std::string(id_prefix) + to_string(eui);
}

std::string discovery_answer(GatewayEui eui, std::string_view uri) {
  return R"({"router":")" + to_id6(eui.value()) + R"(","muxs":"muxs-::0","uri":)" + quoted(uri) +
         "}";
}

std::string discovery_error(GatewayEui eui, std::string_view error) {
  return R"({"router":")" + to_id6(eui.value()) + R"(","error":)" + quoted(error) + "}";
}

std::optional<GatewayEui> parse_traffic_id(std::string_view id) {
  if (!id.starts_with(id_prefix)) return std::nullopt;
  return parse_gateway_eui(id.substr(id_prefix.size()));
}

bool is_plain_host(std::string_view host) noexcept {
  constexpr std::string_view signs = ".:-_[]";
  if (host.empty() || host.size() > host_size_max) return false;
  return std::all_of(host.begin(), host.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           signs.find(c) != std::string_view::npos;
  });
}

}  // namespace ff::gateway::basic_station
