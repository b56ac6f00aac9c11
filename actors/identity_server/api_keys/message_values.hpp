// Values of the API's messages that records of credentials and accounts have in common: times,
// rights. For .cpp files that know the messages.
#pragma once

#include "actors/identity_server/registry/entity.hpp"
#include "actors/identity_server/rights/rights.hpp"
#include "storage/codec/envelope.hpp"

namespace ff::identity_server {

template <class Timestamp>
void set_time(Timestamp& out, UtcTime time) {
  constexpr std::int64_t per_second = 1'000'000'000;
  const auto count = time.time_since_epoch().count();
  out.set_seconds(count / per_second);
  out.set_nanos(static_cast<std::int32_t>(count % per_second));
}

template <class Timestamp>
UtcTime time_of(const Timestamp& time) {
  return UtcTime{std::chrono::seconds{time.seconds()} + std::chrono::nanoseconds{time.nanos()}};
}

template <class Message>
Bytes serialize(const Message& message) {
  return to_owned(as_bytes(message.SerializeAsString()));
}

/// Error: malformed_value.
template <class Message>
Result<Message> parse(const Entity& entity) {
  Message message;
  if (!message.ParseFromArray(entity.message.data(), static_cast<int>(entity.message.size()))) {
    return fail(storage::malformed_value);
  }
  return message;
}

/// What `current` becomes with another message: its unique keys stay.
template <class Message>
Draft redrafted(const Entity& current, const Message& message) {
  Draft draft{.message = serialize(message), .unique = {}};
  for (const auto& key : current.index_keys) draft.unique.push_back({key, {}});
  return draft;
}

/// Numbers that are no right are left out.
template <class Message>
RightSet rights_in(const Message& message) {
  RightSet out;
  for (const auto number : message.rights()) {
    if (const auto right = right_from(static_cast<std::uint32_t>(number))) out.add(*right);
  }
  return out;
}

}  // namespace ff::identity_server
