// A webhook as it is set, and how it fares. Not its API message (app/api/services/mapping/webhook)
// and not what delivers to it (state.hpp). [spec integrations §2.1]
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server::webhook {

struct WebhookKey {
  ApplicationId application_id;
  std::string webhook_id;
  auto operator<=>(const WebhookKey&) const = default;
};

/// ON-DISK: values are never reused.
enum class Format : std::uint8_t { json = 1, protobuf = 2 };

struct Webhook {
  /// May hold variables of RFC 6570.
  std::string base_url;
  std::map<std::string, std::string> headers;
  Format format = Format::json;
  std::string template_id;
  std::map<std::string, std::string> template_fields;
  std::string downlink_api_key;
  /// The kinds of messages that are sent, with their paths; an empty path is the base URL itself.
  std::map<UpKind, std::string> paths;
  /// Of ApplicationUp; empty: everything.
  std::vector<std::string> field_mask;
  /// Neither sends nor takes downlinks.
  bool paused = false;
  UtcTime created_at;
  UtcTime updated_at;
  bool operator==(const Webhook&) const = default;
};
using WebhookPtr = std::shared_ptr<const Webhook>;

/// An error that outlives the process.
struct FailureNote {
  std::string name_space;
  std::string name;
  std::string message;
  Code code = Code::unknown;
  std::map<std::string, std::string> attributes;
  bool operator==(const FailureNote&) const = default;
};
FailureNote note_of(const Error& error);

/// [spec integrations §2.4]
struct Health {
  /// ON-DISK: values are never reused. Unknown: never used, or reset.
  enum class State : std::uint8_t { unknown = 0, healthy = 1, unhealthy = 2 };
  State state = State::unknown;
  // Of an unhealthy one.
  std::uint64_t failed_attempts = 0;
  UtcTime last_failed_attempt_at;
  FailureNote last_failure;
  bool operator==(const Health&) const = default;
};

}  // namespace ff::application_server::webhook
