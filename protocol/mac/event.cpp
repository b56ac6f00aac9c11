#include "protocol/mac/event.hpp"

#include <array>

namespace ff::mac {
namespace {

// In the order of EventName; event_test compares with the reference's table.
constexpr std::array<std::string_view, event_name_count> names{
    "ns.class.switch.a",
    "ns.class.switch.b",
    "ns.class.switch.c",
    "ns.mac.adr_param_setup.answer",
    "ns.mac.adr_param_setup.request",
    "ns.mac.beacon_freq.answer.accept",
    "ns.mac.beacon_freq.answer.reject",
    "ns.mac.beacon_freq.request",
    "ns.mac.command.parse.fail",
    "ns.mac.command.process.fail",
    "ns.mac.command.unanswered",
    "ns.mac.command.unknown",
    "ns.mac.dev_status.answer",
    "ns.mac.dev_status.request",
    "ns.mac.device_mode.confirmation",
    "ns.mac.device_mode.indication",
    "ns.mac.device_time.answer",
    "ns.mac.device_time.request",
    "ns.mac.dl_channel.answer.accept",
    "ns.mac.dl_channel.answer.reject",
    "ns.mac.dl_channel.request",
    "ns.mac.duty_cycle.answer",
    "ns.mac.duty_cycle.request",
    "ns.mac.force_rejoin.request",
    "ns.mac.link_adr.answer.accept",
    "ns.mac.link_adr.answer.reject",
    "ns.mac.link_adr.request",
    "ns.mac.link_check.answer",
    "ns.mac.link_check.request",
    "ns.mac.new_channel.answer.accept",
    "ns.mac.new_channel.answer.reject",
    "ns.mac.new_channel.request",
    "ns.mac.ping_slot_channel.answer.accept",
    "ns.mac.ping_slot_channel.answer.reject",
    "ns.mac.ping_slot_channel.request",
    "ns.mac.ping_slot_info.answer",
    "ns.mac.ping_slot_info.request",
    "ns.mac.proprietary.receive",
    "ns.mac.rejoin_param_setup.answer",
    "ns.mac.rejoin_param_setup.request",
    "ns.mac.rekey.confirmation",
    "ns.mac.rekey.indication",
    "ns.mac.relay_conf.answer.accept",
    "ns.mac.relay_conf.answer.reject",
    "ns.mac.relay_conf.request",
    "ns.mac.relay_configure_fwd_limit.answer",
    "ns.mac.relay_configure_fwd_limit.request",
    "ns.mac.relay_ctrl_uplink_list.answer.accept",
    "ns.mac.relay_ctrl_uplink_list.answer.reject",
    "ns.mac.relay_ctrl_uplink_list.request",
    "ns.mac.relay_end_device_conf.answer.accept",
    "ns.mac.relay_end_device_conf.answer.reject",
    "ns.mac.relay_end_device_conf.request",
    "ns.mac.relay_notify_new_end_device.indication",
    "ns.mac.relay_update_uplink_list.answer",
    "ns.mac.relay_update_uplink_list.request",
    "ns.mac.reset.confirmation",
    "ns.mac.reset.indication",
    "ns.mac.rx_param_setup.answer.accept",
    "ns.mac.rx_param_setup.answer.reject",
    "ns.mac.rx_param_setup.request",
    "ns.mac.rx_timing_setup.answer",
    "ns.mac.rx_timing_setup.request",
    "ns.mac.tx_param_setup.answer",
    "ns.mac.tx_param_setup.request",
};

}  // namespace

std::string_view to_string(EventName name) noexcept {
  const auto index = static_cast<std::size_t>(name);
  return index < names.size() ? names[index] : std::string_view{};
}

}  // namespace ff::mac
