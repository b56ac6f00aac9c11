// The CFList of a join-accept: frequencies of extra channels, or masks of the fixed plan's
// channels. Which channels a region and plan want is decided by the caller.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "protocol/base/bytes.hpp"
#include "protocol/join/errors.hpp"
#include "protocol/types/radio.hpp"

namespace ff::join {

inline constexpr std::size_t cf_list_size = 16;
/// Unit of 24-bit frequencies; 200 Hz in the 2.4 GHz band.
inline constexpr std::uint32_t frequency_step_hz_default = 100;

/// ON-WIRE: last byte of the CFList.
enum class CfListType : std::uint8_t { frequencies = 0, channel_masks = 1 };

/// Uplink channels after the default ones, in their order; unset ones are not used.
struct CfListFrequencies {
  std::array<Frequency, 5> frequencies{};
  bool operator==(const CfListFrequencies&) const = default;
};
/// Bit 0 of the first mask is channel 0.
struct CfListChannelMasks {
  std::array<std::uint16_t, 7> masks{};
  bool operator==(const CfListChannelMasks&) const = default;
};
/// The alternatives are in the order of CfListType.
using CfList = std::variant<CfListFrequencies, CfListChannelMasks>;

/// Always 16 bytes. Fails with max_cf_list_frequency above 24 bits of steps; a frequency between
/// steps is cut.
[[nodiscard]] Result<Bytes> encode_cf_list(const CfList& cf_list,
                                           std::uint32_t step_hz = frequency_step_hz_default);
/// Fails with field_length_equal or unknown_field (of pkg/encoding/lorawan) for another size or
/// type.
[[nodiscard]] Result<CfList> decode_cf_list(ByteView bytes,
                                            std::uint32_t step_hz = frequency_step_hz_default);

struct CfListChannel {
  Frequency frequency;
  bool enable_uplink = false;
};
/// The CFList that gives a device `channels` (the whole plan, in order of index): the first five
/// enabled ones from `first_channel` on, or the mask of all enabled ones (of the first 112).
/// Nothing if the band has no CFList.
[[nodiscard]] std::optional<CfList> make_cf_list(std::optional<CfListType> type,
                                                 std::span<const CfListChannel> channels,
                                                 std::size_t first_channel);

}  // namespace ff::join
