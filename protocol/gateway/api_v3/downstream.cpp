#include "protocol/gateway/api_v3/downstream.hpp"

#include <charconv>

#include "protocol/base/protobuf_wire.hpp"

namespace ff::gateway::api_v3 {
namespace {

using protobuf_wire::put_bytes;
using protobuf_wire::put_float;
using protobuf_wire::put_number;

constexpr std::string_view token_prefix = "gs:down:token:";

Bytes timestamp(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  Bytes out;
  put_number(out, 1, static_cast<std::uint64_t>(seconds.count()));
  put_number(out, 2, static_cast<std::uint64_t>((time.time_since_epoch() - seconds).count()));
  return out;
}

/// ttn.lorawan.v3.DataRate: one message inside the other.
struct PutDataRate {
  Bytes& out;

  void operator()(const LoraDataRate& rate) const {
    Bytes lora;
    put_number(lora, 1, rate.bandwidth_hz);
    put_number(lora, 2, rate.spreading_factor);
    put_bytes(lora, 3, as_bytes(to_string(rate.coding_rate)));
    put_bytes(out, 1, lora);
  }
  void operator()(const FskDataRate& rate) const {
    Bytes fsk;
    put_number(fsk, 1, rate.bit_rate_bps);
    put_bytes(out, 2, fsk);
  }
  void operator()(const LrFhssDataRate& rate) const {
    Bytes lr_fhss;
    put_number(lr_fhss, 1, rate.modulation_type);
    put_number(lr_fhss, 2, rate.operating_channel_width_hz);
    put_bytes(lr_fhss, 3, as_bytes(to_string(rate.coding_rate)));
    put_bytes(out, 3, lr_fhss);
  }
};

/// ttn.lorawan.v3.TxSettings.Downlink.
Bytes transmission(const GatewayDownlink& downlink) {
  Bytes out;
  put_number(out, 1, downlink.antenna_index);
  put_float(out, 2, downlink.eirp_dbm);
  put_number(out, 3, downlink.invert_polarization ? 1 : 0);
  return out;
}

/// ttn.lorawan.v3.TxSettings. By GPS time, or by the concentrator's counter.
Bytes settings(const GatewayDownlink& downlink) {
  Bytes rate;
  std::visit(PutDataRate{rate}, downlink.data_rate);
  Bytes out;
  put_bytes(out, 1, rate);
  put_number(out, 4, downlink.frequency.hz());
  put_number(out, 5, downlink.enable_crc ? 1 : 0);
  if (downlink.absolute_time) {
    put_bytes(out, 7, timestamp(*downlink.absolute_time));
  } else if (downlink.timestamp_us) {
    put_number(out, 6, *downlink.timestamp_us);
  }
  put_bytes(out, 8, transmission(downlink));
  return out;
}

}  // namespace

std::string token_correlation_id(std::uint16_t token) {
  return std::string(token_prefix) + std::to_string(token);
}

std::optional<std::uint16_t> parse_token_correlation_id(std::string_view id) noexcept {
  if (!id.starts_with(token_prefix)) return std::nullopt;
  id.remove_prefix(token_prefix.size());
  std::uint16_t token = 0;
  const auto* const last = id.data() + id.size();
  const auto [end, error] = std::from_chars(id.data(), last, token);
  if (error != std::errc{} || end != last || token == 0) return std::nullopt;
  return token;
}

Bytes encode_gateway_down(const GatewayDownlink& downlink, const CorrelationIds& correlation_ids,
                          std::uint16_t token) {
  Bytes message;
  put_bytes(message, 1, downlink.phy_payload);
  put_bytes(message, 5, settings(downlink));
  for (const auto& id : correlation_ids) put_bytes(message, 6, as_bytes(id));
  put_bytes(message, 6, as_bytes(token_correlation_id(token)));
  Bytes out;
  put_bytes(out, 1, message);
  return out;
}

}  // namespace ff::gateway::api_v3
