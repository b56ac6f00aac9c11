// How users come to be: registration by anyone, or creation by an admin. [spec identity-server
// §5.1]
#pragma once

#include "app/api/services/identity/email_validations.hpp"
#include "app/api/services/identity/passwords.hpp"

namespace ff::api {

class UserCreation {
 public:
  using CallPtr = std::shared_ptr<const Call>;

  UserCreation(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : identity_(identity),
        passwords_(context, identity, make_random),
        validations_(identity, make_random) {}

  /// Errors: forbidden_id, invitation_token_required, user_registration_disabled, those of
  /// check_password(), of invitations and of pictures, id_taken, already_exists (the email
  /// address).
  void create(const CallPtr& call, const ttn::lorawan::v3::CreateUserRequest& request,
              const Reply<ttn::lorawan::v3::User>& reply) const;

 private:
  struct Creation;

  void create(const std::shared_ptr<Creation>& creation, bool by_admin) const;
  void with_invitation(const std::shared_ptr<Creation>& creation) const;
  void with_picture(const std::shared_ptr<Creation>& creation) const;
  void hash_passwords(const std::shared_ptr<Creation>& creation) const;
  void store(const std::shared_ptr<Creation>& creation) const;
  void tell_admins(const Call& call, const ttn::lorawan::v3::User& user) const;

  Identity identity_;
  Passwords passwords_;
  EmailValidations validations_;
};

}  // namespace ff::api
