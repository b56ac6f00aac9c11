// `is.*`: users, their rights and what they own. Names and defaults are the reference's. [spec
// configuration-and-metrics, shared/api/config.tsv]
#include "config/schema/schema.hpp"

namespace ff::config {
namespace {

constexpr Duration none{0};
constexpr Duration year = std::chrono::hours{24 * 365};

std::vector<Knob> registration_knobs() {
  return {
      {"is.user-registration.enabled", "Anyone may register; otherwise admins create users.",
       "true", one(flag(), FF_PLACE(is.user_registration.enabled))},
      {"is.user-registration.invitation.required", "Registering needs an invitation.", "false",
       one(flag(), FF_PLACE(is.user_registration.invitation_required))},
      {"is.user-registration.invitation.token-ttl", "How long an invitation is valid.", "168h",
       one(duration(none, year), FF_PLACE(is.user_registration.invitation_token_ttl))},
      {"is.user-registration.contact-info-validation.required",
       "Users have few rights until their email address is validated.", "false",
       one(flag(), FF_PLACE(is.user_registration.validation_required))},
      {"is.user-registration.contact-info-validation.token-ttl",
       "How long a mailed validation token is valid.", "48h",
       one(duration(none, year), FF_PLACE(is.user_registration.validation_token_ttl))},
      {"is.user-registration.contact-info-validation.retry-interval",
       "After this long the validation mail is sent again on demand.", "1h",
       one(duration(none, year), FF_PLACE(is.user_registration.validation_retry_interval))},
      {"is.user-registration.admin-approval.required",
       "Users have few rights until an admin approves them.", "false",
       one(flag(), FF_PLACE(is.user_registration.admin_approval_required))},
  };
}

std::vector<Knob> password_knobs() {
  const auto number = count<std::uint32_t>(0, 1'000);
  return {
      {"is.user-registration.password-requirements.min-length", "Bytes of a password, at least.",
       "8", one(number, FF_PLACE(is.user_registration.passwords.min_length))},
      {"is.user-registration.password-requirements.max-length", "Bytes of a password, at most.",
       "1000",
       one(count<std::uint32_t>(1, 1'000), FF_PLACE(is.user_registration.passwords.max_length))},
      {"is.user-registration.password-requirements.min-uppercase",
       "Upper-case letters of a password, at least.", "1",
       one(number, FF_PLACE(is.user_registration.passwords.min_uppercase))},
      {"is.user-registration.password-requirements.min-digits", "Digits of a password, at least.",
       "1", one(number, FF_PLACE(is.user_registration.passwords.min_digits))},
      {"is.user-registration.password-requirements.min-special",
       "Special characters of a password, at least.", "0",
       one(number, FF_PLACE(is.user_registration.passwords.min_special))},
      {"is.user-registration.password-requirements.reject-user-id",
       "Passwords must not contain the user's id.", "true",
       one(flag(), FF_PLACE(is.user_registration.passwords.reject_user_id))},
      {"is.user-registration.password-requirements.reject-common",
       "Refuses passwords that many people use.", "false",
       one(flag(), FF_PLACE(is.user_registration.passwords.reject_common))},
  };
}

std::vector<Knob> rights_knobs() {
  return {
      {"is.user-rights.create-applications", "Users who are no admins may create applications.",
       "true", one(flag(), FF_PLACE(is.create_applications))},
      {"is.user-rights.create-clients", "Users who are no admins may create OAuth clients.", "true",
       one(flag(), FF_PLACE(is.create_clients))},
      {"is.user-rights.create-gateways", "Users who are no admins may create gateways.", "true",
       one(flag(), FF_PLACE(is.create_gateways))},
      {"is.user-rights.create-organizations", "Users who are no admins may create organizations.",
       "true", one(flag(), FF_PLACE(is.create_organizations))},
      {"is.admin-rights.all", "Admins may also read and write keys of what is not theirs.", "false",
       one(flag(), FF_PLACE(is.admin_rights_all))},
      {"is.collaborator-rights.set-others-as-contacts",
       "Collaborators may make others than themselves contacts.", "true",
       one(flag(), FF_PLACE(is.set_others_as_contacts))},
      {"is.login-tokens.enabled", "Users may log in with a token that is mailed to them.", "false",
       one(flag(), FF_PLACE(is.login_tokens_enabled))},
      {"is.login-tokens.token-ttl", "How long a login token is valid.", "1h",
       one(duration(none, year), FF_PLACE(is.login_token_ttl))},
  };
}

std::vector<Knob> other_knobs() {
  return {
      {"is.delete.restore", "How long what was deleted can be restored.", "24h",
       one(duration(none, year), FF_PLACE(is.delete_restore))},
      {"is.delete.purge",
       "Once a day what can not be restored any more is purged: its ids are anybody's then. "
       "Otherwise they stay reserved until an admin purges.",
       "false", one(flag(), FF_PLACE(is.delete_purge))},
      {"is.dev-eui-block.enabled", "Applications may get DevEUIs from the block.", "false",
       one(flag(), FF_PLACE(is.dev_eui_block_enabled))},
      {"is.dev-eui-block.application-limit", "DevEUIs that an application may get; 0: any number.",
       "0", one(count<std::uint64_t>(0, 4'294'967'295), FF_PLACE(is.dev_eui_application_limit))},
      {"is.dev-eui-block.prefix", "A block of DevEUIs beside those of the store; length 0: none.",
       "0000000000000000/0", one(join_eui_prefix(), FF_PLACE(is.dev_eui_prefix))},
      {"is.dev-eui-block.init-counter", "Where in the block the first DevEUI is taken.", "0",
       one(count<std::uint64_t>(0, 9'223'372'036'854'775'807), FF_PLACE(is.dev_eui_init_counter))},
      {"is.profile-picture.disable-upload", "Users can not have pictures of their own.", "false",
       one(flag(), FF_PLACE(is.profile_pictures.disable_upload))},
      {"is.profile-picture.bucket-url",
       "In front of the names of users' pictures. A path is one of this server, where it serves "
       "them; a URL is somebody else's who asks for them here.",
       "/assets/blob/profile_pictures",
       one(web_address(), FF_PLACE(is.profile_pictures.bucket_url))},
      {"is.profile-picture.use-gravatar",
       "Users without a picture have the one that gravatar.com shows for their address.", "true",
       one(flag(), FF_PLACE(is.use_gravatar))},
      {"is.end-device-picture.disable-upload", "End devices can not have pictures.", "false",
       one(flag(), FF_PLACE(is.end_device_pictures.disable_upload))},
      {"is.end-device-picture.bucket-url", "The same of end devices' pictures.",
       "/assets/blob/end_device_pictures",
       one(web_address(), FF_PLACE(is.end_device_pictures.bucket_url))},
      {"is.pagination.default-limit", "Entities of a list that does not say how many.", "100",
       one(count<std::uint32_t>(1, 1'000), FF_PLACE(is.pagination_default_limit))},
  };
}

}  // namespace

std::vector<Knob> identity_server_knobs() {
  auto all = registration_knobs();
  for (auto* more : {password_knobs, rights_knobs, other_knobs}) {
    for (auto& row : more()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace ff::config
