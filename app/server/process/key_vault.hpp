// The key vault of a process: what the configuration and its file say, and new lines of the file
// while the server runs. Not what is wrapped with it.
#pragma once

#include <functional>
#include <memory>

#include "actors/support/metrics.hpp"
#include "config/config.hpp"
#include "net/runtime/event_loop.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::app {

/// Errors: unreadable_keys, of key_vault::parse_keks, changed_key for a label that both have with
/// other values; unknown_kek_label for a label of the configuration that is in neither.
Result<std::shared_ptr<key_vault::LiveKeyVault>> load_key_vault(const config::Config& config);

/// The KEKs that `settings` have and `vault` has not, added once the result is called. None is
/// taken away: rows need them. Error: changed_key.
Result<std::function<void()>> prepare_configured_keys(
    const std::shared_ptr<key_vault::LiveKeyVault>& vault, const config::KeyVault& settings);

/// Looks at the file while it lives; does nothing without one.
class KeyVaultWatch {
 public:
  KeyVaultWatch(net::EventLoop& loop, const config::KeyVault& settings,
                std::shared_ptr<key_vault::LiveKeyVault> vault, actors::Metrics& metrics);
  ~KeyVaultWatch();
  KeyVaultWatch(const KeyVaultWatch&) = delete;
  KeyVaultWatch& operator=(const KeyVaultWatch&) = delete;

 private:
  struct OnLoop;
  net::EventLoop& loop_;
  std::shared_ptr<OnLoop> state_;
};

}  // namespace ff::app
