#include "protocol/gateway/mqtt_v2/downstream.hpp"

#include <cmath>

#include "protocol/base/protobuf_wire.hpp"

namespace ff::gateway::mqtt_v2 {
namespace {

using protobuf_wire::put_bytes;
using protobuf_wire::put_number;

/// Power of a dipole that radiates as much.
std::int64_t erp_dbm(float eirp_dbm) {
  constexpr double dipole_gain_dbi = 2.15;
  // 16.15 is 16.149999 as a float; it must not become 13.
  constexpr double rounding_slack = 1e-3;
  return static_cast<std::int64_t>(double{eirp_dbm} - dipole_gain_dbi + rounding_slack);
}

/// FCnt of a data frame; 0 of a join-accept, where it would be encrypted octets.
std::uint64_t f_cnt(ByteView phy_payload) {
  constexpr std::size_t f_cnt_at = 6;
  constexpr unsigned unconfirmed_down = 3;
  constexpr unsigned confirmed_down = 5;
  if (phy_payload.size() < f_cnt_at + 2) return 0;
  const unsigned type = phy_payload[0] >> 5U;
  if (type != unconfirmed_down && type != confirmed_down) return 0;
  return read_le<2>(phy_payload.subspan(f_cnt_at));
}

Result<Bytes> lorawan(const GatewayDownlink& downlink) {
  Bytes out;
  if (const auto* rate = std::get_if<LoraDataRate>(&downlink.data_rate)) {
    put_bytes(out, 12, as_bytes(to_string(downlink.data_rate)));
    put_bytes(out, 14, as_bytes(to_string(rate->coding_rate)));
  } else if (const auto* fsk = std::get_if<FskDataRate>(&downlink.data_rate)) {
    put_number(out, 11, 1);
    put_number(out, 13, fsk->bit_rate_bps);
  } else {
    return fail(not_supported);
  }
  put_number(out, 15, f_cnt(downlink.phy_payload));
  return out;
}

Bytes gateway_configuration(const GatewayDownlink& downlink) {
  Bytes out;
  put_number(out, 11, downlink.timestamp_us.value_or(0));
  put_number(out, 22, downlink.frequency.hz());
  put_number(out, 23, static_cast<std::uint64_t>(erp_dbm(downlink.eirp_dbm)));
  // Also for FSK, which has no polarisation to invert. [spec gateway-server §6]
  put_number(out, 31, 1);
  return out;
}

}  // namespace

Result<Bytes> encode_downlink(const GatewayDownlink& downlink) {
  if (downlink.absolute_time || downlink.antenna_index != 0) return fail(not_supported);
  FF_TRY(const auto protocol, lorawan(downlink));
  Bytes configuration;
  put_bytes(configuration, 1, protocol);
  Bytes out;
  put_bytes(out, 1, downlink.phy_payload);
  put_bytes(out, 11, configuration);
  put_bytes(out, 12, gateway_configuration(downlink));
  return out;
}

}  // namespace ff::gateway::mqtt_v2
