// The keys of the `meta` family: what the store knows about itself. FORMAT.md is normative.
#pragma once

#include <string_view>

#include "protocol/base/bytes.hpp"
#include "storage/keys/shard.hpp"

namespace ff::storage {

/// ON-DISK: names in `meta`. Values are written by storage/directory and storage/migration.
namespace meta_name {
inline constexpr std::string_view format_version = "format_version";
inline constexpr std::string_view shard_count = "shard_count";
inline constexpr std::string_view node_uuid = "node_uuid";
inline constexpr std::string_view boot_epoch = "boot_epoch";
inline constexpr std::string_view counter_jump = "counter_jump";
inline constexpr std::string_view migration = "migration";
/// Followed by the counter's name: the bound up to which its numbers may have been given out.
inline constexpr std::string_view reserved_counter = "reserved_counter";
/// Followed by the label of a key of the server's own that rows may be sealed under.
inline constexpr std::string_view own_kek = "own_kek";
}  // namespace meta_name

/// meta: name.
Bytes meta_key(std::string_view name);
/// meta: name | part, e.g. a reserved counter's name.
Bytes meta_key(std::string_view name, std::string_view part);
/// meta: name | part | shard u16.
Bytes meta_key(std::string_view name, std::string_view part, Shard shard);

}  // namespace ff::storage
