// The field table of a downlink, which several records hold. See fields.hpp.
#pragma once

#include "protocol/types/application_messages.hpp"
#include "storage/codec/identifier_fields.hpp"

// ON-DISK: a number is never given to another member.

namespace ff {

template <class Archive>
void fields(Archive& a, ClassBCGateway& gateway) {
  a(1, gateway.gateway);
  a(2, gateway.antenna_index);
  a(3, gateway.group_index);
}
template <class Archive>
void fields(Archive& a, ClassBC& class_b_c) {
  a(1, class_b_c.gateways);
  a(2, class_b_c.absolute_time);
}
template <class Archive>
void fields(Archive& a, ConfirmedRetry& retry) {
  a(1, retry.attempt);
  a(2, retry.max_attempts);
}
/// Without its decoded payload, which is for those who watch.
template <class Archive>
void fields(Archive& a, ApplicationDownlink& downlink) {
  a(1, downlink.session_key_id);
  a(2, downlink.f_port);
  a(3, downlink.f_cnt);
  a(4, downlink.frm_payload);
  a(5, downlink.confirmed);
  a(6, downlink.priority);
  a(7, downlink.class_b_c);
  a(8, downlink.correlation_ids);
  a(9, downlink.confirmed_retry);
}

}  // namespace ff
