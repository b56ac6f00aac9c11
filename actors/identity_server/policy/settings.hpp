// Settings: what an operator decided about accounts and entities (`is.*`), as the identity server's
// code and services need it. Defaults are the reference's. Not how it is configured; see
// config/schema/identity_server.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::identity_server {

/// `is.user-registration.password-requirements`. Lengths are bytes; 0: no demand.
struct PasswordRules {
  std::uint32_t min_length = 8;
  std::uint32_t max_length = 1000;
  std::uint32_t min_uppercase = 1;
  std::uint32_t min_digits = 1;
  std::uint32_t min_special = 0;
  bool reject_user_id = true;
  bool reject_common = false;
};

/// `is.user-registration`.
struct RegistrationRules {
  bool enabled = true;
  bool invitation_required = false;
  Duration invitation_ttl = std::chrono::hours{168};
  bool validation_required = false;
  Duration validation_ttl = std::chrono::hours{48};
  Duration validation_retry_interval = std::chrono::hours{1};
  bool admin_approval_required = false;
  PasswordRules passwords;
};

/// `is.user-rights`: what users who are no admins may create.
struct UserRights {
  bool create_applications = true;
  bool create_clients = true;
  bool create_gateways = true;
  bool create_organizations = true;
};

/// `is.dev-eui-block`: a block of DevEUIs that are handed out, beside those of the store.
struct DevEuiBlock {
  bool enabled = false;
  std::uint64_t application_limit = 0;  // 0: none
  DevEui first;                         // its bits behind `length` are 0
  std::uint8_t length = 0;              // of the prefix, bits: 1 to 64; 0: no block
  std::uint64_t init_counter = 0;
};

/// `is.profile-picture`, `is.end-device-picture`.
struct PictureRules {
  bool can_be_uploaded = true;
  /// In front of pictures' names; a path of our own or a URL.
  std::string url;
};

/// Immutable after start.
struct Settings {
  RegistrationRules registration;
  UserRights user_rights;
  /// Admins have the rights that end in _KEYS and _ALL too.
  bool admin_rights_all = false;
  bool set_others_as_contacts = true;
  bool login_tokens_enabled = false;
  Duration login_token_ttl = std::chrono::hours{1};
  Duration temporary_password_ttl = std::chrono::hours{1};
  /// How long a deleted entity can be restored.
  Duration restore_window = std::chrono::hours{24};
  DevEuiBlock dev_euis;
  PictureRules profile_pictures{.url = "/assets/blob/profile_pictures"};
  bool use_gravatar = true;
  PictureRules end_device_pictures{.url = "/assets/blob/end_device_pictures"};
  /// Of lists that do not say how long they may be.
  std::uint32_t default_page_limit = 100;
};
using SettingsPtr = std::shared_ptr<const Settings>;

}  // namespace ff::identity_server
