// Table: the settings of all applications as the shards read them, once for each request. Written
// by the registry alone.
#pragma once

#include <atomic>
#include <memory>

#include "actors/join_server/activation/settings.hpp"

namespace ff::join_server::activation {

/// Any thread. Holds what is durable.
class Table {
 public:
  SettingsMapPtr current() const { return now_.load(); }
  void publish(SettingsMapPtr map) { now_.store(std::move(map)); }

 private:
  std::atomic<SettingsMapPtr> now_ = std::make_shared<const SettingsMap>();
};
using TablePtr = std::shared_ptr<Table>;

}  // namespace ff::join_server::activation
