#include "protocol/mac/command/rx_timing_setup.hpp"

#include <algorithm>

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

Requests rx_timing_setup_requests(const MacState& state, const DownlinkContext&) {
  if (state.desired.rx1_delay == state.current.rx1_delay) return std::vector<Command>{};
  if (answered_last(state, Cid::rx_timing_setup)) return std::vector<Command>{};
  return std::vector<Command>{RXTimingSetupReq{state.desired.rx1_delay}};
}

Status receive(UplinkExchange& exchange, const RXTimingSetupAns&) {
  FF_TRY(const auto request, exchange.take_request<RXTimingSetupReq>());
  // 0 means one second. [TS001-1.0.4 §5.8]
  if (request) exchange.state.current.rx1_delay = std::max(request->delay, std::chrono::seconds{1});
  exchange.publish(EventName::rx_timing_setup_answer);
  return {};
}

}  // namespace ff::mac
