// Requests of ApplicationUpStorage as queries of the outbox, and the tokens with which they go on.
// Pure. [spec integrations §5.3]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/application_server/integration/storage/messages.hpp"
#include "ttn/lorawan/v3/applicationserver_integrations_storage.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

inline constexpr ErrorDef invalid_continuation_token{
    "pkg/applicationserver/io/packages/storage", "invalid_continuation_token",
    Code::invalid_argument, "invalid continuation token"};

/// What a client wants to see of the past.
struct StoredRequest {
  application_server::StoredQuery query;
  std::optional<std::uint32_t> f_port;  // of uplinks
  std::uint32_t limit = 0;              // 0: all
  std::vector<std::string> paths;       // empty: everything
  /// Of a token: where it goes on.
  std::optional<application_server::StoredWindows> windows;
};

/// A token in the request overrides everything but the application and device. Error:
/// invalid_continuation_token.
Result<StoredRequest> stored_request(const pb::GetStoredApplicationUpRequest& request, UtcTime now);
StoredRequest stored_request(const pb::GetStoredApplicationUpCountRequest& request, UtcTime now);

/// ON-WIRE: base64 of a tagged record; for us alone.
std::string continuation_token(const StoredRequest& request);

/// The message as the client wants it; nothing when its FPort is another one, or when it can not be
/// read.
std::optional<pb::ApplicationUp> shown(const StoredRequest& request, ByteView json);

}  // namespace ff::api
