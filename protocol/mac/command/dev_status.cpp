#include "protocol/mac/command/dev_status.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {
namespace {

constexpr std::uint8_t external_power = 0;
constexpr std::uint8_t battery_unknown = 255;

}  // namespace

/// Asked when a day or 200 uplinks have passed since the last answer. [spec network-server §14]
Requests dev_status_requests(const MacState& state, const DownlinkContext& context) {
  const DeviceProfile& profile = context.profile;
  const auto time = pick(&MacSettings::status_time_periodicity, default_status_time_periodicity,
                         profile.settings, profile.network_defaults);
  const auto count = pick(&MacSettings::status_count_periodicity, default_status_count_periodicity,
                          profile.settings, profile.network_defaults);
  const auto due = [&] {
    if (profile.multicast || (time.count() == 0 && count == 0)) return false;
    const auto& last = state.device_status;
    if (!last) return true;
    if (time.count() != 0 && context.now - last->received_at >= time) return true;
    // Modulo 2^32: a counter that started anew is far ahead, and the device is asked.
    return count != 0 && context.last_f_cnt_up.value() - last->f_cnt_up.value() >= count;
  };
  if (!due()) return std::vector<Command>{};
  return std::vector<Command>{DevStatusReq{}};
}

Status receive(UplinkExchange& exchange, const DevStatusAns& answer) {
  FF_CHECK(exchange.take_request<DevStatusReq>());
  DeviceStatus status;
  status.received_at = exchange.context.received_at;
  status.f_cnt_up = exchange.context.f_cnt;
  status.external_power = answer.battery == external_power;
  if (answer.battery != external_power && answer.battery != battery_unknown) {
    status.battery = static_cast<float>(answer.battery - 1) / 253.0F;
  }
  status.margin_db = answer.margin_db;
  exchange.state.device_status = status;
  exchange.publish(EventName::dev_status_answer, Command{answer});
  return {};
}

}  // namespace ff::mac
