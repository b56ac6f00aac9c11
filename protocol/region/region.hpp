// A region is a table: the values of one band at one regional-parameters revision, and the few
// functions that read it. Not a frequency plan (frequency_plan.hpp): that is an operator's choice
// of channels within a region.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/types/radio.hpp"
#include "protocol/types/versions.hpp"

namespace ff::region {

enum class Direction : std::uint8_t { uplink, downlink, both };

/// Whether a dwell-time limit applies; `unknown` until the device has confirmed one.
/// [RP002-1.0.4 §2.x TXParamSetup]
enum class DwellTime : std::uint8_t { off, on, unknown };

/// Dynamic plans define channels by frequency (EU868), fixed plans by mask over a raster (US915).
enum class PlanKind : std::uint8_t { dynamic, fixed };

/// Bytes of FHDR + FPort + FRMPayload; 0: the data rate can not be used. Behind a repeater less
/// fits: it needs octets of its own around the frame. [RP002-1.0.4 §2.x maximum payload size]
struct MaxMacPayload {
  std::uint16_t dwell_off = 0;
  std::uint16_t dwell_on = 0;
  std::uint16_t dwell_off_repeater = 0;
  std::uint16_t dwell_on_repeater = 0;
};

/// What narrows a frame beside its data rate. `repeater`: the plan leaves room for one.
struct FrameLimits {
  DwellTime dwell = DwellTime::unknown;
  bool repeater = false;
};

struct DataRateEntry {
  DataRateIndex index;
  Direction direction = Direction::both;
  DataRate data_rate;
  MaxMacPayload max_mac_payload;
};

struct Channel {
  Frequency frequency;
  DataRateIndex min_data_rate;
  DataRateIndex max_data_rate;
};

struct SubBand {
  Frequency min;
  Frequency max;
  double duty_cycle = 1;  // fraction; 1: no limit
  float max_eirp_dbm = 0;
};

enum class CfListType : std::uint8_t { none, frequencies, channel_masks };

/// What the band carries in a join-accept's CFList; `none` where the revision does not define one.
struct CfListRule {
  CfListType type = CfListType::none;
  std::uint8_t first_channel_index = 0;  // frequencies: index of the first listed channel
  std::uint8_t channel_count = 0;        // frequencies: how many fit
  std::uint8_t mask_count = 0;           // channel_masks: 16-bit words in use
  DataRateIndex min_data_rate;
  DataRateIndex max_data_rate;
};

/// Meaning of ChMaskCntl, named after the number of channels it reaches: mask16 dynamic plans,
/// mask48 and mask64 the 26 and 20 MHz plans of CN470, mask72 US915 and AU915, mask96 the older
/// CN470. [RP002-1.0.4 §2.x LinkADRReq]
enum class ChannelMaskKind : std::uint8_t { mask16, mask48, mask64, mask72, mask96 };

enum class Rx1ChannelKind : std::uint8_t { same_index, modulo };

/// Channel on which a relay listens for wake-up frames, and where it acknowledges them.
/// [TS011-1.0.1]
struct RelayChannel {
  Frequency frequency;
  Frequency ack_frequency;
  DataRateIndex data_rate;
};

/// Common join channel of the CN470 20 and 26 MHz plans: the uplink a join was heard on selects the
/// plan and the windows.
struct JoinChannel {
  std::uint8_t index = 0;
  Frequency uplink;
  Frequency rx1;
  Frequency rx2;
};

/// One LinkADRReq's channel part.
struct ChannelMaskBlock {
  std::uint8_t ch_mask_cntl = 0;
  std::uint16_t ch_mask = 0;
  bool operator==(const ChannelMaskBlock&) const = default;
};

/// The whole table. Spans point to static storage. All shapes of all bands fit; a band that lacks a
/// feature has it empty.
struct Region {
  std::string_view band_id;      // `EU_863_870`
  std::string_view common_name;  // `EU868`
  PhyVersion phy_version = PhyVersion::unknown;
  PlanKind plan_kind = PlanKind::dynamic;
  std::span<const DataRateEntry> data_rates;
  bool strict_coding_rate = false;
  std::uint8_t max_uplink_channels = 0;
  std::uint8_t max_downlink_channels = 0;
  std::span<const Channel> default_uplink_channels;
  std::span<const Channel> default_downlink_channels;
  std::uint32_t frequency_step_hz = 100;
  CfListRule cf_list;
  bool dynamic_adr_supported = false;
  DataRateIndex adr_max_data_rate;
  /// SF6 and SF5 at 125 kHz, which lie above `adr_max_data_rate` without following it; empty before
  /// RP002-1.0.5 (data_rate_range.hpp).
  std::span<const DataRateIndex> fast_data_rates;
  float default_max_eirp_dbm = 0;
  std::span<const float> tx_power_offsets_db;  // by TxPowerIndex, 0 first, never positive
  bool has_tx_param_setup = false;
  bool has_new_channel = false;
  bool has_dl_channel = false;
  Rx1ChannelKind rx1_channel_kind = Rx1ChannelKind::same_index;
  std::uint8_t max_rx1_data_rate_offset = 0;
  Frequency rx2_frequency;
  DataRateIndex rx2_data_rate;
  DwellTime boot_uplink_dwell = DwellTime::unknown;  // assumed after boot; unknown: not stated
  DwellTime boot_downlink_dwell = DwellTime::unknown;
  std::chrono::milliseconds dwell_time_limit{0};  // 0: band has none
  std::span<const SubBand> sub_bands;
  Frequency beacon_frequency;  // unset: one of the list
  std::span<const Frequency> beacon_frequencies;
  DataRateIndex beacon_data_rate;
  std::span<const Frequency> ping_slot_frequencies;  // more than one: hops
  DataRateIndex ping_slot_data_rate;
  std::chrono::seconds receive_delay1{1};
  std::chrono::seconds join_accept_delay1{5};
  std::uint32_t max_f_cnt_gap = 16384;
  std::uint8_t adr_ack_limit_exponent = 6;  // 64
  std::uint8_t adr_ack_delay_exponent = 5;  // 32
  ChannelMaskKind channel_mask_kind = ChannelMaskKind::mask16;
  bool network_may_send_cntl5 = false;
  bool device_applies_mask_blocks_atomically = false;
  DataRateIndex boot_data_rate;                  // what a device without ADR history joins with
  std::span<const JoinChannel> join_channels;    // empty: the default channels serve joins
  std::span<const RelayChannel> relay_channels;  // default wake-up channels; empty: none

