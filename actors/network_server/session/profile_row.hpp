// A device's place in the list of the devices that use a MAC settings profile. Not the profile
// (profiles/).
#pragma once

#include <string>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/versions.hpp"

namespace ff::network_server {

/// What a profile's settings must fit, kept here so that a change of a profile is judged without
/// reading its devices.
struct ProfileUser {
  std::string frequency_plan_id;
  PhyVersion phy_version = PhyVersion::unknown;
  bool supports_class_b = false;
  auto operator<=>(const ProfileUser&) const = default;
};

/// The key in family `entity_index`.
Bytes profile_user_key(const DeviceUid& device, const std::string& profile_id);
/// ON-DISK: a sealed record (storage/codec). Golden test:
/// test/actors/network_server/session/profile_row_test.cpp.
Bytes encode_profile_user(const ProfileUser& user);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<ProfileUser> decode_profile_user(ByteView row);

}  // namespace ff::network_server
