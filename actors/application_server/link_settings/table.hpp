// LinkSettingsTable: the settings of every application, seen from any thread. Who changes them is
// the registry's business (actor.hpp).
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "actors/application_server/link_settings/settings.hpp"

namespace ff::application_server {

/// Copies share the table.
class LinkSettingsTable {
 public:
  using Links = std::unordered_map<ApplicationId, LinkPtr>;

  LinkSettingsTable() : cell_(std::make_shared<Cell>()) {}

  /// Null: the application has none. Any thread.
  LinkPtr find(const ApplicationId& application_id) const {
    const auto links = cell_->links.load();
    if (!links) return nullptr;
    const auto found = links->find(application_id);
    return found == links->end() ? nullptr : found->second;
  }
  /// The registry only: changes are rare, and each copies the table. Null removes.
  void put(const ApplicationId& application_id, LinkPtr link) const {
    const auto now = cell_->links.load();
    auto next = now ? std::make_shared<Links>(*now) : std::make_shared<Links>();
    if (link) {
      next->insert_or_assign(application_id, std::move(link));
    } else {
      next->erase(application_id);
    }
    cell_->links.store(std::move(next));
  }
  /// At a start, before anybody asks.
  void assign(Links links) const {
    cell_->links.store(std::make_shared<const Links>(std::move(links)));
  }

 private:
  struct Cell {
    std::atomic<std::shared_ptr<const Links>> links;
  };
  std::shared_ptr<Cell> cell_;
};

}  // namespace ff::application_server
