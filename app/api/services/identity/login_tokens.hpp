// Login tokens: a way into an account without its password, by mail, once. [spec identity-server
// §5.3]
#pragma once

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {

class LoginTokens {
 public:
  LoginTokens(Identity identity, MakeRandom make_random)
      : identity_(std::move(identity)), make_random_(std::move(make_random)) {}

  /// For everyone, of any user. Admins may have the token in the answer and no mail sent, of users
  /// who are no admins. Errors: login_tokens_disabled, login_tokens_still_valid, not_found().
  void create(const std::shared_ptr<const Call>& call,
              const ttn::lorawan::v3::CreateLoginTokenRequest& request,
              const Reply<ttn::lorawan::v3::CreateLoginTokenResponse>& reply) const;

 private:
  /// A user, and the user's tokens that are of no use any more.
  struct Found;

  using CallPtr = std::shared_ptr<const Call>;

  void store(const CallPtr& call, const Found& found, bool shows,
             const Reply<ttn::lorawan::v3::CreateLoginTokenResponse>& reply) const;
  void create(const CallPtr& call, const ttn::lorawan::v3::CreateLoginTokenRequest& request,
              bool by_admin, const Reply<ttn::lorawan::v3::CreateLoginTokenResponse>& reply) const;

  Identity identity_;
  MakeRandom make_random_;
};

}  // namespace ff::api
