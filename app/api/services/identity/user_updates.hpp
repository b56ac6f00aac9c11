// Changes of users: fields by their mask, and deletion; the last admin stays one. [spec
// identity-server §5.3]
#pragma once

#include "app/api/services/identity/email_validations.hpp"
#include "app/api/services/identity/passwords.hpp"

namespace ff::api {

class UserUpdates {
 public:
  using CallPtr = std::shared_ptr<const Call>;

  UserUpdates(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : identity_(identity),
        passwords_(context, identity, make_random),
        validations_(identity, make_random) {}

  /// The caller's right to change the user's settings has been checked. Errors: update_admin_field,
  /// last_admin, profile_picture_uploads_disabled, already_exists (the email address).
  void update(const CallPtr& call, const ttn::lorawan::v3::UpdateUserRequest& request,
              const Reply<ttn::lorawan::v3::User>& reply) const;
  /// Deletes but keeps. Errors: last_admin, not_found().
  void erase(const CallPtr& call, const storage::EntityKey& key, actors::Reply<void> then) const;

 private:
  struct FieldChange;

  void with_picture(const FieldChange& change, const Reply<ttn::lorawan::v3::User>& reply,
                    std::function<void(const FieldChange&)> then) const;
  void store(const CallPtr& call, const FieldChange& change, const std::vector<std::string>& paths,
             const Reply<ttn::lorawan::v3::User>& reply) const;
  struct Transaction;
  /// The change in a transaction that, if admins matter, holds another admin.
  void change(const Transaction& transaction, actors::Reply<identity_server::EntityPtr> then) const;

  Identity identity_;
  Passwords passwords_;
  EmailValidations validations_;
};

}  // namespace ff::api
