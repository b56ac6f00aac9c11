#include "actors/network_server/session/kept_status.hpp"

namespace ff::network_server {
namespace {

/// Clients may say of a session when its device was asked, and nothing of the answer.
bool has_answer(const std::optional<mac::DeviceStatus>& status) noexcept {
  return status && (status->received_at != UtcTime() || status->battery || status->external_power ||
                    status->margin_db != 0);
}

}  // namespace

void keep_status(Device& device) {
  if (device.mac_state && has_answer(device.mac_state->device_status))
    device.earlier_status = device.mac_state->device_status;
}

void recall_status(Device& device) {
  auto& status = device.mac_state->device_status;
  if (!device.earlier_status || has_answer(status)) return;
  const auto f_cnt_up = status ? status->f_cnt_up : FCnt32();
  status = device.earlier_status;
  status->f_cnt_up = f_cnt_up;
}

}  // namespace ff::network_server
