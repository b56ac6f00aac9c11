#include "protocol/mac/command/tx_param_setup.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {
namespace {

using region::DwellTime;

DwellTime dwell(bool on) {
  return on ? DwellTime::on : DwellTime::off;
}

/// EIRP travels as a row of a table: two values of one row are the same to the device.
bool agree(const MacParameters& have, const MacParameters& want) {
  return eirp_index(have.max_eirp_dbm) == eirp_index(want.max_eirp_dbm) &&
         (want.uplink_dwell_time == DwellTime::unknown ||
          want.uplink_dwell_time == have.uplink_dwell_time) &&
         (want.downlink_dwell_time == DwellTime::unknown ||
          want.downlink_dwell_time == have.downlink_dwell_time);
}

}  // namespace

Requests tx_param_setup_requests(const MacState& state, const DownlinkContext& context) {
  if (!context.profile.region.has_tx_param_setup) return std::vector<Command>{};
  if (!is_defined(Cid::tx_param_setup, state.lorawan_version)) return std::vector<Command>{};
  if (agree(state.current, state.desired) || answered_last(state, Cid::tx_param_setup)) {
    return std::vector<Command>{};
  }
  return std::vector<Command>{TXParamSetupReq{eirp_index(state.desired.max_eirp_dbm),
                                              state.desired.uplink_dwell_time != DwellTime::off,
                                              state.desired.downlink_dwell_time != DwellTime::off}};
}

Status receive(UplinkExchange& exchange, const TXParamSetupAns&) {
  FF_TRY(const auto request, exchange.take_request<TXParamSetupReq>());
  exchange.publish(EventName::tx_param_setup_answer);
  if (!request) return {};
  MacParameters& current = exchange.state.current;
  current.max_eirp_dbm = eirp_dbm[request->max_eirp_index.value() % eirp_dbm.size()];
  current.uplink_dwell_time = dwell(request->uplink_dwell_time);
  current.downlink_dwell_time = dwell(request->downlink_dwell_time);
  return {};
}

}  // namespace ff::mac
