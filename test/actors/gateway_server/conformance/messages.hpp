// Gateways' protobuf messages written and read by hand, for peers.
#pragma once

#include <initializer_list>
#include <optional>

#include "protocol/base/protobuf_wire.hpp"
#include "test/actors/gateway_server/conformance/peer.hpp"

namespace ff::gateway_server::conformance {

using protobuf_wire::put_bytes;
using protobuf_wire::put_float;
using protobuf_wire::put_number;

/// The last field at the end of a path of field numbers.
inline std::optional<protobuf_wire::Field> find_field(ByteView message,
                                                      std::initializer_list<unsigned> path) {
  std::optional<protobuf_wire::Field> found;
  for (const auto number : path) {
    protobuf_wire::Reader reader(found ? found->bytes : message);
    found.reset();
    while (!reader.at_end()) {
      const auto field = reader.next();
      if (!field) return std::nullopt;
      if (field->number == number) found = field;
    }
    if (!found) return std::nullopt;
  }
  return found;
}

inline Bytes v3_uplink(const Heard& heard) {
  Bytes rate;
  Bytes modulation;
  if (const auto* lora = std::get_if<LoraDataRate>(&heard.data_rate)) {
    put_number(rate, 1, lora->bandwidth_hz);
    put_number(rate, 2, lora->spreading_factor);
    put_bytes(rate, 3, as_bytes("4/5"));
    put_bytes(modulation, 1, rate);
  } else {
    put_number(rate, 1, std::get<FskDataRate>(heard.data_rate).bit_rate_bps);
    put_bytes(modulation, 2, rate);
  }
  Bytes settings;
  put_bytes(settings, 1, modulation);
  put_number(settings, 4, heard.frequency.hz());
  put_number(settings, 6, heard.counter_us);
  Bytes rx;
  put_number(rx, 2, heard.antenna);
  put_number(rx, 4, heard.counter_us);
  put_float(rx, 8, -35);
  put_float(rx, 11, 5.5F);
  Bytes out;
  put_bytes(out, 1, heard.phy_payload);
  put_bytes(out, 4, settings);
  put_bytes(out, 5, rx);
  if (heard.crc_ok) {
    Bytes crc;
    put_number(crc, 1, *heard.crc_ok ? 1 : 0);
    put_bytes(out, 11, crc);
  }
  return out;
}

inline Bytes v3_status() {
  Bytes version;
  put_bytes(version, 1, as_bytes("firmware"));
  put_bytes(version, 2, as_bytes("1.2.3"));
  Bytes out;
  put_bytes(out, 3, version);
  return out;
}

inline Bytes v3_report(std::uint16_t token, TxResult result) {
  Bytes out;
  put_bytes(out, 1, as_bytes("gs:down:token:" + std::to_string(token)));
  put_number(out, 2, static_cast<std::uint64_t>(result));
  return out;
}

inline Told v3_told(ByteView down) {
  const std::string id(as_text(find_field(down, {1, 6})->bytes));
  const auto antenna = find_field(down, {1, 5, 8, 1});
  return {to_owned(find_field(down, {1, 1})->bytes),
          static_cast<std::uint32_t>(find_field(down, {1, 5, 6})->value),
          static_cast<std::uint16_t>(std::stoul(id.substr(id.rfind(':') + 1))),
          antenna ? static_cast<std::uint32_t>(antenna->value) : 0U};
}

inline Bytes v2_uplink(const Heard& heard) {
  Bytes lorawan;
  if (const auto* fsk = std::get_if<FskDataRate>(&heard.data_rate)) {
    put_number(lorawan, 11, 1);
    put_number(lorawan, 13, fsk->bit_rate_bps);
  } else {
    put_bytes(lorawan, 12, as_bytes(to_string(heard.data_rate)));
    put_bytes(lorawan, 14, as_bytes("4/5"));
  }
  Bytes protocol;
  put_bytes(protocol, 1, lorawan);
  Bytes gateway;
  put_number(gateway, 11, heard.counter_us);
  Bytes antenna;
  put_number(antenna, 1, heard.antenna);
  put_float(antenna, 3, -35);
  put_float(antenna, 4, 5.5F);
  put_bytes(gateway, 30, antenna);
  put_number(gateway, 31, heard.frequency.hz());
  Bytes out;
  put_bytes(out, 1, heard.phy_payload);
  put_bytes(out, 11, protocol);
  put_bytes(out, 12, gateway);
  return out;
}

inline Bytes v2_status() {
  Bytes out;
  put_bytes(out, 20, as_bytes("1.2.3"));
  return out;
}

inline Told v2_told(ByteView down) {
  return {to_owned(find_field(down, {1})->bytes),
          static_cast<std::uint32_t>(find_field(down, {12, 11})->value), 0};
}

}  // namespace ff::gateway_server::conformance
