// KeyVault: key-encryption keys by label, and keys wrapped and unwrapped with them. Not where they
// come from (config), and not which label an entity uses (the components).
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::key_vault {

inline constexpr ErrorDef key_not_found{"pkg/crypto/cryptoutil", "key_not_found", Code::not_found,
                                        "key with label `{label}` not found"};
inline constexpr ErrorDef malformed_keys{"pkg/crypto/cryptoutil", "malformed_keys",
                                         Code::invalid_argument,
                                         "line {line} of the key file is not `label: hex`"};
inline constexpr ErrorDef changed_key{"pkg/crypto/cryptoutil", "changed_key",
                                      Code::failed_precondition,
                                      "key with label `{label}` has another value than before"};

/// 16, 24 or 32 bytes each.
using Keks = std::map<std::string, Bytes, std::less<>>;

/// Immutable. Labels may have generations: `device`, `device@2`, `device@3`. A key is wrapped with
/// the newest of its label and says so in its envelope; every one that is here unwraps. So a KEK is
/// rotated by adding a generation, and rows follow when they are next written.
class KeyVault {
 public:
  KeyVault() = default;
  explicit KeyVault(Keks keks) : keks_(std::move(keks)) {}
  KeyVault(const KeyVault&) = default;
  KeyVault(KeyVault&&) = default;
  KeyVault& operator=(const KeyVault&) = default;
  KeyVault& operator=(KeyVault&&) = default;
  ~KeyVault();

  const Keks& keks() const noexcept { return keks_; }
  bool contains(std::string_view label) const { return !newest(label).empty(); }
  /// The label of the newest generation; empty if there is none.
  std::string_view newest(std::string_view label) const;

  /// Errors: key_not_found.
  Result<KeyEnvelope> wrap(const Aes128Key& key, std::string_view label) const;
  /// A key in clear is taken as it is. An envelope without a label has its key in clear in either
  /// field. [spec events-cluster-discovery §9] Errors: key_not_found; of crypto::unwrap_key.
  Result<Aes128Key> unwrap(const KeyEnvelope& envelope) const;

 private:
  Keks keks_;
};
using KeyVaultPtr = std::shared_ptr<const KeyVault>;

/// The vault of a running server. Any thread.
class LiveKeyVault {
 public:
  explicit LiveKeyVault(KeyVault first = {}) : now_(std::make_shared<const KeyVault>(first)) {}
  KeyVaultPtr current() const { return now_.load(); }
  /// Adds what is new; how many that were. KEKs are never taken away from a running server, because
  /// rows need them. Error: changed_key, and nothing is added.
  Result<std::size_t> add(const Keks& keks);

 private:
  std::atomic<KeyVaultPtr> now_;
};
using LiveKeyVaultPtr = std::shared_ptr<const LiveKeyVault>;

/// Lines `label: hex`; empty ones and those that begin with `#` do not count. Total. Error:
/// malformed_keys, which does not show the line.
Result<Keks> parse_keks(std::string_view text);

/// Joins the parts of a component's label: `ns:000013:ns.example.com`. Empty parts are left out, a
/// colon inside a part becomes `_`. [spec events-cluster-discovery §9]
std::string component_label(std::string_view component, std::string_view net_id,
                            std::string_view address);
/// The host of `host`, `host:port` or `scheme://host:port`.
std::string_view host_of(std::string_view address);

}  // namespace ff::key_vault
