// Every MAC command as one closed set of values, and the table of what is known of each identifier.
// Not their octets (codec.hpp) and not what the network does with them (exchange.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/mac/command/adr_param_setup.hpp"
#include "protocol/mac/command/beacon_freq.hpp"
#include "protocol/mac/command/beacon_timing.hpp"
#include "protocol/mac/command/dev_status.hpp"
#include "protocol/mac/command/device_mode.hpp"
#include "protocol/mac/command/device_time.hpp"
#include "protocol/mac/command/dl_channel.hpp"
#include "protocol/mac/command/duty_cycle.hpp"
#include "protocol/mac/command/force_rejoin.hpp"
#include "protocol/mac/command/link_adr.hpp"
#include "protocol/mac/command/link_check.hpp"
#include "protocol/mac/command/new_channel.hpp"
#include "protocol/mac/command/ping_slot_channel.hpp"
#include "protocol/mac/command/ping_slot_info.hpp"
#include "protocol/mac/command/rejoin_param_setup.hpp"
#include "protocol/mac/command/rekey.hpp"
#include "protocol/mac/command/relay_conf.hpp"
#include "protocol/mac/command/relay_configure_fwd_limit.hpp"
#include "protocol/mac/command/relay_ctrl_uplink_list.hpp"
#include "protocol/mac/command/relay_end_device_conf.hpp"
#include "protocol/mac/command/relay_filter_list.hpp"
#include "protocol/mac/command/relay_notify_new_end_device.hpp"
#include "protocol/mac/command/relay_update_uplink_list.hpp"
#include "protocol/mac/command/reset.hpp"
#include "protocol/mac/command/rx_param_setup.hpp"
#include "protocol/mac/command/rx_timing_setup.hpp"
#include "protocol/mac/command/tx_param_setup.hpp"
#include "protocol/types/versions.hpp"

namespace ff::mac {

/// One command. Which side sends it is part of its type.
using Command =
    std::variant<ResetInd, ResetConf, LinkCheckReq, LinkCheckAns, LinkADRReq, LinkADRAns,
                 DutyCycleReq, DutyCycleAns, RXParamSetupReq, RXParamSetupAns, DevStatusReq,
                 DevStatusAns, NewChannelReq, NewChannelAns, RXTimingSetupReq, RXTimingSetupAns,
                 TXParamSetupReq, TXParamSetupAns, DlChannelReq, DlChannelAns, RekeyInd, RekeyConf,
                 ADRParamSetupReq, ADRParamSetupAns, DeviceTimeReq, DeviceTimeAns, ForceRejoinReq,
                 RejoinParamSetupReq, RejoinParamSetupAns, PingSlotInfoReq, PingSlotInfoAns,
                 PingSlotChannelReq, PingSlotChannelAns, BeaconTimingReq, BeaconTimingAns,
                 BeaconFreqReq, BeaconFreqAns, DeviceModeInd, DeviceModeConf, RelayConfReq,
                 RelayConfAns, EndDeviceConfReq, EndDeviceConfAns, FilterListReq, FilterListAns,
                 UpdateUplinkListReq, UpdateUplinkListAns, CtrlUplinkListReq, CtrlUplinkListAns,
                 ConfigureFwdLimitReq, ConfigureFwdLimitAns, NotifyNewEndDeviceReq>;
/// Who speaks first in an exchange.
enum class Initiator : std::uint8_t { device, network };

/// What the specification says of an identifier.
struct CommandInfo {
  Cid cid;
  std::string_view name;  // `link_adr`, as in event names
  Initiator initiator;
  MacVersion since;            // oldest version that defines it
  bool relay_package = false;  // of TS011, whatever the MAC version
  bool sticky_answer = false;  // the device repeats its answer until a class A downlink arrives
};

/// All identifiers, ascending.
std::span<const CommandInfo> command_table() noexcept;
/// Null for an identifier that nobody defines.
const CommandInfo* command_info(Cid cid) noexcept;
/// `link_adr`; empty for an identifier that nobody defines.
std::string_view name_of(Cid cid) noexcept;
/// Whether a device of this version is expected to know the command. Devices in the field know more
/// than the version they are registered with (DeviceTimeReq from 1.0.2 above all), so decoding does
/// not ask. [spec network-server §7.3]
bool is_defined(Cid cid, MacVersion version) noexcept;

Cid cid_of(const Command& command) noexcept;
Direction direction_of(const Command& command) noexcept;
/// `LinkADRReq`.
std::string_view name_of(const Command& command) noexcept;
/// `LinkADRReq{tx_power_index=2, data_rate_index=5, ...}`; keys are left out.
std::string to_string(const Command& command);

}  // namespace ff::mac
