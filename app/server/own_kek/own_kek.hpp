// The server's own key-encryption key: what keys of devices lie under in the store when the
// configuration names none. Made at the first start, kept in a file of its own, outside of what
// backups copy. Not the configured ones (app/server/process/key_vault.hpp).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

/// ON-DISK: rows name it. `own@2` in the file is its second generation.
inline constexpr std::string_view own_kek_label = "own";

inline constexpr ErrorDef own_kek_missing{
    "app/server", "own_kek_missing", Code::not_found,
    "keys in the store are wrapped with the key `{label}`, which is not in `{path}`: put the file "
    "back that was there, or name its place with `key-vault.own-file`"};
inline constexpr ErrorDef own_kek_changed{
    "app/server", "own_kek_changed", Code::invalid_argument,
    "keys in the store are wrapped with another key `{label}` than the one in `{path}`"};
inline constexpr ErrorDef own_kek_unusable{"app/server", "own_kek_unusable", Code::not_found,
                                           "key file `{path}`: {reason}"};

struct OwnKek {
  std::filesystem::path file;
  /// Whether a component has no configured label: then the key is made when there is none.
  bool needed = true;
};
/// Adds the file's keys to `vault`, after it has made the file if nothing was ever sealed; a key of
/// the label that `vault` has already goes before, and no file is read. Before it returns the store
/// has it noted. Errors: own_kek_missing (the file is gone, or lacks a generation),
/// own_kek_changed, own_kek_unusable (not readable, or not lines `own: hex`), file_unwritable, and
/// those of the store.
Status add_own_kek(const OwnKek& settings, storage::Engine& engine, Random& random,
                   key_vault::LiveKeyVault& vault);

/// Generations that the file has got since, used once the result is called, which writes to the
/// store. For a server whose own key is the file's. `engine` outlives the result. Errors:
/// own_kek_unusable; changed_key of a line whose key is another than before.
Result<std::function<void()>> prepare_own_kek(
    const OwnKek& settings, storage::Engine& engine,
    const std::shared_ptr<key_vault::LiveKeyVault>& vault);

}  // namespace ff::app
