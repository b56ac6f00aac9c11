// Field tables of types that several records hold. See fields.hpp.
#pragma once

#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"

// ON-DISK: a number is never given to another member.

namespace ff {

template <class Archive>
void fields(Archive& a, DeviceUid& uid) {
  a(1, uid.application_id);
  a(2, uid.device_id);
}
template <class Archive>
void fields(Archive& a, DeviceIdentifiers& ids) {
  a(1, ids.uid);
  a(2, ids.dev_eui);
  a(3, ids.join_eui);
  a(4, ids.dev_addr);
}
template <class Archive>
void fields(Archive& a, GatewayIdentifiers& ids) {
  a(1, ids.gateway_id);
  a(2, ids.eui);
}
template <class Archive>
void fields(Archive& a, KeyEnvelope& envelope) {
  a(1, envelope.key);
  a(2, envelope.kek_label);
  a(3, envelope.encrypted_key);
}
template <class Archive>
void fields(Archive& a, DeviceVersionIds& ids) {
  a(1, ids.brand_id);
  a(2, ids.model_id);
  a(3, ids.hardware_version);
  a(4, ids.firmware_version);
  a(5, ids.band_id);
}

}  // namespace ff
