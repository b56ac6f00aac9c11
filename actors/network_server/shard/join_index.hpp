// Which device has an EUI pair: the join index of one shard.
#pragma once

#include <memory>
#include <unordered_map>

#include "protocol/types/identifiers.hpp"
#include "storage/keys/shard.hpp"

namespace ff::network_server {

struct JoinKeyHash {
  std::size_t operator()(const storage::JoinKey& key) const noexcept {
    return std::hash<std::uint64_t>{}(key.dev_eui.value() * 0x9e3779b97f4a7c15 ^
                                      key.join_eui.value());
  }
};

using JoinIndex =
    std::unordered_map<storage::JoinKey, std::shared_ptr<const DeviceUid>, JoinKeyHash>;

}  // namespace ff::network_server
