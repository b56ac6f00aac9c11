#include "protocol/schedule/time_on_air.hpp"

#include <algorithm>

namespace ff::schedule {
namespace {

constexpr std::uint64_t two_point_four_ghz_from_hz = 1'000'000'000;
constexpr auto lr_fhss_header = std::chrono::microseconds{233'472};
constexpr auto lr_fhss_block = std::chrono::microseconds{102'400};

/// Rounds up; `b` is positive.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return a <= 0 ? a / b : (a + b - 1) / b;
}

/// `quarters` quarter symbols of 2^sf / bandwidth seconds, to the nearest nanosecond.
Duration symbols_time(std::uint64_t quarters, const LoraDataRate& rate) {
  const auto numerator = (quarters << rate.spreading_factor) * 250'000'000;
  return Duration{
      static_cast<std::int64_t>((numerator + rate.bandwidth_hz / 2) / rate.bandwidth_hz)};
}

bool short_spreading_factor(std::uint8_t spreading_factor) {
  return spreading_factor < 7;
}

/// Quarter symbols of the preamble and the sync word.
std::uint64_t preamble_quarters(std::uint16_t symbols, std::uint8_t spreading_factor) {
  return symbols * 4U + (short_spreading_factor(spreading_factor) ? 25U : 17U);
}

bool low_data_rate(const LoraDataRate& rate) {
  return (std::uint64_t{1} << rate.spreading_factor) * 1000 >=
         std::uint64_t{16} * rate.bandwidth_hz;
}

Status check_lora(const LoraDataRate& rate) {
  if (rate.spreading_factor < 5 || rate.spreading_factor > 12)
    return fail(invalid_spreading_factor, {{"spreading_factor", rate.spreading_factor}});
  if (rate.bandwidth_hz == 0) return fail(invalid_bandwidth, {{"bandwidth", rate.bandwidth_hz}});
  return {};
}

/// Denominator of the coding rate, 5 to 8; 0 when it is not a plain one.
std::uint32_t plain_denominator(CodingRate coding_rate) {
  switch (coding_rate) {
    case CodingRate::cr4_5:
      return 5;
    case CodingRate::cr4_6:
      return 6;
    case CodingRate::cr4_7:
      return 7;
    case CodingRate::cr4_8:
      return 8;
    default:
      return 0;
  }
}

/// The same for long interleaving.
std::uint32_t interleaved_denominator(CodingRate coding_rate) {
  switch (coding_rate) {
    case CodingRate::cr4_5_li:
      return 5;
    case CodingRate::cr4_6_li:
      return 6;
    case CodingRate::cr4_8_li:
      return 8;
    default:
      return 0;
  }
}

tl::unexpected<Error> bad_coding_rate(CodingRate coding_rate) {
  return fail(invalid_coding_rate, {{"coding_rate", to_string(coding_rate)}});
}

/// Payload bits that travel with the header at 2.4 GHz.
std::int64_t header_space_bits(std::int64_t spreading_factor) {
  return (spreading_factor - (spreading_factor < 7 ? 5 : 7)) / 2 * 8;
}

}  // namespace

std::optional<std::uint32_t> lora_payload_symbols(std::size_t payload_bytes,
                                                  std::uint8_t spreading_factor,
                                                  CodingRate coding_rate,
                                                  const LoraFraming& framing) {
  const auto denominator = plain_denominator(coding_rate);
  if (denominator == 0) return std::nullopt;
  const std::int64_t sf = spreading_factor;
  auto bits = 8 * static_cast<std::int64_t>(payload_bytes) - 4 * sf + (framing.crc ? 16 : 0) +
              (framing.explicit_header ? 20 : 0);
  if (!short_spreading_factor(spreading_factor)) bits += 8;
  const auto bits_per_block =
      4 * (sf - (framing.low_data_rate_optimization.value_or(false) ? 2 : 0));
  const auto blocks = std::max<std::int64_t>(ceil_div(bits, bits_per_block), 0);
  return static_cast<std::uint32_t>(8 + blocks * denominator);
}

Result<Duration> lora_time_on_air(std::size_t payload_bytes, const LoraDataRate& data_rate,
                                  const LoraFraming& framing) {
  FF_CHECK(check_lora(data_rate));
  auto resolved = framing;
  if (!resolved.low_data_rate_optimization)
    resolved.low_data_rate_optimization = low_data_rate(data_rate);
  const auto symbols = lora_payload_symbols(payload_bytes, data_rate.spreading_factor,
                                            data_rate.coding_rate, resolved);
  if (!symbols) return bad_coding_rate(data_rate.coding_rate);
  return symbols_time(
      preamble_quarters(framing.preamble_symbols, data_rate.spreading_factor) + *symbols * 4U,
      data_rate);
}

Result<Duration> lora_2g4_time_on_air(std::size_t payload_bytes, const LoraDataRate& data_rate,
                                      bool crc) {
  FF_CHECK(check_lora(data_rate));
  const auto denominator = interleaved_denominator(data_rate.coding_rate);
  if (denominator == 0) return bad_coding_rate(data_rate.coding_rate);
  const std::int64_t sf = data_rate.spreading_factor;
  const auto payload_bits = 8 * static_cast<std::int64_t>(payload_bytes);
  const auto bits = payload_bits + (crc ? 16 : 0);
  const auto header_space = header_space_bits(sf);
  // What fits beside the header costs no further symbol.
  const auto rest = bits > header_space ? bits - std::min(header_space, payload_bits) : 0;
  const auto bits_per_block = sf <= 10 ? 4 * sf : 4 * (sf - 2);
  const auto symbols = 8 + ceil_div(rest * denominator, bits_per_block);
  return symbols_time(
      preamble_quarters(8, data_rate.spreading_factor) + static_cast<std::uint64_t>(symbols) * 4,
      data_rate);
}

Result<Duration> fsk_time_on_air(std::size_t payload_bytes, const FskDataRate& data_rate) {
  constexpr std::uint64_t framing_bytes = 5 + 3 + 1 + 2;
  if (data_rate.bit_rate_bps == 0)
    return fail(invalid_bandwidth, {{"bandwidth", data_rate.bit_rate_bps}});
  const auto bits = (payload_bytes + framing_bytes) * 8;
  return Duration{static_cast<std::int64_t>(bits * 1'000'000'000 / data_rate.bit_rate_bps)};
}

Result<Duration> lr_fhss_time_on_air(std::size_t payload_bytes, const LrFhssDataRate& data_rate) {
  const auto blocks_of = [&](std::int64_t bytes_per_block) {
    return ceil_div(static_cast<std::int64_t>(payload_bytes) + 3, bytes_per_block);
  };
  switch (data_rate.coding_rate) {
    case CodingRate::cr1_3:
      return Duration{3 * lr_fhss_header + blocks_of(2) * lr_fhss_block};
    case CodingRate::cr2_3:
      return Duration{2 * lr_fhss_header + blocks_of(4) * lr_fhss_block};
    default:
      return bad_coding_rate(data_rate.coding_rate);
  }
}

Result<Duration> time_on_air(std::size_t payload_bytes, const DataRate& data_rate,
                             Frequency frequency, bool crc) {
  if (const auto* lora = std::get_if<LoraDataRate>(&data_rate)) {
    if (!frequency.is_set()) return fail(invalid_frequency, {{"frequency", frequency.hz()}});
    if (frequency.hz() >= two_point_four_ghz_from_hz)
      return lora_2g4_time_on_air(payload_bytes, *lora, crc);
    return lora_time_on_air(payload_bytes, *lora, LoraFraming{});
  }
  if (const auto* fsk = std::get_if<FskDataRate>(&data_rate))
    return fsk_time_on_air(payload_bytes, *fsk);
  return lr_fhss_time_on_air(payload_bytes, std::get<LrFhssDataRate>(data_rate));
}

}  // namespace ff::schedule
