// What a shard shows of itself.
#include "actors/network_server/shard/state.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::network_server {

ShardSnapshot ShardState::snapshot() const {
  return {.sessions = sessions_.active(),
          .changing = sessions_.size() - sessions_.active(),
          .stashed = sessions_.stashed(),
          .addresses = addresses_.size(),
          .eui_pairs = joins_.size(),
          .windows = windows_.size(),
          .open_windows = owners_.size(),
          .timers = timers_.size(),
          .kept_decisions = kept_decisions_.size(),
          .refused_joins = refusals_.joins(),
          .forgotten_refusals = refusals_.forgotten()};
}

AddressSnapshot ShardState::inspect(DevAddr dev_addr) const {
  AddressSnapshot out;
  out.dev_addr = dev_addr;
  for (const auto& session : addresses_.sessions(dev_addr)) {
    out.sessions.push_back({.device = *session.device,
                            .last_f_cnt_up = session.last_f_cnt_up,
                            .mac_version = session.mac_version,
                            .supports_32_bit_f_cnt = session.supports_32_bit_f_cnt,
                            .resets_f_cnt = session.resets_f_cnt,
                            .pending = session.pending});
  }
  if (const auto* refusal = refusals_.find(dev_addr)) {
    out.refused = *refusal;
    if (const auto frame = phy::decode_data_frame(refusal->frame->phy_payload))
      out.diagnosis = diagnose(addresses_, *frame);
  }
  return out;
}

}  // namespace ff::network_server
