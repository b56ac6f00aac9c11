// Validation of a user's email address by a token that is mailed to it. [spec identity-server §5.3]
#pragma once

#include <google/protobuf/empty.pb.h>

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/email_validation.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {

class EmailValidations {
 public:
  using Empty = google::protobuf::Empty;

  EmailValidations(Identity identity, MakeRandom make_random)
      : identity_(std::move(identity)), make_random_(std::move(make_random)) {}

  /// Mails a token, if the address is not validated and there is a way to mail; failures are not
  /// reported.
  void send(const ttn::lorawan::v3::User& user) const;
  /// One at a time, the same token again after a while. Errors: no_validation_needed,
  /// validation_request_forbidden, not_found().
  void request(const std::string& user_id, actors::Reply<ttn::lorawan::v3::EmailValidation> then,
               std::shared_ptr<AuditTrail> trail = nullptr) const;
  /// Errors: validation_token_not_found, validation_token_expired, validation_token_already_used.
  void validate(const ttn::lorawan::v3::ValidateEmailRequest& request, const Reply<Empty>& reply,
                std::shared_ptr<AuditTrail> trail) const;

 private:
  Identity identity_;
  MakeRandom make_random_;
};

}  // namespace ff::api
