// How users come to be: registration by anyone, or creation by an admin. [spec identity-server
// §5.1]
#pragma once

#include "app/api/services/identity/email_validations.hpp"
#include "app/api/services/identity/passwords.hpp"

namespace ff::api {

/// What follows when a user has come to be, by registration or by a first login elsewhere:
/// `user.create`, mail to an address that is not validated, and the word to the admins where one
/// has to approve. `sender`: whoever made the user, if it was another user.
void announce_user(const Identity& identity, const MakeRandom& make_random,
                   const ttn::lorawan::v3::User& user, const events::Cause& cause,
                   const std::string& sender = {});

class UserCreation {
 public:
  using CallPtr = std::shared_ptr<const Call>;

  UserCreation(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : identity_(identity),
        passwords_(context, identity, make_random),
        make_random_(std::move(make_random)) {}

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

  Identity identity_;
  Passwords passwords_;
  MakeRandom make_random_;
};

}  // namespace ff::api
