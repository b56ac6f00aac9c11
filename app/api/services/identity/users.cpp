#include "app/api/services/identity/users.hpp"

#include <array>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/pictures.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/crypto/md5.hpp"

namespace ff::api {
namespace {

using storage::EntityKey;

constexpr std::array public_paths =
    std::to_array<std::string_view>({"name", "description", "state", "admin", "profile_picture"});
constexpr std::array admin_paths = std::to_array<std::string_view>(
    {"primary_email_address_validated_at", "require_password_update", "state", "state_description",
     "admin", "temporary_password", "temporary_password_created_at",
     "temporary_password_expires_at"});
constexpr std::array picture_sizes{64, 128, 256, 512};

std::string lower_trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_live_admin(const identity_server::Entity& entity) {
  if (entity.deleted_at) return false;
  const auto user = entity_message<pb::User>(entity);
  return user && user->admin();
}

}  // namespace

Bytes email_index(std::string_view address) {
  return storage::text_index_key(storage::EntityIndex::user_email, {lower_trimmed(address)});
}

std::vector<identity_server::UniqueKey> email_key(const pb::User& user) {
  if (user.primary_email_address().empty()) return {};
  return {{email_index(user.primary_email_address()), {}}};
}

void hide_secrets(pb::User& user, const identity_server::Settings& settings) {
  user.clear_password();
  user.clear_temporary_password();
  if (user.has_profile_picture())
    return put_picture_url(settings.profile_pictures.url, *user.mutable_profile_picture());
  if (!settings.use_gravatar || user.primary_email_address().empty()) return;
  const auto hash = hex_lower(crypto::md5(as_bytes(lower_trimmed(user.primary_email_address()))));
  auto& sizes = *user.mutable_profile_picture()->mutable_sizes();
  for (const auto size : picture_sizes) {
    sizes[static_cast<std::uint32_t>(size)] =
        "https://www.gravatar.com/avatar/" + hash + "?s=" + std::to_string(size) + "&d=404";
  }
}

bool are_public_of_user(const Paths& paths) {
  return are_public(paths, public_paths);
}

std::string_view admin_path_of_user(const Paths& paths) {
  for (const auto path : admin_paths) {
    if (has_path(paths, path)) return path;
  }
  return {};
}

void clear_admin_fields(pb::User& user) {
  user.clear_primary_email_address_validated_at();
  user.clear_require_password_update();
  user.clear_state();
  user.clear_state_description();
  user.clear_admin();
  user.clear_temporary_password();
  user.clear_temporary_password_created_at();
  user.clear_temporary_password_expires_at();
}

Result<Admins> find_admins(const storage::Reader& store, const EntityKey& user) {
  Admins admins;
  const auto self = identity_server::get_entity(store, user, identity_server::Deleted::without);
  admins.is_admin = self && is_live_admin(**self);
  // Most users are none: they need no other.
  if (!admins.is_admin) return admins;
  identity_server::PageWish wish;
  wish.limit = 2;
  wish.filter = is_live_admin;
  FF_TRY(const auto page,
         identity_server::page_of_kind(store, storage::EntityKind::user, {}, wish));
  for (const auto& entity : page.entities) {
    if (entity->key != user) admins.other = entity->key;
  }
  return admins;
}

Status check_not_last(const Admins& admins, const EntityKey& user,
                      const identity_server::EntityRows& rows) {
  const auto* self = rows.find(user);
  if (self == nullptr || !is_live_admin(*self)) return {};
  if (!admins.is_admin) return fail(admins_changed);
  if (!admins.other) return fail(last_admin, {{"user_id", user.ids.front()}});
  const auto* other = rows.find(*admins.other);
  if (other == nullptr || !is_live_admin(*other)) return fail(admins_changed);
  return {};
}

}  // namespace ff::api
