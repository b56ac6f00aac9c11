// SessionIndex: tells a connection whether its client may have a stored session, so that clients
// without one take no further step. Written by the directory only.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <set>

#include "actors/application_server/mqtt_session/record.hpp"

namespace ff::application_server::mqtt_session {

/// Copies share the index.
class SessionIndex {
 public:
  SessionIndex() : cell_(std::make_shared<Cell>()) {}

  /// True also while the list of sessions is not read yet. Any thread.
  bool may_contain(const SessionKey& key) const {
    if (!cell_->complete.load()) return true;
    const auto keys = bucket(key).load();
    return keys && keys->contains(key);
  }
  /// Sessions come and go rarely: each time a small part of the index is copied. Directory only.
  void set(const SessionKey& key) const {
    auto next = copy(key);
    next->insert(key);
    bucket(key).store(std::move(next));
  }
  void erase(const SessionKey& key) const {
    auto next = copy(key);
    next->erase(key);
    bucket(key).store(std::move(next));
  }
  /// The list is read.
  void complete() const { cell_->complete.store(true); }
  /// It is to be read again.
  void clear() const {
    cell_->complete.store(false);
    for (auto& keys : cell_->buckets) keys.store(nullptr);
  }

 private:
  using Keys = std::set<SessionKey>;
  using Bucket = std::atomic<std::shared_ptr<const Keys>>;
  struct Cell {
    std::atomic<bool> complete{false};
    std::array<Bucket, 1024> buckets;
  };
  Bucket& bucket(const SessionKey& key) const {
    const auto hash = std::hash<std::string>()(key.client_id) * 31 +
                      std::hash<std::string>()(key.application_id.text());
    return cell_->buckets[hash % cell_->buckets.size()];
  }
  std::shared_ptr<Keys> copy(const SessionKey& key) const {
    const auto keys = bucket(key).load();
    return keys ? std::make_shared<Keys>(*keys) : std::make_shared<Keys>();
  }
  std::shared_ptr<Cell> cell_;
};

}  // namespace ff::application_server::mqtt_session
