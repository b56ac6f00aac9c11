#include "protocol/mac/command/reset.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// Only devices activated by personalisation may reset; what they have is then what they left the
/// factory with. [TS001-1.1 §5.1]
Status receive(UplinkExchange& exchange, const ResetInd& indication) {
  exchange.publish(EventName::reset_indication, Command{indication});
  const DeviceProfile& profile = exchange.context.profile;
  if (profile.supports_join || !at_least(profile.lorawan_version, MacVersion::v1_1)) return {};
  auto status = std::move(exchange.state.device_status);
  auto unsettled = std::move(exchange.state.pending_application_downlink);
  FF_TRY(exchange.state, initial_state(profile));
  // It is the device's, which is asked again in its time. [spec network-server §14]
  if (status) status->f_cnt_up = {};
  exchange.state.device_status = std::move(status);
  // The application is still to hear what became of it.
  exchange.state.pending_application_downlink = std::move(unsettled);
  exchange.reset = true;
  exchange.respond(ResetConf{indication.minor_version}, EventName::reset_confirmation);
  return {};
}

}  // namespace ff::mac
