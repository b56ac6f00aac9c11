// LinkADRReq channel masks: what a ChMaskCntl does, and the shortest sequence to a wanted set.
// Not for the rest of the command (data rate, power, repetitions): protocol/mac does that.
//
// ChMaskCntl 5 (72-channel bands) switches banks of eight 125 kHz channels. By the specification
// bank i also switches the 500 kHz channel 64 + i; some devices and servers leave the 500 kHz
// channels alone. We apply it by the specification, and when we send it the result is the same
// under both readings: a Cntl 4 block follows, unless the 500 kHz channels come out right anyway.
#include <algorithm>
#include <bit>

#include "protocol/region/region.hpp"

namespace ff::region {
namespace {

inline constexpr ErrorDef chmaskcntl_unsupported{"pkg/band", "chmaskcntl_unsupported",
                                                 Code::invalid_argument,
                                                 "ChMaskCntl `{chmaskcntl}` unsupported"};
inline constexpr ErrorDef channel_not_defined{
    "pkg/band", "channel_not_defined", Code::invalid_argument, "channel `{index}` is not defined"};

using Channels = std::vector<bool>;

constexpr std::size_t group_size = 16;
constexpr std::size_t bank_size = 8;

/// The ChMaskCntl values of a kind. Groups of 16 channels have the values 0, 1, ...
struct Kind {
  std::size_t channels;
  std::size_t bulk;                    // channels that all_on and all_off reach
  std::optional<std::uint8_t> all_on;  // with bulk < channels, ChMask sets the channels above
  std::optional<std::uint8_t> all_off;
  std::optional<std::uint8_t> banks;
};

constexpr Kind kind_of(ChannelMaskKind kind) noexcept {
  switch (kind) {
    case ChannelMaskKind::mask16:
      return {16, 16, 6, std::nullopt, std::nullopt};
    case ChannelMaskKind::mask48:
      return {48, 48, 3, 4, std::nullopt};
    case ChannelMaskKind::mask64:
      return {64, 64, 6, 7, std::nullopt};
    case ChannelMaskKind::mask72:
      return {72, 64, 6, 7, 5};
    case ChannelMaskKind::mask96:
      return {96, 96, 6, std::nullopt, std::nullopt};
  }
  return {};
}

bool bit(std::uint16_t mask, std::size_t i) noexcept {
  return (mask >> i & 1) != 0;
}

std::size_t group_count(const Kind& kind) noexcept {
  return (kind.channels + group_size - 1) / group_size;
}

/// The ChMask that describes `group` of `channels`.
std::uint16_t group_mask(const Channels& channels, std::size_t group) {
  unsigned mask = 0;
  const std::size_t first = group * group_size;
  for (std::size_t i = 0; i < group_size && first + i < channels.size(); ++i) {
    if (channels[first + i]) mask |= 1U << i;
  }
  return static_cast<std::uint16_t>(mask);
}

void set_range(Channels& channels, std::size_t first, std::size_t count, std::uint16_t mask) {
  for (std::size_t i = 0; i < count; ++i) channels[first + i] = bit(mask, i);
}

void set_banks(Channels& channels, const Kind& kind, std::uint16_t mask) {
  for (std::size_t bank = 0; bank < kind.bulk / bank_size; ++bank) {
    std::fill_n(channels.begin() + static_cast<std::ptrdiff_t>(bank * bank_size), bank_size,
                bit(mask, bank));
    channels[kind.bulk + bank] = bit(mask, bank);
  }
}

void set_bulk(Channels& channels, const Kind& kind, bool on, std::uint16_t mask) {
  std::fill_n(channels.begin(), kind.bulk, on);
  set_range(channels, kind.bulk, kind.channels - kind.bulk, mask);
}

Channels resized(const Channels& channels, std::size_t size) {
  Channels copy = channels;
  copy.resize(size, false);
  return copy;
}

/// A way to begin: at most one block that reaches many channels, and the channels after it.
struct Start {
  std::optional<ChannelMaskBlock> block;
  Channels reached;
};

Start start_with_bulk(const Kind& kind, std::uint8_t cntl, bool on, const Channels& desired) {
  Start start{ChannelMaskBlock{cntl, 0}, desired};
  if (kind.bulk < kind.channels) {
    start.block->ch_mask = group_mask(desired, kind.bulk / group_size);
  }
  set_bulk(start.reached, kind, on, start.block->ch_mask);
  return start;
}

/// The best bank mask: right for banks that are wholly on or off; the others need a block of
/// their own anyway, so their bit may follow the 500 kHz channel.
Start start_with_banks(const Kind& kind, const Channels& current, const Channels& desired) {
  unsigned mask = 0;
  for (std::size_t bank = 0; bank < kind.bulk / bank_size; ++bank) {
    const auto first = desired.begin() + static_cast<std::ptrdiff_t>(bank * bank_size);
    const auto on = std::count(first, first + bank_size, true);
    const bool uniform = on == 0 || on == bank_size;
    if (uniform ? on != 0 : desired[kind.bulk + bank]) mask |= 1U << bank;
  }
  Start start{ChannelMaskBlock{*kind.banks, static_cast<std::uint16_t>(mask)}, desired};
  set_banks(start.reached, kind, start.block->ch_mask);
  const std::size_t wide = kind.bulk / group_size;
  if (group_mask(current, wide) != group_mask(desired, wide)) {
    // A device that keeps its 500 kHz channels would end up wrong: make the groups differ, so
    // that a block follows.
    for (std::size_t i = kind.bulk; i < kind.channels; ++i) start.reached[i] = !desired[i];
  }
  return start;
}

std::vector<ChannelMaskBlock> finish(const Kind& kind, const Start& start,
                                     const Channels& desired) {
  std::vector<ChannelMaskBlock> blocks;
  if (start.block) blocks.push_back(*start.block);
  for (std::size_t group = 0; group < group_count(kind); ++group) {
    const std::uint16_t mask = group_mask(desired, group);
    if (group_mask(start.reached, group) == mask) continue;
    blocks.push_back({static_cast<std::uint8_t>(group), mask});
  }
  return blocks;
}

}  // namespace

Status Region::apply_channel_mask(ChannelMaskBlock block, const std::vector<bool>& defined,
                                  std::vector<bool>& enabled) const {
  const Kind kind = kind_of(channel_mask_kind);
  const std::uint8_t cntl = block.ch_mask_cntl;
  Channels next = resized(enabled, kind.channels);
  if (cntl < group_count(kind)) {
    const std::size_t first = cntl * group_size;
    set_range(next, first, std::min(group_size, kind.channels - first), block.ch_mask);
  } else if (kind.all_on == cntl && plan_kind == PlanKind::dynamic) {
    next = resized(defined, kind.channels);  // on are those that exist, whatever the mask says
  } else if (kind.all_on == cntl || kind.all_off == cntl) {
    set_bulk(next, kind, kind.all_on == cntl, block.ch_mask);
  } else if (kind.banks == cntl) {
    set_banks(next, kind, block.ch_mask);
  } else {
    return fail(chmaskcntl_unsupported, {{"chmaskcntl", cntl}});
  }
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (!next[i] || (i < defined.size() && defined[i])) continue;
    return fail(channel_not_defined, {{"index", i}});
  }
  enabled = std::move(next);
  return {};
}

