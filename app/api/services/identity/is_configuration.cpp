// Is: what clients may know of the identity server's settings. For everyone.
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/identityserver.grpc.pb.h"

namespace ff::api {
namespace {

pb::IsConfiguration to_proto(const identity_server::Settings& settings) {
  pb::IsConfiguration out;
  auto& registration = *out.mutable_user_registration();
  const auto& from = settings.registration;
  registration.set_enabled(from.enabled);
  registration.mutable_invitation()->mutable_required()->set_value(from.invitation_required);
  put_duration(from.invitation_ttl, *registration.mutable_invitation()->mutable_token_ttl());
  auto& validation = *registration.mutable_contact_info_validation();
  validation.mutable_required()->set_value(from.validation_required);
  put_duration(from.validation_ttl, *validation.mutable_token_ttl());
  put_duration(from.validation_retry_interval, *validation.mutable_retry_interval());
  registration.mutable_admin_approval()->mutable_required()->set_value(
      from.admin_approval_required);
  auto& passwords = *registration.mutable_password_requirements();
  passwords.mutable_min_length()->set_value(from.passwords.min_length);
  passwords.mutable_max_length()->set_value(from.passwords.max_length);
  passwords.mutable_min_uppercase()->set_value(from.passwords.min_uppercase);
  passwords.mutable_min_digits()->set_value(from.passwords.min_digits);
  passwords.mutable_min_special()->set_value(from.passwords.min_special);
  out.mutable_profile_picture()->mutable_disable_upload()->set_value(
      !settings.profile_pictures.can_be_uploaded);
  out.mutable_profile_picture()->mutable_use_gravatar()->set_value(settings.use_gravatar);
  out.mutable_end_device_picture()->mutable_disable_upload()->set_value(
      !settings.end_device_pictures.can_be_uploaded);
  auto& rights = *out.mutable_user_rights();
  rights.mutable_create_applications()->set_value(settings.user_rights.create_applications);
  rights.mutable_create_clients()->set_value(settings.user_rights.create_clients);
  rights.mutable_create_gateways()->set_value(settings.user_rights.create_gateways);
  rights.mutable_create_organizations()->set_value(settings.user_rights.create_organizations);
  out.mutable_user_login()->mutable_disable_credentials_login()->set_value(false);
  out.mutable_admin_rights()->mutable_all()->set_value(settings.admin_rights_all);
  out.mutable_collaborator_rights()->mutable_set_others_as_contacts()->set_value(
      settings.set_others_as_contacts);
  return out;
}

class Is final : public pb::Is::CallbackService {
 public:
  Is(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* GetConfiguration(grpc::CallbackServerContext* context,
                                             const pb::GetIsConfigurationRequest* request,
                                             pb::GetIsConfigurationResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Is/GetConfiguration", Access::open}, context,
                                request, response, [this](auto, const auto&, const auto& reply) {
                                  pb::GetIsConfigurationResponse answer;
                                  *answer.mutable_configuration() = to_proto(identity_.settings());
                                  reply(std::move(answer));
                                });
  }

 private:
  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_is_configuration(const ServiceContext& context,
                                                     Identity identity) {
  return std::make_unique<Is>(context, std::move(identity));
}

}  // namespace ff::api
