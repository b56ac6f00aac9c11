#include "app/api/services/identity/dev_eui_blocks.hpp"

#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <limits>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "ttn/lorawan/v3/application.pb.h"

namespace ff::api {
namespace {

using identity_server::DevEuiBlock;
using identity_server::Entity;
using identity_server::EntityRows;
using storage::EntityKey;
using storage::EntityKind;
using Keys = std::vector<EntityKey>;

constexpr ErrorDef dev_eui_issuing_not_enabled{"pkg/identityserver", "dev_eui_issuing_not_enabled",
                                               Code::invalid_argument,
                                               "issuing DevEUIs is not enabled"};
constexpr ErrorDef application_dev_eui_limit_reached{
    "pkg/identityserver/store", "application_dev_eui_limit_reached", Code::failed_precondition,
    "the application has got all `{dev_eui_limit}` DevEUIs that it may have"};
constexpr ErrorDef no_eui_or_block_available{"pkg/identityserver/store",
                                             "no_eui_or_block_available", Code::failed_precondition,
                                             "no DevEUI is available"};
constexpr ErrorDef dev_eui_block_invalid{"farfield/identity_server", "dev_eui_block_invalid",
                                         Code::invalid_argument,
                                         "`{first}/{length}` from `{next}` is no block of DevEUIs"};

/// Of one issue: others may use up some of them meanwhile.
constexpr std::size_t blocks_tried = 8;
/// ON-DISK: of our own, in the value of a block.
constexpr int length_field = 1000;

/// The counter is signed in the reference.
std::uint64_t last_counter(const EuiBlock& block) {
  constexpr auto max = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (block.length >= 64) return 0;
  return std::min(max, (std::uint64_t{1} << (64U - block.length)) - 1);
}

EntityKey block_key(DevEui first) {
  return {EntityKind::dev_eui_block, {to_string(first)}};
}

/// ON-DISK: google.protobuf.UInt64Value: the next counter; and the length.
identity_server::Draft draft_of(const EuiBlock& block) {
  google::protobuf::UInt64Value next;
  next.set_value(block.next);
  next.GetReflection()->MutableUnknownFields(&next)->AddVarint(length_field, block.length);
  return {.message = identity_server::serialize(next), .unique = {}};
}

/// 0: rows of older versions do not have it.
std::uint8_t length_in(const google::protobuf::UInt64Value& message) {
  const auto& own = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < own.field_count(); ++i) {
    const auto& field = own.field(i);
    if (field.number() == length_field &&
        field.type() == google::protobuf::UnknownField::TYPE_VARINT)
      return static_cast<std::uint8_t>(std::min<std::uint64_t>(field.varint(), 64));
  }
  return 0;
}

/// `row` null: there is none yet. The block of the settings is as long as they say.
Result<EuiBlock> block_of(const EntityKey& key, const Entity* row, const DevEuiBlock& configured) {
  const bool is_configured = key == block_key(configured.first);
  EuiBlock block{.first = parse_dev_eui(key.ids.front()).value_or(DevEui()),
                 .length = is_configured ? configured.length : std::uint8_t{0},
                 .next = configured.init_counter};
  if (row == nullptr) return block;
  FF_TRY(const auto message, identity_server::parse<google::protobuf::UInt64Value>(*row));
  if (!is_configured) block.length = length_in(message);
  block.next = message.value();
  return block;
}

/// None has all DevEUIs there are: such a one was not set up.
bool has_room(const EuiBlock& block) {
  return block.length > 0 && block.next <= last_counter(block);
}

/// Those that have DevEUIs, the oldest first.
Result<Keys> blocks_with_room(const storage::Reader& store, const DevEuiBlock& configured) {
  identity_server::ListEntities list;
  list.kind = EntityKind::dev_eui_block;
  list.order = identity_server::EntityOrder::created_at;
  list.limit = blocks_tried;
  list.filter = [&](const Entity& row) {
    const auto block = block_of(row.key, &row, configured);
    return block && has_room(*block);
  };
  FF_TRY(const auto page, identity_server::list_entities(store, list));
  Keys keys;
  for (const auto& row : page.entities) keys.push_back(row->key);
  const auto own = block_key(configured.first);
  if (std::ranges::find(keys, own) == keys.end()) keys.push_back(own);
  return keys;
}

Result<DevEui> take(const Keys& blocks, const DevEuiBlock& configured, const EntityKey& application,
                    EntityRows& rows) {
  FF_TRY(const auto* entity, rows.live(application));
  FF_TRY(auto message, entity_message<pb::Application>(*entity));
  const auto limit = configured.application_limit;
  if (limit > 0 && message.dev_eui_counter() >= limit)
    return fail(application_dev_eui_limit_reached, {{"dev_eui_limit", limit}});
  for (const auto& key : blocks) {
    FF_TRY(const auto block, block_of(key, rows.find(key), configured));
    if (!has_room(block)) continue;
    rows.put(key, draft_of({block.first, block.length, block.next + 1}));
    message.set_dev_eui_counter(message.dev_eui_counter() + 1);
    rows.put(application, {.message = entity_bytes(std::move(message)), .unique = {}});
    return DevEui(block.first.value() | block.next);
  }
  return fail(no_eui_or_block_available);
}

}  // namespace

Result<identity_server::ChangeEntities> add_dev_eui_block(const EuiBlock& block) {
  const bool is_prefix = block.length > 0 && block.length <= 64 &&
                         (block.length == 64 || (block.first.value() << block.length) == 0);
  if (!is_prefix || !has_room(block)) {
    return fail(dev_eui_block_invalid, {{"first", to_string(block.first)},
                                        {"length", std::uint64_t{block.length}},
                                        {"next", block.next}});
  }
  const auto key = block_key(block.first);
  identity_server::ChangeEntities change;
  change.keys = {key};
  change.decide = [=](EntityRows& rows, UtcTime) -> Status {
    if (rows.find(key) != nullptr) return fail(identity_server::already_exists);
    rows.put(key, draft_of(block));
    return {};
  };
  return change;
}

void issue_dev_eui(const Identity& identity, const EntityKey& application,
                   actors::Reply<DevEui> then) {
  const auto& settings = identity.settings().dev_euis;
  if (!settings.enabled) return then(fail(dev_eui_issuing_not_enabled));
  auto find = [settings](const storage::Reader& store) {
    return blocks_with_room(store, settings);
  };
  identity.read<Keys>(find, [=](const Result<Keys>& blocks) {
    if (!blocks) return then(fail(blocks.error()));
    auto issued = std::make_shared<DevEui>();
    identity_server::ChangeEntities message;
    message.keys = *blocks;
    message.keys.push_back(application);
    message.decide = [=, blocks = *blocks](EntityRows& rows, UtcTime) -> Status {
      FF_TRY(*issued, take(blocks, settings, application, rows));
      return {};
    };
    // Given out when the counter that is behind it is durable.
    identity.change(std::move(message),
                    [=](const Result<std::vector<identity_server::EntityPtr>>& stored) {
                      if (!stored) return then(fail(stored.error()));
                      then(*issued);
                    });
  });
}

}  // namespace ff::api
