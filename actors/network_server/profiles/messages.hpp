// What the registry of MAC settings profiles is asked. Whoever asks has checked rights and formats.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "actors/network_server/profiles/profile.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::network_server {

/// Error: mac_settings_profile_already_exists.
struct CreateProfile {
  ProfileKey key;
  mac::MacSettings settings;
  actors::Reply<SettingsPtr> reply;
};
/// `change` is pure and runs in the registry. Answered when the new settings are durable; its
/// devices get them after that. Errors: mac_settings_profile_not_found, those of `change`,
/// settings_misfit() when they do not fit one of its devices.
struct ChangeProfile {
  ProfileKey key;
  std::function<Result<mac::MacSettings>(const mac::MacSettings& current)> change;
  actors::Reply<SettingsPtr> reply;
};
/// Errors: mac_settings_profile_not_found, mac_settings_profile_in_use.
struct DeleteProfile {
  ProfileKey key;
  actors::Reply<void> reply;
};

/// For whoever is about to give the profile to a device. Until the last copy is gone the profile is
/// not deleted, and a change of it waits before it goes to its devices: the new one is among them
/// by then.
struct ProfileUse {
  SettingsPtr settings;
  std::shared_ptr<const void> hold;
};
/// Error: mac_settings_profile_not_found.
struct UseProfile {
  ProfileKey key;
  actors::Reply<ProfileUse> reply;
};

struct ProfileView {
  Profile profile;
  std::uint64_t devices = 0;  // that use it; 0 unless asked for
};
/// Error: mac_settings_profile_not_found.
struct GetProfile {
  ProfileKey key;
  bool count_devices = false;
  actors::Reply<ProfileView> reply;
};
struct ProfilePage {
  std::vector<ProfileView> profiles;
  std::uint64_t total = 0;  // of all pages
};
/// By id.
struct ListProfiles {
  ApplicationId application_id;
  bool descending = false;
  std::uint64_t skip = 0;
  std::uint64_t limit = 100;
  bool count_devices = false;
  actors::Reply<ProfilePage> reply;
};

/// INTERNAL: the change under way is durable, or is not.
struct ProfileWritten {
  Status status;
};
/// INTERNAL: the last copy of a ProfileUse is gone.
struct ProfileUseEnded {
  std::uint64_t use = 0;
};
/// INTERNAL: what a page of devices made of a change.
struct DevicesTold {
  bool failed = false;   // not all have answered
  unsigned refused = 0;  // the settings do not fit them
};

}  // namespace ff::network_server
FF_LOCAL_MESSAGE(ff::network_server::CreateProfile)
FF_LOCAL_MESSAGE(ff::network_server::ChangeProfile)
FF_LOCAL_MESSAGE(ff::network_server::DeleteProfile)
FF_LOCAL_MESSAGE(ff::network_server::UseProfile)
FF_LOCAL_MESSAGE(ff::network_server::GetProfile)
FF_LOCAL_MESSAGE(ff::network_server::ListProfiles)
FF_LOCAL_MESSAGE(ff::network_server::ProfileWritten)
FF_LOCAL_MESSAGE(ff::network_server::ProfileUseEnded)
FF_LOCAL_MESSAGE(ff::network_server::DevicesTold)
