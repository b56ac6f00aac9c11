#include "app/api/services/identity/invitations.hpp"

#include "protocol/crypto/digest.hpp"

namespace ff::api {
namespace {

constexpr ErrorDef invitation_not_found{"pkg/identityserver/store", "invitation_not_found",
                                        Code::not_found, "invitation not found"};
constexpr ErrorDef invitation_expired{"pkg/identityserver/store", "invitation_expired",
                                      Code::failed_precondition, "invitation expired"};
constexpr ErrorDef invitation_already_used{"pkg/identityserver/store", "invitation_already_used",
                                           Code::failed_precondition, "invitation already used"};

}  // namespace

storage::EntityKey invitation_key(const std::string& email) {
  return {storage::EntityKind::invitation, {email}};
}

Bytes invitation_index(const std::string& token) {
  return storage::text_index_key(storage::EntityIndex::name_registry, {"invitation", token});
}

identity_server::Draft invitation_draft(const pb::Invitation& invitation) {
  return {.message = entity_bytes(invitation),
          .unique = {{invitation_index(invitation.token()), {}}}};
}

Result<pb::Invitation> accept(const identity_server::Entity* row, const std::string& token,
                              const pb::UserIdentifiers& user, UtcTime now) {
  if (row == nullptr) return fail(invitation_not_found, {{"invitation_token", token}});
  FF_TRY(auto invitation, entity_message<pb::Invitation>(*row));
  const bool same = crypto::equal_in_constant_time(as_bytes(invitation.token()), as_bytes(token));
  if (!same) return fail(invitation_not_found, {{"invitation_token", token}});
  if (invitation.has_accepted_at())
    return fail(invitation_already_used, {{"invitation_token", token}});
  if (time_of(invitation.expires_at()) <= now)
    return fail(invitation_expired, {{"invitation_token", token}});
  put_time(now, *invitation.mutable_accepted_at());
  *invitation.mutable_accepted_by() = user;
  return invitation;
}

}  // namespace ff::api
