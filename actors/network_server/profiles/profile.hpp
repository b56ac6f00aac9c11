// A MAC settings profile: settings that many devices of an application share.
#pragma once

#include <memory>
#include <string>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/mac/settings.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::network_server {

struct ProfileKey {
  ApplicationId application_id;
  std::string profile_id;
  auto operator<=>(const ProfileKey&) const = default;
};

using SettingsPtr = std::shared_ptr<const mac::MacSettings>;

struct Profile {
  ProfileKey key;
  SettingsPtr settings;  // never null
  /// Not all of its devices have these settings yet: a start goes on with it.
  bool spreading = false;
};

/// The key in family `entity`.
Bytes profile_row_key(const ProfileKey& key);
/// ON-DISK: a sealed record (storage/codec): the value of an entity `mac_settings_profile`. Golden
/// test: test/actors/network_server/profiles/record_test.cpp.
Bytes encode_profile(const Profile& profile);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<Profile> decode_profile(ProfileKey key, ByteView row);

}  // namespace ff::network_server
