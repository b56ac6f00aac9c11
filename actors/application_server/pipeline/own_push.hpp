// What is stored of a push that the application server makes by itself: a confirmed downlink that
// was not acknowledged, a queue that became invalid or moves to a new session.
//
// The network server has dropped such items in the commit that tells us of them. That commit has a
// row of family `entity` with the push, and the one that says how the push ended erases it; after a
// crash between the two it is made again, so that its items arrive at least once.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/application_server/pipeline/device.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server {

/// Which of a device's sessions get the items.
struct PushTarget {
  /// ON-DISK
  enum class Kind : std::uint8_t { all = 0, only = 1, except = 2 };
  Kind kind = Kind::all;
  SessionKeyId session_key_id;
  bool includes(const AppSession& session) const noexcept {
    if (kind == Kind::all) return true;
    return (session.session_key_id == session_key_id) == (kind == Kind::only);
  }
  bool operator==(const PushTarget&) const = default;
};

struct OwnPush {
  DeviceUid device;
  std::vector<ApplicationDownlink> items;  // plain text
  PushTarget target;
  UtcTime received_at;
  bool operator==(const OwnPush&) const = default;
};

/// ON-DISK: a sealed record. Golden test:
/// test/actors/application_server/pipeline/own_push_test.cpp. Decoding is total on any bytes.
Bytes encode_own_push(const OwnPush& push);
/// Errors: malformed_record, malformed_value, value_too_new.
Result<OwnPush> decode_own_push(ByteView row);

}  // namespace ff::application_server
