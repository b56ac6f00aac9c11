// Passwords of users: temporary ones by mail, and changes of them. [spec identity-server §5.2]
#pragma once

#include <google/protobuf/empty.pb.h>

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {

/// How long a temporary password counts that an administrator gives and says nothing of.
/// [spec identity-server §5.2]
inline constexpr Duration given_password_ttl = std::chrono::hours{36};

/// Who gives no other credential has as many attempts as at a login. `account` empty: the attempt
/// is no guess. Error: rate_limit_exceeded.
Status begin_attempt(const IdentityPorts& ports, const std::string& account,
                     const std::string& address);

class Passwords {
 public:
  using CallPtr = std::shared_ptr<const Call>;
  using Empty = google::protobuf::Empty;

  Passwords(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : context_(context), identity_(std::move(identity)), make_random_(std::move(make_random)) {}

  /// For everyone; its user gets it. Errors: not_found(), temporary_password_still_valid,
  /// rate_limit_exceeded.
  void create_temporary(const CallPtr& call, const std::string& user_id,
                        const Reply<Empty>& reply) const;
  /// The old or a temporary password is the credential. Errors: those of check_password(),
  /// password_equals_old, old_password, temporary_password_expired, not_found(),
  /// rate_limit_exceeded.
  void update(const CallPtr& call, const ttn::lorawan::v3::UpdateUserPasswordRequest& request,
              const Reply<Empty>& reply) const;
  /// As it is kept; empty stays empty. Where it holds up nobody.
  void hash(const std::string& password, actors::Reply<std::string> then) const;

 private:
  struct Update;

  struct Temporary;

  void store(const Temporary& temporary, const Reply<Empty>& reply) const;
  void store(const std::shared_ptr<Update>& update) const;
  void revoke(const std::shared_ptr<Update>& update) const;

  const ServiceContext& context_;
  Identity identity_;
  MakeRandom make_random_;
};

}  // namespace ff::api
