// The registry of accounts on the store of a server that is not running. Not what is changed
// (wishes.hpp).
#pragma once

#include <memory>
#include <string>

#include "actors/identity_server/registry/messages.hpp"
#include "config/config.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

inline constexpr ErrorDef offline_timeout{"app/server", "offline_timeout", Code::deadline_exceeded,
                                          "the store does not answer"};

/// Runs transactions as a server would: indices, rules of unique keys and, if one is kept, the
/// audit log included. Actors of its own, which end with it.
class OfflineAccounts {
 public:
  /// `store` outlives it; of this program's format. Throws std::runtime_error when the audit log
  /// can not be read.
  OfflineAccounts(storage::Engine& store, const config::Audit& audit);
  ~OfflineAccounts();
  OfflineAccounts(const OfflineAccounts&) = delete;
  OfflineAccounts& operator=(const OfflineAccounts&) = delete;

  /// Blocks until the change, and what the audit log says of it, is durable. `method`: who did it,
  /// for the log, such as `farfield/create-admin-user`; `entity`: to whom, `user:admin`. Errors:
  /// the change's, offline_timeout.
  Status change(identity_server::ChangeEntities change, const std::string& method,
                const std::string& entity) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ff::app
