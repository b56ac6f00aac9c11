#include "protocol/mac/command/ping_slot_info.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// Not while in class B: with open ping slots the change could not be agreed upon. [TS001-1.0.4
/// §14.1; the reference answers in class A alone, which a device that can be in class C too begins
/// without]
Status receive(UplinkExchange& exchange, const PingSlotInfoReq& request) {
  exchange.publish(EventName::ping_slot_info_request, Command{request});
  if (exchange.state.device_class == DeviceClass::b) return {};
  exchange.state.ping_slot_periodicity = request.periodicity;
  exchange.respond(PingSlotInfoAns{}, EventName::ping_slot_info_answer);
  return {};
}

}  // namespace ff::mac
