// LinkTable: finds the link of an application from any thread, for every message that is published.
// Written by the directory only.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "actors/application_server/link/interface.hpp"

namespace ff::application_server {

/// Copies share the table.
class LinkTable {
 public:
  using Links = std::unordered_map<ApplicationId, LinkHandle>;

  LinkTable() : cell_(std::make_shared<Cell>()) {}

  /// Null if nobody listens. Any thread.
  LinkHandle find(const ApplicationId& application_id) const {
    const auto links = cell_->links.load();
    if (!links) return {};
    const auto found = links->find(application_id);
    return found == links->end() ? LinkHandle{} : found->second;
  }
  /// Links come and go rarely: each time the table is copied. Directory only.
  void set(const ApplicationId& application_id, LinkHandle link) const {
    auto next = copy();
    next->insert_or_assign(application_id, std::move(link));
    cell_->links.store(std::move(next));
  }
  void erase(const ApplicationId& application_id) const {
    auto next = copy();
    next->erase(application_id);
    cell_->links.store(std::move(next));
  }
  /// At shutdown, so that no link is kept.
  void clear() const { cell_->links.store(nullptr); }

 private:
  struct Cell {
    std::atomic<std::shared_ptr<const Links>> links;
  };
  std::shared_ptr<Links> copy() const {
    const auto links = cell_->links.load();
    return links ? std::make_shared<Links>(*links) : std::make_shared<Links>();
  }
  std::shared_ptr<Cell> cell_;
};

/// Sends to the application's link, if there is one.
PublishUp publish_to(LinkTable table);

}  // namespace ff::application_server
