#include "protocol/mac/command/rekey.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// The session layer promotes the pending session when `rekeyed` is set. [spec network-server §8.3]
Status receive(UplinkExchange& exchange, const RekeyInd& indication) {
  exchange.publish(EventName::rekey_indication, Command{indication});
  const DeviceProfile& profile = exchange.context.profile;
  if (!profile.supports_join || !at_least(profile.lorawan_version, MacVersion::v1_1)) return {};
  exchange.state.lorawan_version = MacVersion::v1_1;
  exchange.rekeyed = true;
  exchange.respond(RekeyConf{MinorVersion{1}}, EventName::rekey_confirmation);
  return {};
}

}  // namespace ff::mac
