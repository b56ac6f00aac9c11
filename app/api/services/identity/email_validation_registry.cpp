// EmailValidationRegistry and its predecessor ContactInfoRegistry: validation of email addresses.
#include "app/api/services/identity/email_validations.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/users.hpp"
#include "ttn/lorawan/v3/contact_info.grpc.pb.h"
#include "ttn/lorawan/v3/email_validation.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

constexpr ErrorDef no_validation_needed{"pkg/identityserver", "no_validation_needed",
                                        Code::invalid_argument, "no validation needed"};

class EmailValidation final : public pb::EmailValidationRegistry::CallbackService {
 public:
  EmailValidation(const ServiceContext& context, const Identity& identity,
                  const MakeRandom& make_random)
      : context_(context), validations_(identity, make_random) {}

  grpc::ServerUnaryReactor* RequestValidation(grpc::CallbackServerContext* context,
                                              const pb::UserIdentifiers* request,
                                              pb::EmailValidation* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EmailValidationRegistry/RequestValidation"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          context_.authorized(call, user_key(ids.user_id()), {}, reply, [=, this, &ids] {
            validations_.request(
                ids.user_id(),
                [reply](Result<pb::EmailValidation> validation) { reply(std::move(validation)); },
                call->trail);
          });
        });
  }

  grpc::ServerUnaryReactor* Validate(grpc::CallbackServerContext* context,
                                     const pb::ValidateEmailRequest* request,
                                     Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.EmailValidationRegistry/Validate", Access::open},
                                context, request, response,
                                [this](auto call, const auto& validate, const auto& reply) {
                                  validations_.validate(validate, reply, call->trail);
                                });
  }

 private:
  const ServiceContext& context_;
  EmailValidations validations_;
};

/// The same under its old name, for users alone.
class ContactInfo final : public pb::ContactInfoRegistry::CallbackService {
 public:
  ContactInfo(const ServiceContext& context, const Identity& identity,
              const MakeRandom& make_random)
      : context_(context), validations_(identity, make_random) {}

  grpc::ServerUnaryReactor* RequestValidation(grpc::CallbackServerContext* context,
                                              const pb::EntityIdentifiers* request,
                                              pb::ContactInfoValidation* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ContactInfoRegistry/RequestValidation"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          if (!ids.has_user_ids()) return reply(fail(no_validation_needed));
          const auto& user_id = ids.user_ids().user_id();
          const RightSet needed{Right::RIGHT_USER_SETTINGS_BASIC};
          context_.permitted(call, user_key(user_id), needed, reply, [=, this] {
            validations_.request(user_id, answer(user_id, reply), call->trail);
          });
        });
  }

  grpc::ServerUnaryReactor* Validate(grpc::CallbackServerContext* context,
                                     const pb::ContactInfoValidation* request,
                                     Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ContactInfoRegistry/Validate", Access::open},
                                context, request, response,
                                [this](auto call, const auto& validate, const auto& reply) {
                                  pb::ValidateEmailRequest email;
                                  email.set_id(validate.id());
                                  email.set_token(validate.token());
                                  validations_.validate(email, reply, call->trail);
                                });
  }

 private:
  static actors::Reply<pb::EmailValidation> answer(const std::string& user_id,
                                                   const Reply<pb::ContactInfoValidation>& reply) {
    return [=](const Result<pb::EmailValidation>& validation) {
      if (!validation) return reply(fail(validation.error()));
      pb::ContactInfoValidation out;
      out.set_id(validation->id());
      out.mutable_entity()->mutable_user_ids()->set_user_id(user_id);
      auto& info = *out.add_contact_info();
      info.set_contact_method(pb::CONTACT_METHOD_EMAIL);
      info.set_value(validation->address());
      *out.mutable_created_at() = validation->created_at();
      *out.mutable_updated_at() = validation->updated_at();
      *out.mutable_expires_at() = validation->expires_at();
      reply(std::move(out));
    };
  }

  const ServiceContext& context_;
  EmailValidations validations_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_email_validation(const ServiceContext& context,
                                                     Identity identity, MakeRandom make_random) {
  return std::make_unique<EmailValidation>(context, identity, make_random);
}

std::unique_ptr<grpc::Service> make_contact_info(const ServiceContext& context, Identity identity,
                                                 MakeRandom make_random) {
  return std::make_unique<ContactInfo>(context, identity, make_random);
}

}  // namespace ff::api