std::vector<ChannelMaskBlock> Region::channel_mask_blocks(const std::vector<bool>& current,
                                                          const std::vector<bool>& desired) const {
  const Kind kind = kind_of(channel_mask_kind);
  const Channels from = resized(current, kind.channels);
  const Channels to = resized(desired, kind.channels);
  // A dynamic plan has one group; and a command that changes nothing still has to carry a mask.
  if (plan_kind == PlanKind::dynamic || from == to) return {{0, group_mask(to, 0)}};

  const auto bulk = static_cast<std::ptrdiff_t>(kind.bulk);
  const auto bulk_on = std::count(to.begin(), to.begin() + bulk, true);
  // Applied on their own, these would leave a device without a channel.
  const bool may_switch_off = kind.all_off && device_applies_mask_blocks_atomically;
  const bool may_switch_banks =
      kind.banks && device_applies_mask_blocks_atomically && network_may_send_cntl5;
  if (bulk_on == bulk) return finish(kind, start_with_bulk(kind, *kind.all_on, true, to), to);
  if (bulk_on == 0 && may_switch_off) {
    return finish(kind, start_with_bulk(kind, *kind.all_off, false, to), to);
  }

  auto shortest = finish(kind, {std::nullopt, from}, to);
  const auto consider = [&](const Start& start) {
    auto blocks = finish(kind, start, to);
    if (blocks.size() < shortest.size()) shortest = std::move(blocks);
  };
  consider(start_with_bulk(kind, *kind.all_on, true, to));
  if (may_switch_off) consider(start_with_bulk(kind, *kind.all_off, false, to));
  if (may_switch_banks) consider(start_with_banks(kind, from, to));
  if (!device_applies_mask_blocks_atomically) {
    const auto channels_on = [&kind](const ChannelMaskBlock& block) {
      return block.ch_mask_cntl == kind.all_on ? 64 : std::popcount(block.ch_mask);
    };
    std::ranges::stable_sort(shortest, std::ranges::greater{}, channels_on);
  }
  return shortest;
}

}  // namespace ff::region
