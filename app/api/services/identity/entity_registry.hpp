// Create, read, list, change and delete entities of the identity server: what the registries of
// applications, gateways and devices have in common. Not their rights, and not what is special
// about a kind.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/identity/identity.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {

inline constexpr ErrorDef unreadable_entity{"pkg/identityserver/store", "unreadable_entity",
                                            Code::data_loss, "stored entity is not readable"};

/// A stored message with its times.
template <class Message>
Result<Message> entity_message(const identity_server::Entity& entity) {
  Message message;
  if (!message.ParseFromArray(entity.message.data(), static_cast<int>(entity.message.size()))) {
    return fail(unreadable_entity);
  }
  put_time(entity.created_at, *message.mutable_created_at());
  if constexpr (requires { message.mutable_updated_at(); })
    put_time(entity.updated_at, *message.mutable_updated_at());
  if constexpr (requires { message.mutable_deleted_at(); }) {
    if (entity.deleted_at) put_time(*entity.deleted_at, *message.mutable_deleted_at());
  }
  return message;
}

/// The other way; times are the registry's.
template <class Message>
Bytes entity_bytes(Message message) {
  message.clear_created_at();
  if constexpr (requires { message.clear_updated_at(); }) message.clear_updated_at();
  if constexpr (requires { message.clear_deleted_at(); }) message.clear_deleted_at();
  return bytes_of(message.SerializeAsString());
}

/// Unique keys that a message claims.
template <class Message>
using UniqueKeys = std::function<std::vector<identity_server::UniqueKey>(const Message&)>;

template <class Message>
actors::Reply<identity_server::EntityPtr> answer_entity(const Reply<Message>& reply, Paths paths) {
  return [reply, paths = std::move(paths)](const Result<identity_server::EntityPtr>& entity) {
    if (!entity) return reply(fail(entity.error()));
    auto message = entity_message<Message>(**entity);
    if (!message) return reply(fail(std::move(message).error()));
    reply(masked(*std::move(message), paths));
  };
}

/// The whole entity, as a creation answers.
template <class Message>
actors::Reply<identity_server::EntityPtr> answer_entity(const Reply<Message>& reply) {
  return [reply](const Result<identity_server::EntityPtr>& entity) {
    if (!entity) return reply(fail(entity.error()));
    reply(entity_message<Message>(**entity));
  };
}

/// A change of the named fields; pure. `complete` makes the message consistent after it.
template <class Message>
identity_server::ChangeEntity change_entity(storage::EntityKey key, Message requested, Paths paths,
                                            UniqueKeys<Message> unique,
                                            std::function<void(Message&)> complete) {
  identity_server::ChangeEntity message;
  message.key = key;
  message.change = [=](const identity_server::Entity& current,
                       UtcTime) -> Result<identity_server::Draft> {
    if (current.deleted_at) return fail(identity_server::not_found(key));
    FF_TRY(auto entity, entity_message<Message>(current));
    FF_CHECK(field_mask::copy(requested, paths, entity));
    if (complete) complete(entity);
    return identity_server::Draft{
        entity_bytes(entity), unique ? unique(entity) : std::vector<identity_server::UniqueKey>(),
        false};
  };
  return message;
}

/// A page as requests ask for it. [spec identity-server §12]
struct PageRequest {
  std::string order;
  std::uint32_t limit = 0;
  std::uint32_t page = 0;
};

/// Orders by id or time are the registry's; other ones sort all entities here. `texts`: the text to
/// sort by.
class Paging {
 public:
  /// `default_limit`: of requests that name none (`is.pagination.default-limit`).
  Paging(const PageRequest& request, std::uint32_t default_limit);

  /// What to sort by, without its direction.
  const std::string& order() const noexcept { return order_; }
  /// What to ask the registry for.
  void ask(identity_server::ListEntities& list) const;
  /// The entities of the page.
  template <class Message>
  std::vector<Message> page(std::vector<Message> messages,
                            const std::function<std::string(const Message&)>& text) const {
    if (!sorts_here()) return messages;
    std::ranges::stable_sort(messages, [&](const Message& a, const Message& b) {
      return descending_ ? text(b) < text(a) : text(a) < text(b);
    });
    const auto first = std::min<std::size_t>(skip_, messages.size());
    const auto count = std::min<std::size_t>(limit_, messages.size() - first);
    return {std::make_move_iterator(messages.begin() + static_cast<std::ptrdiff_t>(first)),
            std::make_move_iterator(messages.begin() + static_cast<std::ptrdiff_t>(first + count))};
  }

 private:
  bool sorts_here() const { return order_ == "name" || order_ == "expires_at"; }

  std::string order_;
  bool descending_ = false;
  std::uint64_t skip_ = 0;
  std::uint64_t limit_;
};

/// Adds X-Total-Count to the answer.
void set_total(grpc::CallbackServerContext& context, std::uint64_t total);

/// The account in a request, or else who calls; nothing when the caller is no account.
std::optional<storage::EntityKey> account_key(
    const ttn::lorawan::v3::OrganizationOrUserIdentifiers& ids);

/// Ids of the entities of `kind` that the account is a member of.
void memberships(const Identity& identity, storage::EntityKind kind,
                 const storage::EntityKey& account, actors::Reply<std::vector<std::string>> then);

}  // namespace ff::api
