// One call of a gRPC method as its handler sees it: who calls, under which ids, with which
// metadata. Not the transport; handlers are written against Front (front.hpp).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::api {

/// Lower-case keys; a key may repeat.
using CallMetadata = std::multimap<std::string, std::string, std::less<>>;

/// Who calls, as far as credentials say. What the caller may do is the rights' matter.
struct AuthInfo {
  enum class Kind { none, api_key, access_token, session, gateway_token, cluster };
  Kind kind = Kind::none;
  std::string token_id;    ///< Of the key, token or session; never the secret.
  std::string account_id;  ///< `user:<id>`, `organization:<id>`; empty when the credential belongs
                           ///< to an entity.
  bool is_admin = false;   ///< With a credential that has all rights.
  std::string warning;     ///< For people, sent with the answer; empty: none.
};

/// Port to whoever knows credentials (the identity server).
class Authenticator {
 public:
  using Continuation = std::function<void(Result<AuthInfo>)>;

  virtual ~Authenticator() = default;
  /// Answers once, now or later, on any thread; must not block. `authorization` is the metadata of
  /// that key.
  virtual void authenticate(const CallMetadata& metadata, Continuation answer) = 0;
};

/// Whether a method is for everyone or for callers with valid credentials.
enum class Access { open, authenticated };

class AuditTrail;

struct Call {
  std::string_view method;  ///< `ttn.lorawan.v3.GatewayRegistry/Get`; of static storage.
  std::string request_id;
  std::vector<std::string> correlation_ids;  ///< `rpc:/<method>:<request id>`.
  CallMetadata metadata;
  AuthInfo auth;                      ///< Of kind `none` when the method is open.
  std::string remote_address;         ///< Of the client, without port; may be empty.
  std::shared_ptr<AuditTrail> trail;  ///< Null: nobody asks what the call changes.

  /// The first value; empty when there is none.
  std::string_view find(std::string_view key) const;
};

}  // namespace ff::api