  /// Null when the band does not define the index in this direction: in US915 and AU915 one index
  /// can be one rate up and another one down. `both`: the first one, whichever direction it has.
  const DataRateEntry* data_rate(DataRateIndex index, Direction direction) const noexcept;
  /// For formats with one table for both directions: below 8 the uplink's rate, from there on the
  /// downlink's. That is what each index was before RP002-1.0.5 gave some of them a second meaning.
  const DataRateEntry* only_data_rate(DataRateIndex index) const noexcept;
  /// The index a received uplink's modulation has (coding rate ignored for LoRa), or nothing.
  std::optional<DataRateIndex> uplink_data_rate_index(const DataRate& data_rate) const noexcept;
  /// The same of a downlink's.
  std::optional<DataRateIndex> downlink_data_rate_index(const DataRate& data_rate) const noexcept;
  /// FHDR + FPort + FRMPayload at `index`; 0 when unusable. `unknown` dwell counts as on.
  std::uint16_t max_mac_payload(DataRateIndex index, Direction direction,
                                FrameLimits limits) const noexcept;

  /// RX1 data rate for an uplink at `uplink`; nothing when it depends on an unknown dwell time or
  /// is undefined.
  std::optional<DataRateIndex> rx1_data_rate(DataRateIndex uplink, DataRateOffset offset,
                                             DwellTime downlink_dwell) const noexcept;
  /// Index of the downlink channel that answers an uplink on `uplink`.
  ChannelIndex rx1_channel(ChannelIndex uplink) const noexcept;

  /// EIRP change of a TXPower index against index 0, in dB (0 or negative); nothing above the
  /// band's last index.
  std::optional<float> tx_power_offset_db(TxPowerIndex index) const noexcept;
  TxPowerIndex max_tx_power_index() const noexcept;

  /// The sub-band that holds `frequency`, or null.
  const SubBand* sub_band(Frequency frequency) const noexcept;

  /// Applies one LinkADRReq mask block to `enabled` (grown to max_uplink_channels); an error, and
  /// `enabled` unchanged, for an undefined ChMaskCntl or a channel that `defined` says does not
  /// exist. Reserved bits are ignored. Whether the whole sequence leaves a usable channel is the
  /// caller's to judge. [TS001-1.0.4 §5.3]
  Status apply_channel_mask(ChannelMaskBlock block, const std::vector<bool>& defined,
                            std::vector<bool>& enabled) const;
  /// The shortest sequence of blocks that turns `current` into `desired`, whichever of the two
  /// readings of ChMaskCntl 5 the device follows (see channel_mask.cpp); one block that changes
  /// nothing when they are equal. Channels beyond the end of a vector are off. A device that
  /// applies blocks one by one (revisions before RP001-1.0.2) never loses all its channels on the
  /// way.
  std::vector<ChannelMaskBlock> channel_mask_blocks(const std::vector<bool>& current,
                                                    const std::vector<bool>& desired) const;

  /// RX1 data rates: row per uplink index, column per offset; 0xff undefined. Read rx1_data_rate().
  std::span<const std::array<std::uint8_t, 8>> rx1_table_dwell_off;
  std::span<const std::array<std::uint8_t, 8>> rx1_table_dwell_on;
};

/// Null for an unknown band or a revision the band does not have. The reference lives for ever.
const Region* find(std::string_view band_id, PhyVersion version) noexcept;
/// The newest revision of a band; what gateways use. Null for an unknown band.
const Region* find_latest(std::string_view band_id) noexcept;
/// Every revision of a band, oldest first; empty for an unknown band.
std::span<const Region> revisions(std::string_view band_id) noexcept;
/// All band ids, sorted.
std::span<const std::string_view> band_ids() noexcept;

}  // namespace ff::region
