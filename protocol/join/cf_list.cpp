#include "protocol/join/cf_list.hpp"

#include <algorithm>

#include "protocol/base/assert.hpp"
#include "protocol/phy/errors.hpp"

namespace ff::join {
namespace {

constexpr std::uint64_t frequency_steps_max = 0xffffff;
constexpr std::size_t frequency_size = 3;
constexpr std::size_t mask_size = 2;
constexpr std::size_t channels_per_mask = 16;

Status write(const CfListFrequencies& list, std::uint32_t step_hz, MutableByteView out) {
  for (std::size_t i = 0; i < list.frequencies.size(); ++i) {
    const auto steps = list.frequencies[i].hz() / step_hz;
    if (steps > frequency_steps_max)
      return fail(max_cf_list_frequency, {{"value", list.frequencies[i].hz()}});
    write_le<frequency_size>(out.subspan(i * frequency_size), steps);
  }
  return {};
}

Status write(const CfListChannelMasks& list, std::uint32_t, MutableByteView out) {
  for (std::size_t i = 0; i < list.masks.size(); ++i) {
    write_le<mask_size>(out.subspan(i * mask_size), list.masks[i]);
  }
  return {};
}

}  // namespace

Result<Bytes> encode_cf_list(const CfList& cf_list, std::uint32_t step_hz) {
  FF_ASSERT(step_hz > 0);
  Bytes out(cf_list_size, 0);
  FF_CHECK(std::visit([&](const auto& list) { return write(list, step_hz, out); }, cf_list));
  out.back() = static_cast<std::uint8_t>(cf_list.index());
  return out;
}

Result<CfList> decode_cf_list(ByteView bytes, std::uint32_t step_hz) {
  if (bytes.size() != cf_list_size) {
    return fail(phy::field_length_equal,
                {{"lorawan_field", "CFList"}, {"value", bytes.size()}, {"expected", cf_list_size}});
  }
  if (bytes.back() == static_cast<std::uint8_t>(CfListType::frequencies)) {
    CfListFrequencies list;
    for (std::size_t i = 0; i < list.frequencies.size(); ++i) {
      list.frequencies[i] =
          Frequency::hz(read_le<frequency_size>(bytes.subspan(i * frequency_size)) * step_hz);
    }
    return list;
  }
  if (bytes.back() == static_cast<std::uint8_t>(CfListType::channel_masks)) {
    CfListChannelMasks list;
    for (std::size_t i = 0; i < list.masks.size(); ++i) {
      list.masks[i] = static_cast<std::uint16_t>(read_le<mask_size>(bytes.subspan(i * mask_size)));
    }
    return list;
  }
  return fail(phy::unknown_field, {{"lorawan_field", "CFListType"}, {"value", bytes.back()}});
}

std::optional<CfList> make_cf_list(std::optional<CfListType> type,
                                   std::span<const CfListChannel> channels,
                                   std::size_t first_channel) {
  if (!type) return std::nullopt;
  if (*type == CfListType::channel_masks) {
    CfListChannelMasks list;
    const auto count = std::min(channels.size(), list.masks.size() * channels_per_mask);
    for (std::size_t i = 0; i < count; ++i) {
      auto& mask = list.masks[i / channels_per_mask];
      if (channels[i].enable_uplink)
        mask = static_cast<std::uint16_t>(mask | 1U << i % channels_per_mask);
    }
    return list;
  }
  CfListFrequencies list;
  std::size_t used = 0;
  for (auto i = first_channel; i < channels.size() && used < list.frequencies.size(); ++i) {
    if (channels[i].enable_uplink) list.frequencies[used++] = channels[i].frequency;
  }
  return list;
}

}  // namespace ff::join
