// Users as the services see them: what is hidden, what is public, what makes them unique. Pure, but
// for look-ups in the store.
#pragma once

#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {

inline constexpr ErrorDef last_admin{"pkg/identityserver/store", "last_admin",
                                     Code::failed_precondition,
                                     "user `{user_id}` is the last admin"};
inline constexpr ErrorDef admins_changed{"pkg/identityserver/store", "admins_changed",
                                         Code::aborted, "admins changed meanwhile"};
inline constexpr ErrorDef profile_picture_uploads_disabled{
    "pkg/identityserver", "profile_picture_uploads_disabled", Code::failed_precondition,
    "uploading profile pictures is disabled"};

inline storage::EntityKey user_key(const std::string& id) {
  return {storage::EntityKind::user, {id}};
}

/// The email address, one user's at a time.
std::vector<identity_server::UniqueKey> email_key(const pb::User& user);
Bytes email_index(std::string_view address);

/// Without passwords, as every answer is; with the addresses of its picture, or of the one that its
/// email address has elsewhere, if so set.
void hide_secrets(pb::User& user, const identity_server::Settings& settings);
/// Paths of a user that everyone may see.
bool are_public_of_user(const Paths& paths);
/// The fields that admins alone set: of a mask the first one; empty: none.
std::string_view admin_path_of_user(const Paths& paths);
void clear_admin_fields(pb::User& user);

/// Another live admin; nothing if there is none, or `user` is none himself.
struct Admins {
  bool is_admin = false;
  std::optional<storage::EntityKey> other;
};
Result<Admins> find_admins(const storage::Reader& store, const storage::EntityKey& user);
/// In a transaction with both rows: the other is one still. Errors: last_admin, admins_changed.
Status check_not_last(const Admins& admins, const storage::EntityKey& user,
                      const identity_server::EntityRows& rows);

}  // namespace ff::api
