#include "protocol/mac/command/device_mode.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// The confirmation names the class the network will use, so that a refused class C reads A. [spec
/// network-server §8.3]
Status receive(UplinkExchange& exchange, const DeviceModeInd& indication) {
  exchange.publish(EventName::device_mode_indication, Command{indication});
  MacState& state = exchange.state;
  if (!is_defined(Cid::device_mode, state.lorawan_version)) return {};
  const DeviceClass before = state.device_class;
  const bool enters_c =
      indication.device_class == DeviceClass::c && exchange.context.profile.supports_class_c;
  state.device_class = enters_c ? DeviceClass::c : DeviceClass::a;
  if (state.device_class != before) {
    exchange.publish(enters_c ? EventName::class_switch_c : EventName::class_switch_a, before);
  }
  exchange.respond(DeviceModeConf{state.device_class}, EventName::device_mode_confirmation);
  return {};
}

}  // namespace ff::mac
