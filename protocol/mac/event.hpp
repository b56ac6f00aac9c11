// What the MAC layer tells the outside: one value per event of the reference's `ns.mac.*` and
// `ns.class.switch.*`, with its operands. Publishing, identifiers and visibility are the shell's.
// [spec radio-events-errors §2.3]
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/base/error.hpp"
#include "protocol/mac/command/command.hpp"
#include "protocol/types/versions.hpp"

namespace ff::mac {

/// One per row of test/golden/events/ns_mac.tsv; the names are API.
enum class EventName : std::uint8_t {
  class_switch_a,
  class_switch_b,
  class_switch_c,
  adr_param_setup_answer,
  adr_param_setup_request,
  beacon_freq_answer_accept,
  beacon_freq_answer_reject,
  beacon_freq_request,
  command_parse_fail,
  command_process_fail,
  command_unanswered,
  command_unknown,
  dev_status_answer,
  dev_status_request,
  device_mode_confirmation,
  device_mode_indication,
  device_time_answer,
  device_time_request,
  dl_channel_answer_accept,
  dl_channel_answer_reject,
  dl_channel_request,
  duty_cycle_answer,
  duty_cycle_request,
  force_rejoin_request,
  link_adr_answer_accept,
  link_adr_answer_reject,
  link_adr_request,
  link_check_answer,
  link_check_request,
  new_channel_answer_accept,
  new_channel_answer_reject,
  new_channel_request,
  ping_slot_channel_answer_accept,
  ping_slot_channel_answer_reject,
  ping_slot_channel_request,
  ping_slot_info_answer,
  ping_slot_info_request,
  proprietary_receive,
  rejoin_param_setup_answer,
  rejoin_param_setup_request,
  rekey_confirmation,
  rekey_indication,
  relay_conf_answer_accept,
  relay_conf_answer_reject,
  relay_conf_request,
  relay_configure_fwd_limit_answer,
  relay_configure_fwd_limit_request,
  relay_ctrl_uplink_list_answer_accept,
  relay_ctrl_uplink_list_answer_reject,
  relay_ctrl_uplink_list_request,
  relay_end_device_conf_answer_accept,
  relay_end_device_conf_answer_reject,
  relay_end_device_conf_request,
  relay_notify_new_end_device_indication,
  relay_update_uplink_list_answer,
  relay_update_uplink_list_request,
  reset_confirmation,
  reset_indication,
  rx_param_setup_answer_accept,
  rx_param_setup_answer_reject,
  rx_param_setup_request,
  rx_timing_setup_answer,
  rx_timing_setup_request,
  tx_param_setup_answer,
  tx_param_setup_request,
};
inline constexpr std::size_t event_name_count = 65;

/// `ns.mac.link_adr.request`.
std::string_view to_string(EventName name) noexcept;

/// An identifier that nobody defines.
struct UnknownCid {
  std::uint8_t cid = 0;
  bool operator==(const UnknownCid&) const = default;
};

/// A command, several (unanswered), the class before a switch, an error, or nothing.
using EventData =
    std::variant<std::monostate, Command, std::vector<Command>, UnknownCid, DeviceClass, Error>;

struct Event {
  EventName name;
  EventData data;
  bool operator==(const Event&) const = default;
};

}  // namespace ff::mac
