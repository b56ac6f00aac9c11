#include "app/api/services/identity/dev_eui_blocks.hpp"

#include <google/protobuf/wrappers.pb.h>

#include <limits>

#include "app/api/services/identity/entity_registry.hpp"
#include "protocol/base/hex.hpp"
#include "ttn/lorawan/v3/application.pb.h"

namespace ff::api {
namespace {

using identity_server::DevEuiBlock;
using identity_server::EntityRows;

constexpr ErrorDef dev_eui_issuing_not_enabled{"pkg/identityserver", "dev_eui_issuing_not_enabled",
                                               Code::invalid_argument,
                                               "issuing DevEUIs is not enabled"};
constexpr ErrorDef application_dev_eui_limit_reached{
    "pkg/identityserver/store", "application_dev_eui_limit_reached", Code::failed_precondition,
    "the application has got all `{dev_eui_limit}` DevEUIs that it may have"};
constexpr ErrorDef no_eui_or_block_available{"pkg/identityserver/store",
                                             "no_eui_or_block_available", Code::failed_precondition,
                                             "no DevEUI is available"};

/// The counter is signed in the reference.
std::uint64_t last_counter(const DevEuiBlock& block) {
  constexpr auto max = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (block.length == 0) return max;
  if (block.length >= 64) return 0;
  return std::min(max, (std::uint64_t{1} << (64U - block.length)) - 1);
}

storage::EntityKey block_key(const DevEuiBlock& block) {
  return {storage::EntityKind::dev_eui_block, {to_string(block.first)}};
}

/// The row holds the next counter: google.protobuf.UInt64Value.
Result<std::uint64_t> next_counter(const DevEuiBlock& block, const identity_server::Entity* row) {
  if (row == nullptr) return block.init_counter;
  google::protobuf::UInt64Value value;
  if (!value.ParseFromArray(row->message.data(), static_cast<int>(row->message.size())))
    return fail(unreadable_entity);
  return value.value();
}

Result<DevEui> take(const DevEuiBlock& block, const storage::EntityKey& application,
                    EntityRows& rows) {
  FF_TRY(const auto* entity, rows.live(application));
  FF_TRY(auto message, entity_message<pb::Application>(*entity));
  if (block.application_limit > 0 && message.dev_eui_counter() >= block.application_limit) {
    return fail(application_dev_eui_limit_reached, {{"dev_eui_limit", block.application_limit}});
  }
  const auto key = block_key(block);
  FF_TRY(const auto counter, next_counter(block, rows.find(key)));
  if (counter > last_counter(block)) return fail(no_eui_or_block_available);
  google::protobuf::UInt64Value next;
  next.set_value(counter + 1);
  rows.put(key, {.message = bytes_of(next.SerializeAsString()), .unique = {}});
  message.set_dev_eui_counter(message.dev_eui_counter() + 1);
  rows.put(application, {.message = entity_bytes(std::move(message)), .unique = {}});
  return DevEui(block.first.value() | counter);
}

}  // namespace

void issue_dev_eui(const Identity& identity, const storage::EntityKey& application,
                   actors::Reply<DevEui> then) {
  const auto& block = identity.settings().dev_euis;
  if (!block.enabled) return then(fail(dev_eui_issuing_not_enabled));
  auto issued = std::make_shared<DevEui>();
  identity_server::ChangeEntities message;
  message.keys = {application, block_key(block)};
  message.decide = [block, application, issued](EntityRows& rows, UtcTime) -> Status {
    FF_TRY(*issued, take(block, application, rows));
    return {};
  };
  // Given out when the counter that is behind it is durable.
  identity.change(std::move(message),
                  [=](const Result<std::vector<identity_server::EntityPtr>>& stored) {
                    if (!stored) return then(fail(stored.error()));
                    then(*issued);
                  });
}

}  // namespace ff::api
