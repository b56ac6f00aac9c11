#include "actors/network_server/session/downlink_frame.hpp"

namespace ff::network_server {

std::optional<Opening> open_window(const mac::DeviceProfile& profile, DataRateIndex index,
                                   Frequency frequency, region::DwellTime dwell) {
  using region::Direction;
  // The device may be ready for longer frames than the plan lets gateways send.
  if (profile.plan.dwell_time.downlinks == region::DwellTime::on) dwell = region::DwellTime::on;
  const auto* entry = profile.region.data_rate(index, Direction::downlink);
  const auto room = profile.region.max_mac_payload(index, Direction::downlink,
                                                   {dwell, profile.plan.repeater_compatible});
  if (!entry || room == 0 || !frequency.is_set()) return std::nullopt;
  return Opening{{entry->data_rate, frequency}, room};
}

FCnt32 spend_counter(mac::Session& session, bool is_1_1,
                     const std::optional<ApplicationDownlink>& application) {
  const auto f_cnt =
      application ? application->f_cnt : FCnt32{session.last_n_f_cnt_down.value() + 1};
  if (is_1_1 && application) {
    session.last_a_f_cnt_down = f_cnt;
  } else {
    session.last_n_f_cnt_down = f_cnt;
  }
  if (application && application->confirmed) session.last_conf_f_cnt_down = f_cnt;
  return f_cnt;
}

FCnt32 spend_port_counter(mac::Session& session, bool is_1_1) {
  auto& last = is_1_1 ? session.last_a_f_cnt_down : session.last_n_f_cnt_down;
  last = FCnt32{last.value() + 1};
  return last;
}

void drop_first_item(mac::Session& session, FCnt32 f_cnt) {
  auto& queue = session.queued_application_downlinks;
  if (!queue.empty() && queue.front().f_cnt == f_cnt) queue.pop_front();
}

}  // namespace ff::network_server
